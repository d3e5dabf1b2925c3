package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/web"
	"aggregator/feedout"
)

func newServe(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Fetch on schedule and publish over HTTP",
		Long: `Fetch every source on its schedule and publish the feeds over HTTP, until
SIGTERM or SIGINT. Other commands run beside it: they find its control socket.`,
		Example: "  aggregator serve --config /etc/aggregator/config.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.load()
			if err != nil {
				return err
			}
			if err := onlyDaemon(cfg); err != nil {
				return err
			}
			log := p.logger(slog.LevelInfo)
			return p.alone(cmd.Context(), cfg, log, func(ctx context.Context, d *daemon.Daemon) error {
				listeners, err := listen(ctx, cfg, log)
				if err != nil {
					return err
				}
				return p.serve(ctx, cfg, log, d, listeners)
			})
		},
	}
}

// drain is how long a daemon that was told to end may take over answers and
// fetches under way; what is left of ten seconds is for closing the database.
const drain = 8 * time.Second

// serve fetches and publishes until ctx ends; then it drains.
func (p *program) serve(ctx context.Context, cfg *config.Config, log *slog.Logger, d *daemon.Daemon, listeners []net.Listener) error {
	stop, err := p.openControl(ctx, cfg, d)
	if err != nil {
		closeAll(listeners)
		return err
	}
	defer stop()
	load := d.Feeds()
	feeds := feedout.New(load, feedout.Options{Log: log, Formats: cfg.Feeds.Formats, Marks: load})
	hub := newHub(cfg, log, feeds)
	d.Changed = hub.after(feeds.Changed)
	srv, err := newServer(cfg, log, d, feeds)
	if err != nil {
		closeAll(listeners)
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	front := newFront(srv, listeners)
	front.accept(cancel)
	group.Go(func() {
		if err := d.Run(ctx); err != nil {
			cancel(err)
		}
	})
	group.Go(func() { hub.run(ctx) })
	log.Info("serving", "address", listeners[0].Addr().String(), "feeds", d.URL("/feeds.opml"))
	systemd := newNotifier(log, d)
	systemd.ready()
	go systemd.run(ctx) // not waited for: a database that does not answer holds up no end
	<-ctx.Done()
	systemd.stopping()
	log.Info("stopping")
	shutdown(front, &group, log)
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func shutdown(front *front, group *sync.WaitGroup, log *slog.Logger) {
	end := time.After(drain)
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	// Readers that do not read hold up their own answers alone: fetches keep
	// their time, and the database its second to close.
	ctx, cancel := context.WithTimeout(context.Background(), drain/2)
	defer cancel()
	if err := front.drain(ctx); err != nil {
		log.Warn("answers cut off", "err", err)
		front.Close()
	}
	select {
	case <-done:
	case <-end:
		log.Warn("fetches cut off", "hint", "the next start repeats them")
	}
}

// newServer makes the public listener's server.
func newServer(cfg *config.Config, log *slog.Logger, d *daemon.Daemon, feeds http.Handler) (*http.Server, error) {
	handler, err := web.New(log, web.Site{
		Title: cfg.Site.Title, Language: cfg.Site.Language, BaseURL: cfg.Site.BaseURL, Zone: d.Zone(), Feeds: d.Feeds(), Slug: config.Latin,
	}, feeds)
	if err != nil {
		return nil, err
	}
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      5 * time.Minute, // a slow reader of a large feed
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}, nil
}

// openControl opens the control socket; stop closes it and waits for the
// commands that run through it.
func (p *program) openControl(ctx context.Context, cfg *config.Config, d *daemon.Daemon) (stop func(), err error) {
	l, err := daemon.ListenControl(cfg.ControlPath())
	if err != nil {
		return nil, &failure{code: exitCannotRun, err: err, hint: "see `control` in the configuration"}
	}
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { daemon.ServeControl(ctx, l, p.runner(d)) })
	return func() { cancel(); group.Wait() }, nil
}
