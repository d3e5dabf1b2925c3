package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
)

// TestNotifyReload: systemctl reload waits from one message to the other, and is told
// when it was refused.
func TestNotifyReload(t *testing.T) {
	s := newService(t)
	t.Setenv("NOTIFY_SOCKET", s.told.LocalAddr().String())
	n := newNotifier(slog.New(slog.DiscardHandler), of(newDaemon(t, s.dir+"/a.db")))
	reloading := regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=[0-9]+\nSTATUS=reloading$`)
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "READY=1\nSTATUS=0 sources, 0 in trouble, 0 articles"},
		{errors.New("line 1"), "READY=1\nSTATUS=reload refused, the old configuration stays"},
	} {
		err := n.reload(func() error {
			if got := s.next(); !reloading.MatchString(got) {
				t.Errorf("systemd is told %q", got)
			}
			return c.err
		})
		if err != c.err {
			t.Errorf("got %v, want %v", err, c.err)
		}
		s.want(c.want)
	}
}

// TestWatchdogStarves: no sign of life, no food, and the log says why.
func TestWatchdogStarves(t *testing.T) {
	for _, c := range []struct {
		name  string
		alive func() error
		want  string
	}{
		{"the scheduler stands still", func() error { return errors.New("the scheduler stands still") }, "the scheduler stands still"},
		{"the database hangs", func() error { time.Sleep(time.Hour); return errors.New("closed") }, "the database does not answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t)
			t.Setenv("NOTIFY_SOCKET", s.told.LocalAddr().String())
			t.Setenv("WATCHDOG_USEC", "20000000")
			var said bytes.Buffer
			d := newDaemon(t, s.dir+"/a.db")
			synctest.Test(t, func(t *testing.T) {
				n := newNotifier(slog.New(slog.NewTextHandler(&said, nil)), of(d))
				n.alive = c.alive
				ctx, cancel := context.WithTimeout(t.Context(), 35*time.Second)
				defer cancel()
				n.run(ctx)
			})
			if !strings.Contains(said.String(), c.want) {
				t.Errorf("the log has %q", said.String())
			}
			notify("the end")
			for message := s.next(); message != "the end"; message = s.next() {
				if !strings.HasPrefix(message, "STATUS=") {
					t.Errorf("systemd is told %q", message)
				}
			}
		})
	}
}

func newDaemon(t *testing.T, file string) *daemon.Daemon {
	t.Helper()
	cfg, err := config.Parse("config.yaml", []byte("sources: []\ndatabase: "+file))
	if err != nil {
		t.Fatal(err)
	}
	db, err := openDatabase(func() *config.Config { return cfg }, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.close)
	client, err := newProgram(io.Discard, io.Discard, nil).newClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	d, err := daemon.New(slog.New(slog.DiscardHandler), cfg, client, db.store)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func of(d *daemon.Daemon) func() *daemon.Daemon { return func() *daemon.Daemon { return d } }
