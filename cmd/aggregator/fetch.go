package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newFetch(p *program) *cobra.Command {
	var once, asJSON bool
	var o daemon.Options
	cmd := &cobra.Command{
		Use:   "fetch [--once] [SOURCE...]",
		Short: "Fetch sources on schedule, or all now",
		Long: `Fetch sources on schedule without publishing, until interrupted. With --once,
fetch every named source, or every enabled one, now and exit: due or not, but
for hosts that asked to rest.

Beside a running daemon, fetch --once has that daemon fetch.`,
		Example: `  aggregator fetch --once
  aggregator fetch --once --dry-run sina-china`,
		RunE: func(cmd *cobra.Command, names []string) error {
			p.begins = true
			if !once {
				return p.fetchOnSchedule(cmd, names, o)
			}
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				return p.fetchOnce(ctx, d, names, o, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "one round now, then exit")
	cmd.Flags().BoolVar(&o.Force, "force", false, "ignore rests, validators and body hashes")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "store nothing, show what would be new")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per source")
	return cmd
}

func (p *program) fetchOnSchedule(cmd *cobra.Command, names []string, o daemon.Options) error {
	if p.attached != nil {
		return usage(cmd, errors.New("a daemon is running already; have it fetch with --once"))
	}
	if o != (daemon.Options{}) || len(names) > 0 {
		return usage(cmd, errors.New("source names, --force and --dry-run need --once"))
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if err := onlyDaemon(cfg); err != nil {
		return err
	}
	log, reload := p.logger(slog.LevelInfo), hangups()
	return p.alone(cmd.Context(), cfg, log, func(ctx context.Context, d *daemon.Daemon) error {
		s, err := p.newSuccession(ctx, cfg, log, d)
		if err != nil {
			return err
		}
		defer s.close()
		return s.run(reload)
	})
}

// fetchOnce reports each source as it is done, then whether any failed.
func (p *program) fetchOnce(ctx context.Context, d *daemon.Daemon, names []string, o daemon.Options, asJSON bool) error {
	var m *meter
	var lines *fetchLines
	if asJSON {
		lines = newFetchLines(p.Out)
		defer lines.flush()
	}
	if !asJSON && !o.DryRun {
		m = p.measure("sources fetched", int64(d.Sources(names)), counted(), false)
	}
	var n roundTally
	err := d.Once(ctx, names, o, func(r daemon.Report) {
		n.add(&r)
		m.at(int64(n.sources))
		p.reportFetch(r, o, lines, m, n.short > 1)
	})
	m.end()
	unarchived := errors.Is(err, daemon.ErrArchive)
	if m != nil && (err == nil || unarchived) {
		fmt.Fprintf(p.Out, "%d sources: %s, %d failed\n", n.sources, outcome(n.all), n.failed)
	}
	var unknown *daemon.UnknownSource
	switch {
	case errors.As(err, &unknown):
		return &failure{code: exitUsage, err: err, hint: "`aggregator sources` lists them"}
	case ctx.Err() != nil:
		return &failure{code: exitFailed, err: errors.New("interrupted: what was fetched is stored")}
	case n.short > 0 && (err == nil || unarchived):
		return n.shortage()
	case unarchived:
		return &failure{code: exitCannotRun, err: err, hint: "make room in its directory, or let it be written; nothing is lost, the next round writes what is missing"}
	case err == nil && n.failed > 0:
		return &failure{code: exitFailed}
	}
	return err
}

// roundTally is what the reports of a round come to.
type roundTally struct {
	all             daemon.Report
	sources, failed int
	short           int           // of those that failed, for what this machine lacks
	lack            daemon.Report // the first of these
}

func (n *roundTally) add(r *daemon.Report) {
	n.sources++
	if r.Failed() {
		n.failed++
	}
	if r.Lacks() != "" {
		if n.short++; n.short == 1 {
			n.lack = *r
		}
	}
	all := &n.all
	all.Items, all.New, all.Edited, all.Filed, all.FailedPages = all.Items+r.Items, all.New+r.New, all.Edited+r.Edited, all.Filed+r.Filed, all.FailedPages+r.FailedPages
}

// shortage is the end of a round in which this machine lacked something: the errors of
// all sources that failed for it would say the same.
func (n *roundTally) shortage() *failure {
	return &failure{code: exitCannotRun, err: fmt.Errorf("%d of %d sources failed because of this machine: %s", n.short, n.sources, n.lack.Lacks()), hint: n.lack.Hint()}
}
