package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
)

func newCheck(p *program) *cobra.Command {
	var schema bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Validate the configuration",
		Long: `Validate the configuration and print all its mistakes with line and column. Slugs
that are left to chance, since another feed has or wants them, are warned of.`,
		Example: "  aggregator check --config config.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if schema {
				_, err := p.Out.Write(config.Schema())
				return err
			}
			cfg, err := p.load()
			if err != nil {
				return err
			}
			client, err := newClient(cfg)
			if err != nil {
				return err
			}
			if _, err := daemon.New(slog.New(slog.DiscardHandler), cfg, client, nil); err != nil {
				return &failure{code: exitUsage, err: err}
			}
			doubts, err := config.Doubts(p.configPath(), p.environ...)
			if err != nil {
				return err
			}
			for _, doubt := range doubts {
				fmt.Fprintf(p.Err, "aggregator: warning: %s\n", doubt)
			}
			_, err = fmt.Fprintf(p.Out, "the configuration is valid: %d sources\n", len(cfg.Sources))
			return err
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the configuration's JSON schema instead")
	return cmd
}
