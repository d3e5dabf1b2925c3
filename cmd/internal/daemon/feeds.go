package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aggregator/feedout"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// Feeds loads what is published from the store.
type Feeds struct {
	d *Daemon
}

// Feeds returns the loader for a feedout.Publisher.
func (d *Daemon) Feeds() Feeds { return Feeds{d} }

// Feed implements feedout.Loader.
func (f Feeds) Feed(_ context.Context, slug string) (*feedout.Feed, error) {
	feed, category, err := f.head(slug)
	if err != nil {
		return nil, err
	}
	feed.Articles, err = f.d.store.Newest(category, f.d.window())
	return feed, err
}

// head returns a feed without its articles, and the category it shows.
func (f Feeds) head(slug string) (*feedout.Feed, string, error) {
	site := f.d.cfg.Site
	tag := "tag:" + f.d.store.Authority() + ":"
	feed := &feedout.Feed{
		Language: site.Language, Self: f.d.URL("/feeds/" + slug + ".atom"), Site: f.d.URL("/"), Scheme: tag + "category",
	}
	if slug == "all" {
		feed.ID, feed.Title = tag+"feed/all", site.Title
		return feed, "", nil
	}
	c, err := f.d.store.CategoryBySlug(slug)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, "", feedout.ErrNoFeed
	}
	if err != nil {
		return nil, "", err
	}
	feed.ID, feed.Title, feed.Subtitle = c.ID, f.title(c.Name), f.d.cfg.Categories[c.Name].Description
	return feed, c.Name, nil
}

// title is what a category is called for people.
func (f Feeds) title(name string) string {
	if t := f.d.cfg.Categories[name].Title; t != "" {
		return t
	}
	return name
}

// Listed is one feed on offer.
type Listed struct {
	Slug  string
	Title string
	URL   string
	Count int // articles
}

// List returns the feeds on offer: everything, then the categories in the
// order of their first use.
func (f Feeds) List() ([]Listed, error) {
	count, err := f.d.store.Count()
	if err != nil {
		return nil, err
	}
	list := []Listed{{Slug: "all", Title: f.d.cfg.Site.Title, URL: f.d.URL("/feeds/all.atom"), Count: count}}
	categories, err := f.d.store.Categories()
	for _, c := range categories {
		list = append(list, Listed{Slug: c.Slug, Title: f.title(c.Name), URL: f.d.URL("/feeds/" + c.Slug + ".atom"), Count: c.Articles})
	}
	return list, err
}

// Outlines implements feedout.Loader.
func (f Feeds) Outlines(context.Context) (string, []feedout.Outline, error) {
	list, err := f.List()
	var out []feedout.Outline
	for _, l := range list {
		out = append(out, feedout.Outline{Title: l.Title, Feed: l.URL, Site: f.d.URL("/")})
	}
	return f.d.cfg.Site.Title, out, err
}

// Newest returns the newest articles of everything, for the front page.
func (f Feeds) Newest(n int) ([]article.Article, error) {
	return f.d.store.Newest("", storage.Window{Entries: n, Max: n})
}

// URL returns the address at which readers see a path.
func (d *Daemon) URL(path string) string { return strings.TrimRight(d.cfg.Site.BaseURL, "/") + path }

func (d *Daemon) window() storage.Window {
	f := d.cfg.Feeds
	return storage.Window{Entries: f.Entries, Age: time.Duration(f.Window), Max: f.MaxEntries}
}

// tell lets the publisher know which feeds show something new, and the
// archive that there is something to write.
func (c *cycle) tell(changes []storage.Change) {
	var names []string
	for _, ch := range changes {
		if ch.Outcome != storage.Same {
			names = article.Union(names, ch.Article.Categories...)
		}
	}
	if names == nil {
		return
	}
	if err := c.announce(names); err != nil {
		c.s.log.Error("publish failed", "err", err)
	}
	if err := c.archive.write(); err != nil {
		c.s.log.Error("archive failed", "err", err, "hint", "the files will be written with the next article")
	}
}

// announce translates categories to the slugs of their feeds.
func (d *Daemon) announce(names []string) error {
	if d.Changed == nil {
		return nil
	}
	categories, err := d.store.Categories()
	if err != nil {
		return fmt.Errorf("categories: %w", err)
	}
	slugs := []string{"all"}
	for _, c := range categories {
		if slices.Contains(names, c.Name) {
			slugs = append(slugs, c.Slug)
		}
	}
	d.Changed(slugs...)
	return nil
}
