package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
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
	failed, full := 0, false
	var m *meter
	if !asJSON && !o.DryRun {
		m = p.measure("sources fetched", int64(d.Sources(names)), counted(), false)
	}
	var all daemon.Report
	done := 0
	err := d.Once(ctx, names, o, func(r daemon.Report) {
		if r.Failed() {
			failed++
		}
		full = full || errors.Is(r.Err, syscall.ENOSPC) || errors.Is(r.Err, syscall.EDQUOT) || errors.Is(r.Err, syscall.EFBIG)
		all.Items, all.New, all.Edited, all.Filed, all.FailedPages = all.Items+r.Items, all.New+r.New, all.Edited+r.Edited, all.Filed+r.Filed, all.FailedPages+r.FailedPages
		done++
		m.at(int64(done))
		p.reportFetch(r, o, asJSON, m)
	})
	m.end()
	if m != nil && err == nil {
		fmt.Fprintf(p.Out, "%d sources: %s, %d failed\n", done, outcome(all), failed)
	}
	var unknown *daemon.UnknownSource
	if errors.As(err, &unknown) {
		return &failure{code: exitUsage, err: err, hint: "`aggregator sources` lists them"}
	}
	if ctx.Err() != nil {
		return &failure{code: exitFailed, err: errors.New("interrupted: what was fetched is stored")}
	}
	if err == nil && full {
		return &failure{code: exitCannotRun, err: errors.New("the disk of the database is full"), hint: "make room; what could not be stored is fetched again"}
	}
	if err == nil && failed > 0 {
		return &failure{code: exitFailed}
	}
	return err
}

func (p *program) reportFetch(r daemon.Report, o daemon.Options, asJSON bool, m *meter) {
	if asJSON {
		_ = json.NewEncoder(p.Out).Encode(reportJSON(r)) // a closed pipe ends the program anyway
		if !r.Failed() {
			return
		}
	}
	switch {
	case errors.Is(r.Err, context.Canceled):
	case m != nil && !r.Failed(): // the bar counts it
	case r.Failed():
		report(m.over(p.Err), &failure{err: fmt.Errorf("source %s: %w", r.Source, r.Err), hint: r.Hint()})
	case r.Resting:
		fmt.Fprintf(p.Out, "%s: resting: %v\n", r.Source, r.Err)
	case o.DryRun:
		p.reportPreview(r)
	default:
		fmt.Fprintf(p.Out, "%s: %s (%s)\n", r.Source, outcome(r), r.Took.Round(time.Millisecond))
	}
}

// outcome says in a line what a cycle brought.
func outcome(r daemon.Report) string {
	if r.NotModified && r.Pages == 0 {
		return "not modified"
	}
	parts := []string{fmt.Sprintf("%d items, %d new", r.Items, r.New)}
	for _, n := range []struct {
		count int
		what  string
	}{{r.Edited, "edited"}, {r.Filed, "filed"}, {r.FailedPages, "pages failed, to be tried again"}} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.what))
		}
	}
	for _, remark := range []string{r.Gap, r.Note} {
		if remark != "" {
			parts = append(parts, remark)
		}
	}
	return strings.Join(parts, ", ")
}

func (p *program) reportPreview(r daemon.Report) {
	fmt.Fprintf(p.Out, "%s: %s\n", r.Source, outcome(r))
	for _, a := range r.Articles {
		fmt.Fprintf(p.Out, "  %s  %s\n    %s\n", a.Published.Format(time.RFC3339), a.Title, a.Link)
	}
}

// fetchJSON is a line of fetch --once --json.
type fetchJSON struct {
	Source      string   `json:"source"`
	Outcome     string   `json:"outcome"` // ok, not modified, resting or failed
	Items       int      `json:"items"`
	New         int      `json:"new"`
	Edited      int      `json:"edited"`
	Filed       int      `json:"filed"`
	Pages       int      `json:"pages"`
	FailedPages int      `json:"failed_pages"`
	Gap         string   `json:"gap,omitempty"`
	Note        string   `json:"note,omitempty"` // what was wrong with the list, though it was read
	Error       string   `json:"error,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Seconds     float64  `json:"seconds"`
	Titles      []string `json:"titles,omitempty"` // of a dry run: what would be new
}

func reportJSON(r daemon.Report) fetchJSON {
	j := fetchJSON{
		Source: r.Source, Outcome: "ok", Items: r.Items, New: r.New, Edited: r.Edited, Filed: r.Filed,
		Pages: r.Pages, FailedPages: r.FailedPages, Gap: r.Gap, Note: r.Note, Seconds: r.Took.Seconds(),
	}
	switch {
	case r.Resting:
		j.Outcome = "resting"
	case r.Err != nil:
		j.Outcome, j.Error, j.Reason = "failed", r.Err.Error(), string(fetcher.ReasonOf(r.Err))
	case r.NotModified:
		j.Outcome = "not modified"
	}
	for _, a := range r.Articles {
		j.Titles = append(j.Titles, a.Title)
	}
	return j
}
