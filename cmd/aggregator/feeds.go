package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newFeeds(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "feeds",
		Short: "List the published feeds",
		Long: `List the feeds of the site and of its categories, with how many articles each has,
then those of corrections, of the sources' health and of saved searches, with how many
entries they show now. Each source has one too, at /feeds/source/NAME.atom, and each
stock, at /feeds/stock/CODE.atom.`,
		Example: "  aggregator feeds",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				list, err := allFeeds(ctx, d.Feeds())
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

// allFeeds are those of categories, and those that show what was chosen otherwise.
func allFeeds(ctx context.Context, feeds daemon.Feeds) ([]daemon.Listed, error) {
	list, err := feeds.List()
	if err != nil {
		return nil, err
	}
	for _, l := range feeds.Special() {
		feed, err := feeds.Feed(ctx, l.Slug)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Slug, err)
		}
		l.Count = len(feed.Articles)
		list = append(list, l)
	}
	return list, nil
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
