package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newDBPrune(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "prune",
		Short:   "Forget what the retention does not keep",
		Example: "  aggregator db prune",
		Long: `Forget what "retention" in the configuration does not keep; the daemon does so
every hour. An article that is forgotten does not come back as new. The file
does not shrink: what is free in it is used again, see "db compact".`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				pruned, err := d.Prune(ctx)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.Out, "forgot %d articles, and %d bodies as they came\n", pruned.Articles, pruned.Bodies)
				return err
			})
		},
	}
}
