package feedout

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Paths of the published documents.
const (
	opmlPath   = "/feeds.opml"
	feedPrefix = "/feeds/"
	atomSuffix = ".atom"
)

func feedPath(slug string) string {
	return feedPrefix + slug + atomSuffix
}

// slugOf returns the slug that a path stands for; it is empty for the list of
// feeds.
func slugOf(path string) (slug string, ok bool) {
	if path == opmlPath {
		return "", true
	}
	slug, prefixed := strings.CutPrefix(path, feedPrefix)
	slug, suffixed := strings.CutSuffix(slug, atomSuffix)
	return slug, prefixed && suffixed && slug != ""
}

// render loads what a slug stands for and writes its document. A panic over
// one feed is that feed's error.
func render(ctx context.Context, load Loader, slug string) (doc *Document, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("render %q: panic: %v", slug, v)
		}
	}()
	if slug == "" {
		return renderOutlines(ctx, load)
	}
	return renderFeed(ctx, load, slug)
}

func renderFeed(ctx context.Context, load Loader, slug string) (*Document, error) {
	f, err := load.Feed(ctx, slug)
	if err != nil {
		return nil, fmt.Errorf("load feed: %w", err)
	}
	body, err := f.Atom()
	if err != nil {
		return nil, err
	}
	return newDocument(atomType, f.Modified(), body), nil
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
