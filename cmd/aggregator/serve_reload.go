package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"reflect"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/metrics"
	"aggregator/cmd/internal/web"
	"aggregator/feedout"
	"aggregator/fetcher"
)

// hangups are the signals that ask for the configuration to be read anew.
func hangups() <-chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c
}

// succession is a program that goes on: generations follow one another behind its
// listeners and its control socket.
type succession struct {
	*program
	log     *slog.Logger
	ctx     context.Context // of all that fetches; ends by fail as well
	fail    context.CancelCauseFunc
	group   sync.WaitGroup
	now     atomic.Pointer[generation]
	front   *front // nil where nothing is published
	metrics *metrics.Metrics
	control *control
}

// generation is what works by one configuration.
type generation struct {
	cfg    *config.Config
	client *fetcher.Client // nil: that of the first
	d      *daemon.Daemon
	hub    hub
	endHub context.CancelFunc
	// hubEnded is closed when the hub is told nothing more; unhook ends the webhook,
	// if this generation began it.
	hubEnded chan struct{}
	unhook   func()
	handler  http.Handler // nil where nothing is published
	changed  func(slugs ...string)
}

// newSuccession begins with the daemon of a first configuration.
func (p *program) newSuccession(ctx context.Context, cfg *config.Config, log *slog.Logger, d *daemon.Daemon) (*succession, error) {
	s := &succession{program: p, log: log}
	s.ctx, s.fail = context.WithCancelCause(ctx)
	s.now.Store(&generation{cfg: cfg, d: d, hubEnded: make(chan struct{}), unhook: p.unhook})
	s.metrics = metrics.New(version(), func() prometheus.Collector { return s.daemon() })
	var err error
	if s.control, err = s.openControl(cfg); err != nil {
		s.fail(nil)
		return nil, err
	}
	s.control.lead()
	return s, nil
}

// publish has it serve feeds and pages.
func (s *succession) publish(e entrance) error {
	g := s.now.Load()
	if err := s.offer(g); err != nil {
		s.close()
		return err
	}
	s.front = newFront(newServer(s.log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.now.Load().handler.ServeHTTP(w, r)
	})), newCrowd(s.log, mostConnections()))
	s.front.accept(e, s.fail)
	return nil
}

// offer makes what a generation publishes.
func (s *succession) offer(g *generation) (err error) {
	load := g.d.Feeds()
	feeds := feedout.New(load, feedout.Options{Log: s.log, Formats: g.cfg.Feeds.Formats, Marks: load})
	g.hub = newHub(g.cfg, s.log, feeds)
	g.changed = g.hub.after(feeds.Changed)
	// What is fetched by a former configuration is told to the present one's readers.
	g.d.Changed = func(slugs ...string) { s.now.Load().changed(slugs...) }
	g.d.Renewed = feeds.Changed
	site := g.cfg.Site
	g.handler, err = web.New(s.log, web.Site{
		Title: site.Title, Language: site.Language, BaseURL: site.BaseURL, Zone: g.d.Zone(), Feeds: load, Slug: config.Latin,
		Daemon: g.d, Version: version(), Metrics: s.metrics.Handler(s.log), Count: s.metrics.Count,
	}, feeds)
	return err
}

// begin lets a generation fetch.
func (s *succession) begin(g *generation) {
	ctx, end := context.WithCancel(s.ctx)
	g.endHub = end
	s.group.Go(func() {
		defer close(g.hubEnded)
		g.hub.run(ctx)
	})
	s.group.Go(func() {
		if err := g.d.Run(s.ctx); err != nil {
			s.fail(err)
		}
		s.part(g)
	})
}

// part closes the client of a generation that has come to its end, if no later one goes
// on with it.
func (s *succession) part(g *generation) {
	if g.client != nil && g.client != s.now.Load().client {
		g.client.Close()
	}
}

