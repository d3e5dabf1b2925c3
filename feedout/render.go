package feedout

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// ListPath is that of the list of feeds.
const ListPath = "/feeds.opml"

// Paths of the other published documents.
const (
	feedPrefix = "/feeds/"
	atomSuffix = ".atom"
	rssSuffix  = ".rss"
	jsonSuffix = ".json"
)

// longestPath is more than any of ours: slugs are shorter than file names.
const longestPath = 512

// suffixes are those of all formats, in the order of preference.
func suffixes() []string { return []string{atomSuffix, rssSuffix, jsonSuffix} }

// target is what a path stands for: a feed in the format of a suffix. Without
// a slug it is the list of feeds.
type target struct{ slug, suffix string }

func targetOf(path string) (target, bool) {
	if path == ListPath {
		return target{}, true
	}
	if len(path) > longestPath {
		return target{}, false
	}
	name, prefixed := strings.CutPrefix(path, feedPrefix)
	for _, suffix := range suffixes() {
		if slug, ok := strings.CutSuffix(name, suffix); ok && prefixed && slug != "" {
			return target{slug, suffix}, true
		}
	}
	return target{}, false
}

// render loads what a slug stands for and writes its document. A panic over
// one feed is that feed's error.
func render(ctx context.Context, load Loader, at target) (doc *Document, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("render %q: panic: %v", at.slug, v)
		}
	}()
	if at.slug == "" {
		return renderOutlines(ctx, load)
	}
	return renderFeed(ctx, load, at)
}

func renderFeed(ctx context.Context, load Loader, at target) (*Document, error) {
	f, err := load.Feed(ctx, at.slug)
	if err != nil {
		return nil, fmt.Errorf("load feed: %w", err)
	}
	mediaType, body, err := f.in(at.suffix)
	if err != nil {
		return nil, err
	}
	doc := newDocument(mediaType, f.Modified(), body)
	doc.kept, doc.links = keptFor(f.Cadence), f.linkField(at.suffix)
	doc.self, doc.settled = uri(f.selfAs(at.suffix)), f.History.Settled
	return doc, nil
}

// in writes the feed in the format of a suffix.
func (f *Feed) in(suffix string) (mediaType string, body []byte, err error) {
	switch suffix {
	case rssSuffix:
		body, err = f.RSS()
		return rssType, body, err
	case jsonSuffix:
		body, err = f.JSON()
		return jsonType, body, err
	}
	body, err = f.Atom()
	return atomType, body, err
}

func renderOutlines(ctx context.Context, load Loader) (*Document, error) {
	title, outlines, err := load.Outlines(ctx)
	if err != nil {
		return nil, fmt.Errorf("load outlines: %w", err)
	}
	body, err := OPML(title, outlines)
	if err != nil {
		return nil, err
	}
	return newDocument(opmlType, time.Time{}, body), nil
}
