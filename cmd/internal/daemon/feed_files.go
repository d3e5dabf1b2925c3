package daemon

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"aggregator/feedout"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// Extent is how much Files makes.
type Extent struct {
	// Archives are made too: many times what the rest is.
	Archives bool
	// There tells by path which revision of an archive document is there already:
	// of such a one nothing but the names is made. Files notes in it what it made.
	// Nil means that nothing is there.
	There map[string]string
}

// Files are all documents on offer, each followed by its compressed forms, by
// their paths below the address of the site, and their icon. Their bytes are those
// that are served. What a document links to comes before it, so that a reader finds
// it whenever it asks. It ends with the first error.
func (f Feeds) Files(ctx context.Context, x Extent) iter.Seq2[feedout.File, error] {
	return func(yield func(feedout.File, error) bool) {
		w := &writing{Feeds: f, Extent: x, yield: yield}
		// A publisher of our own, which keeps no document once it is written.
		w.p = feedout.New(f, feedout.Options{Formats: f.d.cfg.Feeds.Formats, Memory: 1})
		if err := w.all(ctx); err != nil && !errors.Is(err, errEnough) {
			yield(feedout.File{}, err)
		}
	}
}

// writing is a pass over all documents.
type writing struct {
	Feeds
	Extent
	p     *feedout.Publisher
	yield func(feedout.File, error) bool
}

// errEnough tells that nobody wants further files.
var errEnough = errors.New("enough")

func (w *writing) all(ctx context.Context) error {
	slugs, err := w.slugs()
	if err != nil {
		return err
	}
	if err := w.give(feedout.File{Name: strings.TrimPrefix(IconPath, "/"), Data: Icon()}); err != nil {
		return err
	}
	for _, slug := range slugs {
		if w.Archives {
			if err := w.archives(ctx, slug); err != nil {
				return err
			}
		}
		if err := w.documents(ctx, slug); err != nil {
			return err
		}
	}
	return w.document(ctx, feedout.ListPath)
}

// archives makes those of a feed, the oldest first; none of one that shows all there
// is, and so leads to none.
func (w *writing) archives(ctx context.Context, slug string) error {
	feed, err := w.Feed(ctx, slug)
	switch {
	case left(err):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", slug, err)
	case feed.History.Previous == "":
		return nil
	}
	all, err := w.Feeds.archives(slug)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(all) {
		for _, path := range w.p.Paths(a.slug) {
			if err := w.archive(ctx, path, a.revision); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writing) archive(ctx context.Context, path, revision string) error {
	if w.There[path] == revision {
		var names []feedout.File
		for _, name := range feedout.Forms(strings.TrimPrefix(path, "/")) {
			names = append(names, feedout.File{Name: name})
		}
		return w.give(names...)
	}
	err := w.document(ctx, path)
	if err == nil && w.There != nil {
		w.There[path] = revision
	}
	return err
}

func (w *writing) documents(ctx context.Context, slug string) error {
	for _, path := range w.p.Paths(slug) {
		if err := w.document(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

// left tells of a feed that left the list since that was read.
func left(err error) bool {
	return errors.Is(err, feedout.ErrNoFeed) || errors.Is(err, feedout.ErrGone)
}

// document makes the one at a path.
func (w *writing) document(ctx context.Context, path string) error {
	doc, err := w.p.Document(ctx, path)
	switch {
	case left(err):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	}
	return w.give(doc.Files(strings.TrimPrefix(path, "/"))...)
}

func (w *writing) give(files ...feedout.File) error {
	for _, f := range files {
		if !w.yield(f, nil) {
			return errEnough
		}
	}
	return nil
}

// slugs are those of the feeds that the list of feeds names, and of the stocks that
// were mentioned lately. Sources come first: items name them.
func (f Feeds) slugs() (all []string, err error) {
	for _, s := range f.d.cfg.Sources {
		all = append(all, sourcePrefix+s.Name)
	}
	list, err := f.List()
	for _, l := range list {
		all = append(all, l.Slug)
	}
	all = append(all, correctionsSlug, healthSlug)
	for _, s := range f.d.cfg.Feeds.Saved {
		all = article.Union(all, s.Slug) // or a category's already
	}
	stocks, failed := f.stocks()
	return append(all, stocks...), errors.Join(err, failed)
}

// stocksFrom is how many of the newest articles are looked at for stocks: there
// are tens of thousands in the world, and a file for each of those in the news is
// enough.
const stocksFrom = 5000

// stocks are the slugs of the stocks that the newest articles mention, those
// mentioned last first.
func (f Feeds) stocks() (all []string, err error) {
	known := map[string]bool{}
	for a, err := range f.d.store.Articles(storage.Query{Limit: stocksFrom}) {
		if err != nil {
			return nil, err
		}
		for _, code := range a.Stocks {
			if !known[code] {
				known[code] = true
				all = append(all, stockPrefix+code)
			}
		}
	}
	return all, nil
}