// run works until the context ends, then drains.
func (s *succession) run(reload <-chan os.Signal) error {
	s.begin(s.now.Load())
	systemd := newNotifier(s.log, s.daemon)
	systemd.ready()
	go systemd.run(s.ctx) // not waited for: a database that does not answer holds up no end
	for {
		select {
		case <-reload:
			if err := systemd.reload(s.reload); err != nil {
				s.refuse(err)
			}
			continue
		case <-s.ctx.Done():
		}
		break
	}
	systemd.stopping()
	s.log.Info("stopping")
	shutdown(s.front, &s.group, s.log)
	if cause := context.Cause(s.ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func (s *succession) daemon() *daemon.Daemon { return s.now.Load().d }

func (s *succession) close() {
	s.fail(nil)
	s.control.close()
	g := s.now.Load()
	g.unhook()
	if g.client != nil {
		g.client.Close()
	}
}

// reload applies the configuration as it is now, all of it or nothing.
func (s *succession) reload() error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	old := s.now.Load()
	if cfg.Database.Reveal() != old.cfg.Database.Reveal() {
		return &failure{err: errors.New("the database cannot be another while the daemon runs"), hint: "restart it"}
	}
	doors, err := s.doors(old.cfg, cfg)
	if err != nil {
		return err
	}
	next, err := s.follow(old, cfg)
	if err != nil {
		doors.abandon()
		return err
	}
	s.cfg.Store(cfg)
	if s.front != nil {
		if err := s.offer(next); err != nil {
			doors.abandon()
			s.part(next)
			return err
		}
	}
	old.endHub()
	<-old.hubEnded // what it was about to tell is due again
	next.hub.follow(old.hub)
	s.now.Store(next)
	doors.open()
	s.begin(next)
	old.d.Retire()
	s.log.Info("configuration reloaded", "sources", len(cfg.Sources))
	return nil
}

// follow makes the generation of another configuration. The client, with what it
// knows of hosts, stays where the configuration says nothing else of it.
func (s *succession) follow(old *generation, cfg *config.Config) (*generation, error) {
	next := &generation{cfg: cfg, client: old.client, hubEnded: make(chan struct{}), unhook: old.unhook}
	agent := cfg.UserAgent(version())
	if next.client == nil || !reflect.DeepEqual(cfg.Fetch, old.cfg.Fetch) || agent != old.cfg.UserAgent(version()) {
		client, err := s.newClient(cfg)
		if err != nil {
			return nil, err
		}
		next.client = client
	}
	var err error
	if next.d, err = old.d.Follow(cfg, next.client); err != nil {
		s.part(next)
		return nil, &failure{code: exitUsage, err: err}
	}
	next.d.Alarm = old.d.Alarm
	if cfg.Health.Webhook.Reveal() != old.cfg.Health.Webhook.Reveal() {
		next.d.Alarm = nil
		next.unhook = sync.OnceFunc(tellWebhook(cfg, s.log, next.d))
		go old.unhook()
	}
	return next, nil
}

// doors are the listener and the control socket of another configuration, where it
// names others.
type doors struct {
	s        *succession
	entrance entrance
	reopen   string // where the old listener was, if it had to be closed
	control  *control
}

// doors opens them beside the old ones.
func (s *succession) doors(old, cfg *config.Config) (d doors, err error) {
	d.s = s
	if s.front != nil && cfg.Listen != old.Listen && !s.front.passed {
		if err = d.listen(old.Listen, cfg.Listen); err != nil {
			return d, err
		}
	}
	if cfg.ControlPath() != old.ControlPath() {
		s.control.unlead() // the link may be where the new one is to be
		if d.control, err = s.openControl(cfg); err != nil {
			s.control.lead()
			d.abandon()
			return d, err
		}
	}
	return d, nil
}

// listen opens a listener. One at the port of the old one, :8080 after
// 127.0.0.1:8080, can be opened only when that is closed: who comes in that moment is
// refused.
func (d *doors) listen(old, addr string) (err error) {
	d.entrance, err = listenAt(d.s.ctx, addr)
	if !errors.Is(err, syscall.EADDRINUSE) || port(old) != port(addr) {
		return err
	}
	closeAll(d.s.front.listeners)
	d.reopen = old
	if d.entrance, err = listenAt(d.s.ctx, addr); err != nil {
		d.abandon()
	}
	return err
}

func port(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

func (d *doors) abandon() {
	closeAll(d.entrance.listeners)
	if d.reopen != "" {
		e, err := listenAt(d.s.ctx, d.reopen)
		if err != nil {
			d.s.fail(err)
			return
		}
		d.s.front.accept(e, d.s.fail)
	}
	if d.control != nil {
		d.control.close()
		d.s.control.lead()
	}
}

// open has people come in by them, and no longer by the old ones.
func (d *doors) open() {
	if len(d.entrance.listeners) > 0 {
		d.s.front.move(d.entrance, d.s.fail)
		d.s.log.Info("serving", "address", d.entrance.listeners[0].Addr().String())
	}
	if d.control != nil {
		go func(old, now *control) {
			old.close() // commands under way come to their end
			now.lead()
		}(d.s.control, d.control)
		d.s.control = d.control
	}
}

// refuse tells why a configuration is not applied: each mistake on a line of its own.
func (s *succession) refuse(err error) {
	f := &failure{err: err}
	errors.As(err, &f)
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		for _, m := range mistakes {
			s.log.Error("configuration refused", "mistake", m.String())
		}
		return
	}
	attrs := []any{"err", f.Error()}
	if f.hint != "" {
		attrs = append(attrs, "hint", f.hint)
	}
	s.log.Error("configuration refused", attrs...)
}
