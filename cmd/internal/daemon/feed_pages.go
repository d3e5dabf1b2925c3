package daemon

import (
	"context"
	"strings"
	"time"

	"aggregator/feedout"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// Listing is what a page shows of a feed: some of its articles, and the order to
// go on from to older ones, 0 where there are none.
type Listing struct {
	Listed
	Description string
	Articles    []article.Article
	Next        uint64
}

// Listing gives the articles that came last of those that came into a feed before
// an order, 0 being now; of a saved search only the newest. Its errors are those
// of [Feeds.Feed]; the feeds of sources, stocks, corrections and health have no page.
func (f Feeds) Listing(slug string, before uint64, limit int) (l Listing, err error) {
	if slug == correctionsSlug || slug == healthSlug || strings.Contains(slug, "/") {
		return l, feedout.ErrNoFeed
	}
	what, err := f.find(slug)
	if err != nil {
		return l, err
	}
	l.Listed = f.listed(slug, what.title)
	l.Description = what.subtitle
	if what.found != nil {
		l.Articles, err = what.found(storage.Window{Entries: limit, Max: limit})
		return l, err
	}
	l.Articles, l.Next, err = f.d.store.Earlier(*what.run, before, limit)
	return l, err
}

// PagePath is where a page shows what a feed does: a category, a saved search, or
// the state of sources. All else is on the front page.
func PagePath(slug string) string {
	switch {
	case slug == healthSlug:
		return "/status"
	case slug == "all", slug == correctionsSlug, strings.Contains(slug, "/"):
		return "/"
	}
	return "/c/" + slug + "/"
}

// Alternate is a feed in one of its formats.
type Alternate struct{ Name, Type, URL string }

// Alternates are the formats in which a feed is published.
func (f Feeds) Alternates(slug string) (all []Alternate) {
	names := map[string]Alternate{
		"atom": {Name: "Atom", Type: "application/atom+xml"},
		"rss":  {Name: "RSS", Type: "application/rss+xml"},
		"json": {Name: "JSON", Type: "application/feed+json"},
	}
	for _, format := range f.d.cfg.Feeds.Formats {
		a := names[format]
		a.URL = f.d.URL("/feeds/" + slug + "." + format)
		all = append(all, a)
	}
	return all
}

// Article gives an article by its Key, or storage.ErrNotFound.
func (f Feeds) Article(key string) (article.Article, error) {
	if strings.HasPrefix(key, "tag:") { // every page has one address
		return article.Article{}, storage.ErrNotFound
	}
	return f.d.store.Article(key)
}

// CategoriesOf are the categories of an article that are on offer, in its order.
func (f Feeds) CategoriesOf(a *article.Article) (all []Listed, err error) {
	list, err := f.List()
	for _, name := range a.Categories {
		for _, l := range list {
			if l.Name == name {
				all = append(all, l)
			}
		}
	}
	return all, err
}

// Search finds words in articles; see [storage.Store.Search].
func (f Feeds) Search(ctx context.Context, text string, before uint64, limit int) ([]article.Article, uint64, error) {
	return f.d.store.Search(ctx, text, before, limit)
}

// Edit is what an origin changed in an article that readers had seen, as HTML.
type Edit struct {
	At     time.Time
	Change string
}

// mostEdits is how many edits of one article are compared: each takes its time.
const mostEdits = 10

// Edits are the last edits of an article, newest first.
func (f Feeds) Edits(key string) (edits []Edit, err error) {
	versions, err := f.d.store.Versions(key)
	words := correctionWords(f.d.cfg.Site.Language)
	for i := len(versions) - 1; i > 0 && len(edits) < mostEdits; i-- {
		if !versions[i].Remade {
			edits = append(edits, Edit{versions[i].Since, words.content(versions[i-1], versions[i])})
		}
	}
	return edits, err
}
