package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"

	"aggregator/cmd/internal/daemon"
)

// notifier tells systemd how the daemon is (sd_notify(3)). Where nobody asked to be
// told, by $NOTIFY_SOCKET, it does nothing.
type notifier struct {
	log *slog.Logger
	d   func() *daemon.Daemon // that there is now
	// alive is Daemon.Alive.
	alive func() error
}

func newNotifier(log *slog.Logger, d func() *daemon.Daemon) *notifier {
	return &notifier{log: log, d: d, alive: func() error { return d().Alive() }}
}

// notify sends one message. The socket is that of our own service manager: what
// is not received there cannot be helped.
func notify(message string) { _, _ = sd.SdNotify(false, message) }

// ready tells that the daemon serves.
func (n *notifier) ready() { notify(sd.SdNotifyReady + "\n" + n.status()) }

// stopping tells that it drains.
func (n *notifier) stopping() { notify(sd.SdNotifyStopping + "\nSTATUS=stopping") }

// reload tells that the configuration is being applied, and when it was: systemctl
// reload waits for that. A refused one is an error, and told in the status too,
// until that is told anew.
func (n *notifier) reload(apply func() error) error {
	notify(sd.SdNotifyReloading + "\n" + sd.SdNotifyMonotonicUsec() + "STATUS=reloading")
	err := apply()
	status := n.status()
	if err != nil {
		status = "STATUS=reload refused, the old configuration stays"
	}
	notify(sd.SdNotifyReady + "\n" + status)
	return err
}

// status is what systemctl status shows.
func (n *notifier) status() string {
	tally, err := n.d().Tally()
	if err != nil {
		return "STATUS=" + err.Error()
	}
	return "STATUS=" + tally.String()
}

// pulse is how often the status is told where there is no watchdog.
const pulse = time.Minute

// run feeds systemd's watchdog and renews the status until ctx ends. The watchdog is
// fed by nothing but a sign of life: when the scheduler stands still or the database
// does not answer, systemd ends the daemon (SIGABRT, which leaves the stacks of all
// goroutines in the log) and starts it anew.
func (n *notifier) run(ctx context.Context) {
	limit, err := sd.SdWatchdogEnabled(false)
	if err != nil {
		n.log.Warn("no watchdog", "err", err)
	}
	every := pulse
	if limit > 0 {
		every = min(limit/2, pulse) // as sd_watchdog_enabled(3) advises
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := n.live(every); err != nil {
			n.log.Error("daemon does not move", "err", err)
		} else if limit > 0 {
			notify(sd.SdNotifyWatchdog)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			notify(n.status())
		}
	}
}

// live waits for a sign of life, and tells of one that does not come in time.
func (n *notifier) live(within time.Duration) error {
	late := time.AfterFunc(within, func() {
		n.log.Error("daemon does not move", "err", errors.New("the database does not answer"))
	})
	defer late.Stop()
	return n.alive()
}
