package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// filter is the flags that select articles.
type filter struct {
	category, source, since, until, search string
	limit                                  int
}

func (f *filter) flags(cmd *cobra.Command, limit int) {
	fl := cmd.Flags()
	fl.StringVar(&f.category, "category", "", "only of this `CATEGORY`")
	fl.StringVar(&f.source, "source", "", "only of this `SOURCE`")
	fl.StringVar(&f.since, "since", "", "only published since `TIME`: 2026-01-31, 2026-01-31T08:00:00+08:00, or an age such as 24h or 7d")
	fl.StringVar(&f.until, "until", "", "only published before `TIME`")
	fl.StringVar(&f.search, "search", "", "only with these `WORDS` in title or text")
	fl.IntVar(&f.limit, "limit", limit, "at most `N`; 0 means all")
}

func (f *filter) query(cmd *cobra.Command, zone *time.Location) (q storage.Query, err error) {
	q = storage.Query{Category: f.category, Source: f.source, Search: f.search, Limit: f.limit, Done: cmd.Context().Done()}
	if f.limit < 0 {
		return q, usage(cmd, errors.New("--limit: must not be negative"))
	}
	if q.Since, err = parseTime(f.since, zone); err != nil {
		return q, usage(cmd, fmt.Errorf("--since: %w", err))
	}
	if q.Until, err = parseTime(f.until, zone); err != nil {
		return q, usage(cmd, fmt.Errorf("--until: %w", err))
	}
	return q, nil
}

func newArticles(p *program) *cobra.Command {
	var f filter
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "articles",
		Short:   "List stored articles",
		Example: "  aggregator articles --category 金融 --since 24h\n  aggregator articles --json --limit 0 | jq .title",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				q, err := f.query(cmd, d.Zone())
				if err != nil {
					return err
				}
				if asJSON {
					return p.articlesJSON(ctx, d.Store().Articles(q))
				}
				return p.articlesTable(ctx, d.Store().Articles(q), d.Zone())
			})
		},
	}
	f.flags(cmd, 50)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per article")
	cmd.AddCommand(newArticlesShow(p), newArticlesExplain(p), newArticlesSplit(p))
	return cmd
}

func newArticlesShow(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "show ID",
		Short:   "Print an article's front-matter file",
		Long:    "Print an article's front-matter file. ID is the name of its file without .md, or its tag: URI.",
		Example: "  aggregator articles show iktzqtyt6123456",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(_ context.Context, d *daemon.Daemon) error {
				a, err := d.Store().Article(args[0])
				if err != nil {
					return unknownArticle(args[0], err)
				}
				file, err := d.File(&a, false)
				if err != nil {
					return err
				}
				_, err = p.Out.Write(file)
				return err
			})
		},
	}
}

// unknownArticle is the error of a look-up by ID.
func unknownArticle(id string, err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return &failure{code: exitUsage, err: fmt.Errorf("no article has the ID %q", id), hint: "`aggregator articles` lists them"}
	}
	return err
}

// articleJSON is a line of articles --json.
type articleJSON struct {
	ID         string   `json:"id"`
	Key        string   `json:"key"`
	GUID       string   `json:"guid"`
	Source     string   `json:"source"`
	Title      string   `json:"title"`
	Link       string   `json:"link"`
	Via        []string `json:"via"`
	Published  string   `json:"published"`
	Updated    string   `json:"updated"`
	Seen       string   `json:"seen"`
	Categories []string `json:"categories"`
	Tags       []string `json:"tags"`
	Author     string   `json:"author"`
	Origin     string   `json:"origin"`
	HeadImg    string   `json:"headimg"`
	Thumbnail  string   `json:"thumbnail"`
	Stocks     []string `json:"stocks"`
	Summary    string   `json:"summary"`
	Content    string   `json:"content"`
}

func (p *program) articlesJSON(ctx context.Context, articles iter.Seq2[article.Article, error]) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for a, err := range articles {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if err := enc.Encode(asJSON(a)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func asJSON(a article.Article) articleJSON {
	list := func(s []string) []string { return append([]string{}, s...) } // never null
	return articleJSON{
		ID: a.ID, Key: a.Key, GUID: a.GUID, Source: a.Source, Title: a.Title, Link: a.Link, Via: list(a.Via),
		Published: utc(a.Published), Updated: utc(a.Updated), Seen: utc(a.Seen),
		Categories: list(a.Categories), Tags: list(a.Tags), Author: a.Author, Origin: a.Origin,
		HeadImg: a.Image, Thumbnail: a.Image, Stocks: list(a.Stocks), Summary: a.Summary, Content: a.Content,
	}
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (p *program) articlesTable(ctx context.Context, articles iter.Seq2[article.Article, error], zone *time.Location) error {
	t := newTable("ID", "PUBLISHED", "TITLE", "CATEGORIES")
	for a, err := range articles {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		t.AppendRow(table.Row{a.Key, civil(a.Published, zone), clip(a.Title), last(a.Categories)})
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.print(t)
}
