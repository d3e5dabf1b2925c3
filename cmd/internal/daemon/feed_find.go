package daemon

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"aggregator/cmd/internal/config"
	"aggregator/feedout"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// What the slugs of feeds begin with that are no category's.
const (
	stockPrefix  = "stock/"
	sourcePrefix = "source/"
)

// offer is what a slug stands for: a feed without its articles, and how these
// are read.
type offer struct {
	id, title, subtitle string
	run                 *storage.Run                                    // its articles,
	found               func(storage.Window) ([]article.Article, error) // or how they are found; they have no archives then
	brings              func(*source) bool                              // tells the sources it lives on; nil means all
}

// Feed implements feedout.Loader.
func (f Feeds) Feed(_ context.Context, slug string) (*feedout.Feed, error) {
	if of, s, ok := f.d.section(slug); ok {
		return f.archive(of, s)
	}
	what, err := f.find(slug)
	if err != nil {
		return nil, err
	}
	feed := f.feed(what, slug)
	feed.Hub = hubForReaders(f.d.cfg.Feeds.Hub) // archives change too seldom to be subscribed to
	if what.found != nil {
		feed.Articles, err = what.found(f.d.window())
		return feed, err
	}
	if err := f.show(feed, what, slug); err != nil {
		return nil, err
	}
	if what.run.Stock != "" && len(feed.Articles) == 0 { // any code may be asked for
		return nil, feedout.ErrNoFeed
	}
	return feed, nil
}

// feed is an offer as a feed at a slug, without its articles.
func (f Feeds) feed(what *offer, slug string) *feedout.Feed {
	site, page := f.d.cfg.Site, slug
	if of, _, ok := f.d.section(slug); ok {
		page = of
	}
	return &feedout.Feed{
		ID: what.id, Title: what.title, Subtitle: what.subtitle, Language: site.Language, Rights: site.Rights,
		Self: f.d.URL("/feeds/" + slug + ".atom"), Site: f.d.URL(PagePath(page)), Generator: f.d.URL("/"),
		Icon: f.d.URL(IconPath), Scheme: f.tag("category"), Sources: f.sources(), Cadence: f.d.cadence(what.brings),
	}
}

// hubForReaders is the hub's address without what is a secret of its owner.
func hubForReaders(hub config.Address) string {
	u, err := url.Parse(hub.Reveal())
	switch {
	case err != nil:
		return ""
	case hub.String() != hub.Reveal():
		u.User, u.RawQuery = nil, ""
	}
	return u.String()
}

// tag is an id of RFC 4151 under this store's authority.
func (f Feeds) tag(name string) string { return "tag:" + f.d.store.Authority() + ":" + name }

func (f Feeds) find(slug string) (*offer, error) {
	if code, ok := strings.CutPrefix(slug, stockPrefix); ok {
		return f.stock(code)
	}
	if name, ok := strings.CutPrefix(slug, sourcePrefix); ok {
		return f.source(name)
	}
	switch slug {
	case "all":
		return f.category(storage.Category{ID: f.tag("feed/all")}, f.d.cfg.Site.Title), nil
	case correctionsSlug:
		return f.corrections(), nil
	case healthSlug:
		return f.health(), nil
	}
	c, err := f.d.store.CategoryBySlug(slug)
	switch {
	case errors.Is(err, storage.ErrNotFound): // a category's address is its own first
		return f.saved(slug)
	case err != nil:
		return nil, err
	case c.Slug != slug:
		return f.savedOr(slug, &feedout.Moved{Slug: c.Slug})
	}
	if err := f.gone(c); err != nil {
		return f.savedOr(slug, err)
	}
	return f.category(c, f.title(c.Name)), nil
}

func (f Feeds) category(c storage.Category, title string) *offer {
	return &offer{
		id: c.ID, title: title, subtitle: f.d.cfg.Categories[c.Name].Description, run: &storage.Run{Category: c.Name},
		brings: func(s *source) bool { return c.Name == "" || slices.Contains(s.Categories, c.Name) },
	}
}

func (f Feeds) source(name string) (*offer, error) {
	i := slices.IndexFunc(f.d.cfg.Sources, func(s config.Source) bool { return s.Name == name })
	if i < 0 {
		return nil, f.goneSource(name)
	}
	title := cmp.Or(f.d.cfg.Sources[i].Title, name)
	return &offer{
		id: f.tag("feed/source/" + name), title: title, run: &storage.Run{Source: name},
		brings: func(s *source) bool { return s.Name == name },
	}, nil
}

// savedOr gives a slug that a category has left to a saved search.
func (f Feeds) savedOr(slug string, left error) (*offer, error) {
	what, err := f.saved(slug)
	if err != nil {
		return nil, left
	}
	return what, nil
}

func (f Feeds) saved(slug string) (*offer, error) {
	i := slices.IndexFunc(f.d.cfg.Feeds.Saved, func(s config.Saved) bool { return s.Slug == slug })
	if i < 0 {
		return nil, f.goneSaved(slug)
	}
	s := f.d.cfg.Feeds.Saved[i]
	return &offer{id: f.tag("feed/saved/" + slug), title: cmp.Or(s.Title, slug), found: func(w storage.Window) ([]article.Article, error) {
		return f.d.store.NewestOfWords(storage.Words{All: s.All, Any: s.Any, None: s.None}, w)
	}}, nil
}

// sources are the feeds that RSS items name as where they come from.
func (f Feeds) sources() map[string]feedout.Outline {
	if !slices.Contains(f.d.cfg.Feeds.Formats, "rss") {
		return nil
	}
	all := map[string]feedout.Outline{}
	for _, s := range f.d.cfg.Sources {
		all[s.Name] = feedout.Outline{Title: cmp.Or(s.Title, s.Name), Feed: f.d.URL("/feeds/" + sourcePrefix + s.Name + ".rss")}
	}
	return all
}

// Further are the feeds on offer that are no category's: those of Special, then the
// sources'. Stocks are too many.
func (f Feeds) Further() []Listed {
	list := f.Special()
	for _, s := range f.d.cfg.Sources {
		list = append(list, f.listed(sourcePrefix+s.Name, cmp.Or(s.Title, s.Name)))
	}
	return list
}

// Special are the corrections, the health of the sources, and the saved searches.
func (f Feeds) Special() []Listed {
	list := []Listed{f.listed(correctionsSlug, f.corrections().title), f.listed(healthSlug, f.health().title)}
	for _, s := range f.d.cfg.Feeds.Saved {
		if _, hidden := f.hides(s.Slug); hidden { // the category's address is in the list already
			continue
		}
		list = append(list, f.listed(s.Slug, cmp.Or(s.Title, s.Slug)))
	}
	return list
}

// feedURL is a feed's address in the format that readers are offered first.
func (d *Daemon) feedURL(slug string) string {
	format := "atom"
	if formats := d.cfg.Feeds.Formats; len(formats) > 0 && !slices.Contains(formats, format) {
		format = formats[0]
	}
	return d.URL("/feeds/" + slug + "." + format)
}
