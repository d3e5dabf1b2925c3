package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newSources(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "sources",
		Short:   "List the sources and how they fare",
		Example: "  aggregator sources",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(_ context.Context, d *daemon.Daemon) error {
				if pauses := d.Pauses(); pauses != "" {
					fmt.Fprintln(p.Err, pauses)
				}
				list, err := d.Status()
				if err != nil {
					return err
				}
				if asJSON {
					return p.sourcesJSON(list)
				}
				return p.sourcesTable(list, d)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per source")
	cmd.AddCommand(newSourcesTest(p))
	return cmd
}

// sourceJSON is a line of sources --json.
type sourceJSON struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Kind        string `json:"kind"`
	URL         string `json:"url"`
	Enabled     bool   `json:"enabled"`
	State       string `json:"state"`       // ok, new, failing, empty, silent, stale-dated, text-lost or disabled
	StateSince  string `json:"state_since"` // "" where it was never in trouble
	StateText   string `json:"state_text"`  // what shows it
	LastFetch   string `json:"last_fetch"`
	LastSuccess string `json:"last_success"`
	LastNew     string `json:"last_new"`
	Error       string `json:"error"`
	Note        string `json:"note"` // what was wrong with its last list, though it was read
	ErrorSince  string `json:"error_since"`
	Failures    int    `json:"failures"`
	Due         string `json:"due"`
	Articles    uint64 `json:"articles"`
}

func (p *program) sourcesJSON(list []daemon.Status) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for _, s := range list {
		err := enc.Encode(sourceJSON{
			Name: s.Name, Title: s.Title, Kind: s.Kind, URL: s.URL, Enabled: s.Enabled,
			State: string(s.Health.State), StateSince: utc(s.Health.Since), StateText: s.Health.Text,
			LastFetch: utc(s.LastFetch), LastSuccess: utc(s.LastSuccess), LastNew: utc(s.LastNew),
			Error: s.Error, Note: s.Note, ErrorSince: utc(s.ErrorSince), Failures: s.Failures, Due: utc(s.Due), Articles: s.Articles,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *program) sourcesTable(list []daemon.Status, d *daemon.Daemon) error {
	t := newTable("NAME", "TITLE", "STATE", "LAST SUCCESS", "NEXT DUE", "ARTICLES", "TROUBLE")
	for _, s := range list {
		due := civil(s.Due, d.Zone())
		if !s.Enabled {
			due = "disabled"
		}
		t.AppendRow(table.Row{s.Name, s.Title, s.Health.State, civil(s.LastSuccess, d.Zone()), due, s.Articles, cmp.Or(s.Error, s.Note, s.Health.Text)})
	}
	return p.print(t)
}
