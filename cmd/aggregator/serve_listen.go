package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"github.com/coreos/go-systemd/v22/activation"

	"aggregator/cmd/internal/config"
)

// entrance is where people come in.
type entrance struct {
	listeners []net.Listener
	passed    bool // by systemd, which keeps them open
}

// listen returns the listeners that systemd passes (sd_listen_fds(3)), else one of
// our own. What systemd holds stays open over a restart: who connects meanwhile
// waits, and is not refused.
func listen(ctx context.Context, cfg *config.Config, log *slog.Logger) (entrance, error) {
	passed, err := activated()
	if err != nil || len(passed) > 0 {
		for _, l := range passed {
			log.Info("socket activated", "address", l.Addr().String(), "ignored", "listen: "+cfg.Listen)
		}
		return entrance{passed, true}, err
	}
	return listenAt(ctx, cfg.Listen)
}

// activated returns the sockets that systemd passes, all of which must be ones to
// accept connections from.
func activated() ([]net.Listener, error) {
	all, err := activation.Listeners()
	if err != nil {
		return nil, &failure{code: exitCannotRun, err: fmt.Errorf("socket activation: %w", err)}
	}
	for _, l := range all {
		if l == nil {
			return nil, &failure{code: exitCannotRun, err: fmt.Errorf("socket activation: a socket is no stream"),
				hint: "aggregator.socket is to have ListenStream= alone"}
		}
	}
	return all, nil
}

func listenAt(ctx context.Context, addr string) (e entrance, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return e, &failure{code: exitCannotRun, err: err, hint: "choose another address with `listen` in the configuration"}
	}
	return entrance{listeners: []net.Listener{l}}, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}
