package main

import (
	"context"
	"sync"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
)

// control is the socket by which other commands come in.
type control struct {
	cancel context.CancelFunc
	group  sync.WaitGroup
}

// openControl opens a control socket.
func (s *succession) openControl(path string) (*control, error) {
	l, err := daemon.ListenControl(path)
	if err != nil {
		return nil, &failure{code: exitCannotRun, err: err, hint: "see `control` in the configuration"}
	}
	c := &control{}
	var ctx context.Context
	ctx, c.cancel = context.WithCancel(s.ctx)
	c.group.Go(func() { daemon.ServeControl(ctx, l, s.runner(s.daemon)) })
	return c, nil
}

// close closes the socket and waits for the commands that run through it.
func (c *control) close() {
	c.cancel()
	c.group.Wait()
}

// listenAside has commands that read a refused configuration find the daemon too,
// where it names another control socket: they look nowhere else.
func (s *succession) listenAside() {
	s.closeAside()
	now := s.now.Load().cfg
	refused, err := config.Peek(s.configPath(), s.environ...)
	if err != nil || refused.Database.Reveal() != now.Database.Reveal() || refused.ControlPath() == now.ControlPath() {
		return
	}
	if s.aside, err = s.openControl(refused.ControlPath()); err != nil {
		s.log.Warn("commands do not find the daemon", "err", err, "hint", "they look where the refused configuration says")
	}
}

// closeAside leaves that place, which the next configuration may name.
func (s *succession) closeAside() {
	if s.aside != nil {
		s.aside.close()
		s.aside = nil
	}
}
