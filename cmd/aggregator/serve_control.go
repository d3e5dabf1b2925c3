package main

import (
	"context"
	"log/slog"
	"sync"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
)

// control is the socket by which other commands come in, and a link that leads to it
// from where commands look that find nobody where their configuration says: it may have
// been edited since, and not be applied.
type control struct {
	path, link string // link may be empty
	log        *slog.Logger
	cancel     context.CancelFunc
	group      sync.WaitGroup

	mu     sync.Mutex // of what follows
	unlink func()     // nil while there is no link
	closed bool
}

// openControl opens the control socket of a configuration; the link is not made yet.
func (s *succession) openControl(cfg *config.Config) (*control, error) {
	c := &control{path: cfg.ControlPath(), link: cfg.ControlLink(), log: s.log}
	l, err := daemon.ListenControl(c.path)
	if err != nil {
		return nil, &failure{code: exitCannotRun, err: err, hint: "see `control` in the configuration"}
	}
	var ctx context.Context
	ctx, c.cancel = context.WithCancel(s.ctx)
	c.group.Go(func() { daemon.ServeControl(ctx, l, s.runner(s.daemon)) })
	return c, nil
}

// lead makes the link.
func (c *control) lead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == "" || c.closed || c.unlink != nil {
		return
	}
	var err error
	if c.unlink, err = daemon.LinkControl(c.link, c.path); err != nil {
		c.log.Warn("no link to the control socket", "err", err)
	}
}

// unlead takes the link away.
func (c *control) unlead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unlink != nil {
		c.unlink()
		c.unlink = nil
	}
}

// close closes the socket and waits for the commands that run through it.
func (c *control) close() {
	c.unlead()
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.cancel()
	c.group.Wait()
}
