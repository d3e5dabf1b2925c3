package main

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newFeeds(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "feeds",
		Short:   "List the published feeds",
		Example: "  aggregator feeds",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(_ context.Context, d *daemon.Daemon) error {
				list, err := d.Feeds().List()
				if err != nil {
					return err
				}
				if asJSON {
					return p.feedsJSON(list)
				}
				t := newTable("TITLE", "URL", "ARTICLES")
				for _, f := range list {
					t.AppendRow(table.Row{f.Title, f.URL, f.Count})
				}
				return p.print(t)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per feed")
	cmd.AddCommand(newFeedsWrite(p))
	return cmd
}

// feedJSON is a line of feeds --json.
type feedJSON struct {
	Slug     string `json:"slug"`
	Title    string `json:"title"`
	URL      string `json:"url"`
	Articles int    `json:"articles"`
}

func (p *program) feedsJSON(list []daemon.Listed) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for _, f := range list {
		if err := enc.Encode(feedJSON{Slug: f.Slug, Title: f.Title, URL: f.URL, Articles: f.Count}); err != nil {
			return err
		}
	}
	return nil
}
