package daemon

import (
	"cmp"
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

// Feeds returns the loader for a feedout.Publisher. Feeds have the addresses
// that the configuration gives them now.
func (d *Daemon) Feeds() Feeds {
	d.renameFeeds()
	d.rememberSaved()
	f := Feeds{d}
	f.warnOfHidden()
	return f
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
	Name  string // of its category; empty for a feed of something else
	Slug  string
	Title string
	URL   string // in the format that readers are offered first
	Path  string // of the page that shows the same
	Count int    // articles
}

func (f Feeds) listed(slug, title string) Listed {
	return Listed{Slug: slug, Title: title, URL: f.d.feedURL(slug), Path: PagePath(slug)}
}

// List returns the feeds on offer: everything, then the categories in the
// order of the configuration, and those it does not name in that of their first
// use.
func (f Feeds) List() ([]Listed, error) {
	count, err := f.d.store.Count()
	if err != nil {
		return nil, err
	}
	list := []Listed{f.listed("all", f.d.cfg.Site.Title)}
	list[0].Count = count
	categories, err := f.d.store.Categories()
	configured := f.d.categories()
	slices.SortStableFunc(categories, func(a, b storage.CategoryCount) int {
		return cmp.Compare(rank(configured, a.Name), rank(configured, b.Name))
	})
	for _, c := range categories {
		if errors.Is(f.gone(c.Category), feedout.ErrGone) {
			continue
		}
		l := f.listed(c.Slug, f.title(c.Name))
		l.Name, l.Count = c.Name, c.Articles
		list = append(list, l)
	}
	return list, err
}

// categories are those of the sources, in their order.
func (d *Daemon) categories() (names []string) {
	for _, s := range d.cfg.Sources {
		names = article.Union(names, s.Categories...)
	}
	return names
}

// rank is where a name stands in a list; behind all for one that does not.
func rank(list []string, name string) int {
	if i := slices.Index(list, name); i >= 0 {
		return i
	}
	return len(list)
}

// Outlines implements feedout.Loader.
func (f Feeds) Outlines(context.Context) (string, []feedout.Outline, error) {
	list, err := f.List()
	var out []feedout.Outline
	for _, l := range append(list, f.Further()...) {
		out = append(out, feedout.Outline{Title: l.Title, Feed: l.URL, Site: f.d.URL(l.Path)})
	}
	return f.d.cfg.Site.Title, out, err
}

// Mark implements feedout.Marks.
func (f Feeds) Mark(path string) (etag string, since time.Time, err error) {
	return f.d.store.Mark(path)
}

// PutMark implements feedout.Marks.
func (f Feeds) PutMark(path, etag string, since time.Time) (time.Time, error) {
	return f.d.store.PutMark(path, etag, since)
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
	var names, slugs []string
	for _, ch := range changes {
		if ch.Outcome != storage.Same {
			names = article.Union(names, ch.Article.Categories...)
			slugs = article.Union(slugs, sourcePrefix+c.s.Name, sourcePrefix+ch.Article.Source)
			if ch.Outcome != storage.Stored {
				// Other sources may list it too, and it may have mentioned
				// other stocks before.
				slugs = article.Union(slugs, correctionsSlug, "source", "stock")
			}
			c.names.add(&ch.Article)
			for _, code := range ch.Article.Stocks {
				slugs = article.Union(slugs, stockPrefix+code)
			}
		}
	}
	if slugs == nil {
		return
	}
	if err := unstored(c.announce(names, slugs)); err != nil {
		if c.Changed != nil {
			c.Changed() // any feed may show something new; other nodes look by themselves
		}
		if shortOf(err) { // as the next write will be told of
			c.lack("", err, c.wrote)
		} else {
			c.s.log().Error("feeds not told which have changed", "err", err)
		}
	}
	c.writeArchive(context.Background(), c.s.log())
}

// announce translates categories to the slugs of their feeds, and names them
// with the slugs given and those that any article may be in.
func (d *Daemon) announce(names, slugs []string) error {
	if d.Changed == nil && d.node == nil {
		return nil
	}
	categories, err := d.store.Categories()
	if err != nil {
		return fmt.Errorf("categories: %w", err)
	}
	slugs = append(slugs, "all")
	for _, saved := range d.cfg.Feeds.Saved {
		slugs = append(slugs, saved.Slug)
	}
	for _, c := range categories {
		if slices.Contains(names, c.Name) {
			slugs = append(slugs, c.Slug)
		}
	}
	d.Tell(slugs...)
	return nil
}
