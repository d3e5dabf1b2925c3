package main

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"

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
that are left to chance, since another feed has or wants them, are warned of, and
directories of the database, the control socket and the archive that do not exist or
may not be written. Beside a running daemon its environment, its credentials and what
it may write count.`,
		Example: "  aggregator check --config config.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				_, err := p.Out.Write(config.Schema())
				return err
			}
			if p.attached != nil {
				return p.checkSent()
			}
			caller := *p
			caller.Files = oneFile(p.configPath())
			err := caller.passOn(cmd.Context())
			if !errors.Is(err, daemon.ErrNoDaemon) && !errors.Is(err, fs.ErrPermission) {
				return err
			}
			if _, err := p.load(); err != nil {
				return err
			}
			return caller.checkSent()
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the configuration's JSON schema instead")
	return cmd
}

// oneFile is a file that a command reads.
func oneFile(name string) iter.Seq2[daemon.File, error] {
	return func(yield func(daemon.File, error) bool) {
		data, err := os.ReadFile(name)
		yield(daemon.File{Name: name, Data: data}, err)
	}
}

// checkSent checks the configuration that the caller has read.
func (p *program) checkSent() error {
	for f, err := range p.Files {
		if err != nil {
			return &failure{code: exitUsage, err: err}
		}
		if err := p.check(f); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) check(f daemon.File) error {
	cfg, err := config.Parse(f.Name, f.Data, p.environ...)
	if err != nil {
		return &failure{code: exitUsage, err: err}
	}
	client, err := new(program).newClient(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	if _, err := daemon.New(slog.New(slog.DiscardHandler), cfg, client, nil); err != nil {
		return &failure{code: exitUsage, err: err}
	}
	doubts, err := config.Doubts(f.Name, f.Data, p.environ...)
	if err != nil {
		return &failure{code: exitUsage, err: err}
	}
	for _, doubt := range doubtedPlaces(cfg) {
		fmt.Fprintf(p.Err, "aggregator: warning: %s: %s\n", f.Name, doubt)
	}
	for _, doubt := range doubts {
		fmt.Fprintf(p.Err, "aggregator: warning: %s\n", doubt)
	}
	_, err = fmt.Fprintf(p.Out, "the configuration is valid: %d sources\n", len(cfg.Sources))
	return err
}
