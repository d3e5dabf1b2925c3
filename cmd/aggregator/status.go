package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newStatus(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Tell whether the daemon runs and moves",
		Long: `Tell how many sources the running daemon has, how many of them are in trouble, and
how many articles. Where no daemon runs, its scheduler stands still or its database
does not answer, that is an error (exit code 3): a health check for containers.`,
		Example: "  aggregator status",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.besideDaemon(cmd, func(ctx context.Context, d *daemon.Daemon) error { return p.status(ctx, d) })
		},
	}
}

// patience is how long the database may take to show that it moves.
const patience = 10 * time.Second

func (p *program) status(ctx context.Context, d *daemon.Daemon) error {
	alive := make(chan error, 1)
	go func() { alive <- d.Alive() }()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case err := <-alive:
		if err != nil {
			return &failure{code: exitCannotRun, err: err}
		}
	case <-ctx.Done():
		return &failure{code: exitCannotRun, err: errors.New("the database does not answer")}
	}
	tally, err := d.Tally()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, tally)
	return err
}
