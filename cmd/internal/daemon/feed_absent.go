package daemon

import (
	"cmp"
	"slices"

	"aggregator/cmd/internal/config"
	"aggregator/feedout"
	"aggregator/storage"
)

// renameFeeds gives the stored categories the slugs that the configuration has
// for them. One without a slug there keeps the one it has: an address never
// changes by itself.
func (d *Daemon) renameFeeds() {
	slugs := map[string]string{}
	for name, c := range d.cfg.Categories {
		if c.Slug != "" {
			slugs[name] = c.Slug
		}
	}
	done, err := d.store.RenameSlugs(slugs)
	for _, r := range done {
		d.log.Info("feed renamed", "category", r.Name, "old", r.Old, "new", r.New)
	}
	if err != nil {
		d.log.Warn("feeds not renamed", "err", err, "hint", "see `categories` in the configuration")
	}
}

// warnOfHidden tells of saved searches that nobody can reach: a category had the
// address first, and its readers keep it.
func (f Feeds) warnOfHidden() {
	for _, s := range f.d.cfg.Feeds.Saved {
		if c, ok := f.hides(s.Slug); ok {
			f.d.log.Warn("saved search hidden", "slug", s.Slug, "category", c.Name,
				"hint", "give the search another slug, or the category one under `categories`")
		}
	}
}

// hides gives the category that is published under a slug.
func (f Feeds) hides(slug string) (storage.Category, bool) {
	c, err := f.d.store.CategoryBySlug(slug)
	return c, err == nil && c.Slug == slug && f.gone(c) == nil
}

// gone is ErrGone for a category that no configuration speaks of and that one did
// before, or that nothing is in: it was taken out or renamed at its sources, or
// they were. One that came by import alone stays.
func (f Feeds) gone(c storage.Category) error {
	cfg := f.d.cfg
	_, named := cfg.Categories[c.Name]
	if named || slices.ContainsFunc(cfg.Sources, func(s config.Source) bool { return slices.Contains(s.Categories, c.Name) }) {
		return nil
	}
	if was, err := f.d.store.WasSaved(categoryMark + c.Name); err != nil || was {
		return cmp.Or(err, feedout.ErrGone)
	}
	articles, err := f.d.store.Newest(c.Name, storage.Window{Entries: 1, Max: 1})
	if err == nil && len(articles) == 0 {
		return feedout.ErrGone
	}
	return err
}

// goneSource is ErrGone for a source that was fetched once, and ErrNoFeed for
// one that never was.
func (f Feeds) goneSource(name string) error {
	s, err := f.d.store.Source(name)
	switch {
	case err != nil:
		return err
	case s.LastFetch.IsZero():
		return feedout.ErrNoFeed
	}
	return feedout.ErrGone
}

// goneSaved is ErrGone for a saved search that was published once, and ErrNoFeed
// for one that never was.
func (f Feeds) goneSaved(slug string) error {
	was, err := f.d.store.WasSaved(slug)
	switch {
	case err != nil:
		return err
	case was:
		return feedout.ErrGone
	}
	return feedout.ErrNoFeed
}

// categoryMark heads the names of categories among the slugs of saved searches, none
// of which begins like that.
const categoryMark = "category:"

// rememberSaved has the store know the saved searches and categories when they will
// have been taken out of the configuration.
func (d *Daemon) rememberSaved() {
	var slugs []string
	for _, name := range d.categories() {
		slugs = append(slugs, categoryMark+name)
	}
	for _, s := range d.cfg.Feeds.Saved {
		slugs = append(slugs, s.Slug)
	}
	if err := d.store.PutSaved(slugs); err != nil {
		d.log.Warn("saved searches not remembered", "err", err)
	}
}
