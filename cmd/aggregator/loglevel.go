package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newLogLevel(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "log-level [LEVEL]",
		Short: "Show or change from which level on the running daemon logs",
		Long: `Show from which level on the running daemon logs: debug, info, warn or error; or
have it log from another one on, until it ends.`,
		Example: "  aggregator log-level debug",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			var level slogLevel
			if len(args) > 0 {
				if err := level.Set(args[0]); err != nil {
					return usage(cmd, err)
				}
			}
			return p.besideDaemon(cmd, func(_ context.Context, _ *daemon.Daemon) error {
				if level.set {
					p.level.Set(level.Level)
				}
				_, err := fmt.Fprintln(p.Out, strings.ToLower(p.level.Level().String()))
				return err
			})
		},
	}
}
