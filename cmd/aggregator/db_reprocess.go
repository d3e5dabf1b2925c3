package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newDBReprocess(p *program) *cobra.Command {
	var since string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "reprocess",
		Short: "Run today's rules over the bodies that are kept as they came",
		Long: `Make articles anew of their bodies as they came, by the rules and the
configuration of today: what is removed from bodies, how they are cleaned, head
images and stocks. Nothing is fetched. Bodies are kept for "retention.raw".

Ids, and when an article was published, seen and updated, stay: its publisher
changed nothing. What readers saw before is kept as a version. An article that
comes out as it was is not touched.`,
		Example: "  aggregator db reprocess --since 24h",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				from, err := parseTime(since, d.Zone())
				if err != nil {
					return usage(cmd, fmt.Errorf("--since: %w", err))
				}
				return p.reprocess(ctx, d, from, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "only articles first seen since `TIME`: 2026-01-31, 2026-01-31T08:00:00+08:00, or an age such as 24h or 7d")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print how far it is as JSON objects")
	return cmd
}

func (p *program) reprocess(ctx context.Context, d *daemon.Daemon, since time.Time, asJSON bool) error {
	total, err := d.Store().CountBodies(since)
	if err != nil {
		return err
	}
	m := p.measure("bodies read", int64(total), counted(), asJSON)
	defer m.end()
	n, err := d.Reprocess(ctx, since, func(n daemon.Reprocessed) { m.at(int64(n.Bodies)) })
	m.end()
	if ctx.Err() != nil {
		return &failure{code: exitFailed, err: errors.New("interrupted"),
			hint: fmt.Sprintf("%d articles are changed; the same command does the rest", n.Changed)}
	}
	if err != nil {
		return err
	}
	if asJSON {
		return nil
	}
	_, err = fmt.Fprintf(p.Out, "%d bodies read, %d articles changed\n", n.Bodies, n.Changed)
	return err
}
