package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
)

func newServe(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Fetch on schedule and publish over HTTP",
		Long: `Fetch every source on its schedule and publish the feeds over HTTP, until
SIGTERM or SIGINT. Other commands run beside it: they find its control socket.

SIGHUP applies a changed configuration without losing a request, a fetch under way
or a schedule. One with mistakes is refused, and the old one stays; try it first
with aggregator check.`,
		Example: "  aggregator serve --config /etc/aggregator/config.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.begins = true
			cfg, err := p.load()
			if err != nil {
				return err
			}
			if err := onlyDaemon(cfg); err != nil {
				return err
			}
			log, reload := p.logger(slog.LevelInfo), hangups()
			return p.alone(cmd.Context(), cfg, log, func(ctx context.Context, d *daemon.Daemon) error {
				e, err := listen(ctx, cfg, log)
				if err != nil {
					return err
				}
				return p.serve(ctx, cfg, log, d, e, reload)
			})
		},
	}
}

// drain is how long a daemon that was told to end may take over answers and
// fetches under way; what is left of ten seconds is for closing the database.
const drain = 8 * time.Second

// serve fetches and publishes until ctx ends, then drains; with each signal by the
// configuration as it is then.
func (p *program) serve(ctx context.Context, cfg *config.Config, log *slog.Logger, d *daemon.Daemon, e entrance, reload <-chan os.Signal) error {
	s, err := p.newSuccession(ctx, cfg, log, d)
	if err == nil {
		err = s.publish(e)
	}
	if err != nil {
		closeAll(e.listeners)
		return err
	}
	defer s.close()
	log.Info("serving", "address", e.listeners[0].Addr().String(), "feeds", d.URL("/feeds.opml"))
	return s.run(reload)
}

func shutdown(front *front, group *sync.WaitGroup, log *slog.Logger) {
	end := time.After(drain)
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	// Readers that do not read hold up their own answers alone: fetches keep
	// their time, and the database its second to close.
	ctx, cancel := context.WithTimeout(context.Background(), drain/2)
	defer cancel()
	if front != nil {
		if err := front.drain(ctx); err != nil {
			log.Warn("answers cut off", "err", err)
			front.Close()
		}
	}
	select {
	case <-done:
	case <-end:
		log.Warn("fetches cut off", "hint", "the next start repeats them")
	}
}

// newServer makes the public listener's server. Who is idle, or reads slowly, is the
// crowd's to hang up on.
func newServer(log *slog.Logger, handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
