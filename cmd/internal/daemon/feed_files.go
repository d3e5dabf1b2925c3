package daemon

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"aggregator/feedout"
	"aggregator/normalize/article"
)

// Files are all documents on offer, each followed by its compressed forms, by
// their paths below the address of the site, and their icon. Their bytes are those
// that are served. With archives those of all months are among them: many times
// what the rest is. It ends with the first error.
func (f Feeds) Files(ctx context.Context, archives bool) iter.Seq2[feedout.File, error] {
	return func(yield func(feedout.File, error) bool) {
		// A publisher of our own, which keeps no document once it is written.
		p := feedout.New(f, feedout.Options{Formats: f.d.cfg.Feeds.Formats, Memory: 1})
		slugs, err := f.slugs(archives)
		if err != nil {
			yield(feedout.File{}, err)
			return
		}
		for _, path := range p.Paths(slugs...) {
			files, err := filesAt(ctx, p, path)
			if err != nil {
				yield(feedout.File{}, err)
				return
			}
			for _, file := range files {
				if !yield(file, nil) {
					return
				}
			}
		}
		yield(feedout.File{Name: strings.TrimPrefix(IconPath, "/"), Data: Icon()}, nil)
	}
}

// filesAt has none for what left the list since it was read.
func filesAt(ctx context.Context, p *feedout.Publisher, path string) ([]feedout.File, error) {
	doc, err := p.Document(ctx, path)
	switch {
	case errors.Is(err, feedout.ErrNoFeed), errors.Is(err, feedout.ErrGone):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc.Files(strings.TrimPrefix(path, "/")), nil
}

// slugs are those of the feeds that the list of feeds names, and of their archives
// if these are wanted.
func (f Feeds) slugs(archives bool) (all []string, err error) {
	list, err := f.List()
	for _, l := range list {
		all = append(all, l.Slug)
	}
	all = append(all, correctionsSlug, healthSlug)
	for _, s := range f.d.cfg.Feeds.Saved {
		all = article.Union(all, s.Slug) // or a category's already
	}
	for _, s := range f.d.cfg.Sources {
		all = append(all, sourcePrefix+s.Name)
	}
	if !archives {
		return all, err
	}
	for _, slug := range all[:len(all):len(all)] {
		months, failed := f.archives(slug)
		all, err = append(all, months...), errors.Join(err, failed)
	}
	return all, err
}
