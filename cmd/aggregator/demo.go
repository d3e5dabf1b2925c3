package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/demo"
)

func newDemo(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show the whole program against a simulated Sina, without network or configuration",
		Long: `Run the daemon against a simulated Sina on the loopback interface, with a
temporary database, until Ctrl-C. The first line printed is the address to open.`,
		Example: "  aggregator demo",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context()) },
	}
}

func (p *program) demo(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "aggregator-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	origin, err := demo.Start()
	if err != nil {
		return &failure{code: exitCannotRun, err: fmt.Errorf("simulated origin: %w", err)}
	}
	defer origin.Close()
	e, err := listenAt(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	base := "http://" + e.listeners[0].Addr().String()
	cfg, err := origin.Config(base, dir)
	if err != nil {
		return err
	}
	log := p.logger(slog.LevelInfo)
	return p.alone(ctx, cfg, log, func(ctx context.Context, d *daemon.Daemon) error {
		fmt.Fprintf(p.Out, "%s/\n\n", base)
		fmt.Fprintf(p.Out, "feed of everything  %s\nall feeds (OPML)    %s\nsimulated origin    %s/\n", d.URL("/feeds/all.atom"), d.URL("/feeds.opml"), origin.URL)
		fmt.Fprintf(p.Out, "\nSomething new is published every few seconds. Ctrl-C ends the demo and removes what it made.\n\n")
		return p.serve(ctx, cfg, log, d, e, nil)
	})
}
