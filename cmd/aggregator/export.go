package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/normalize/article"
)

func newExport(p *program) *cobra.Command {
	var f filter
	var extra, asJSON bool
	cmd := &cobra.Command{
		Use:   "export DIR",
		Short: "Write articles as front-matter files",
		Long: `Write articles as front-matter files DIR/YYYY/MM/DD/ID.md.

With --extra they carry all that "aggregator import" needs to make the same
database of them: ids, times, former versions, joins, and what the feeds are
sorted by. DIR/_store.yaml then tells the rest: the authority of the ids, the
categories and their addresses, and which articles were pruned.`,
		Example: "  aggregator export --category 金融 --since 2026-01-01 posts",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				return p.export(ctx, cmd, d, &f, args[0], extra, asJSON)
			})
		},
	}
	f.flags(cmd, 0)
	cmd.Flags().BoolVar(&extra, "extra", false, "add the keys from which import restores an article whole")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print how far it is as JSON objects")
	return cmd
}

func (p *program) export(ctx context.Context, cmd *cobra.Command, d *daemon.Daemon, f *filter, dir string, extra, asJSON bool) error {
	q, err := f.query(cmd, d.Zone())
	if err != nil {
		return err
	}
	q.Whole = extra
	total, whole := 0, q.All()
	if whole {
		if total, err = d.Store().Count(); err != nil {
			return err
		}
	}
	m := p.measure("articles written", int64(total), counted(), asJSON)
	defer m.end()
	n := 0
	var categories []string
	for a, err := range d.Store().Articles(q) {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			break
		}
		file, err := d.File(&a, extra)
		if err != nil {
			return err
		}
		if err := p.File(filepath.Join(dir, filepath.FromSlash(a.Path(d.Zone()))), file); err != nil {
			return &failure{code: exitCannotRun, err: fmt.Errorf("export: %w", err)}
		}
		if !whole {
			categories = article.Union(categories, a.Categories...)
		}
		n++
		m.at(int64(n))
	}
	m.end()
	if ctx.Err() != nil {
		return &failure{code: exitFailed, err: fmt.Errorf("interrupted after %d articles", n)}
	}
	if extra {
		if err := p.exportFrame(d.Store(), dir, whole, categories); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(p.Err, "%d articles written to %s\n", n, dir)
	return err
}
