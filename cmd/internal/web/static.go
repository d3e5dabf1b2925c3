package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/url"
	"strings"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/normalize/article"
)

// staticContent is a feed's newest titles, which lead to where they are from, and
// on the front page what is on offer.
type staticContent struct {
	Articles []article.Article
	Feeds    []offered
	OPML     string
}

// Static are the pages that feeds lead to from their titles, as files by their
// paths below the address of the site: each shows what its feed does, and leads to
// nothing that is not a file too. What only a program can answer, as a search, is
// not there.
func Static(ctx context.Context, site Site) iter.Seq2[feedout.File, error] {
	return func(yield func(feedout.File, error) bool) {
		files, err := staticFiles(ctx, site)
		for _, f := range files {
			if !yield(f, nil) {
				return
			}
		}
		if err != nil {
			yield(feedout.File{}, err)
		}
	}
}

func staticFiles(ctx context.Context, site Site) ([]feedout.File, error) {
	u, err := url.Parse(site.BaseURL)
	if err != nil {
		return nil, err
	}
	p, err := newPages(slog.New(slog.DiscardHandler), site, strings.TrimRight(u.EscapedPath(), "/"))
	if err != nil {
		return nil, err
	}
	list, err := p.Feeds.List()
	if err != nil {
		return nil, err
	}
	list = append(list, p.Feeds.Further()...)
	files := []feedout.File{{Name: strings.TrimPrefix(p.style.path, "/"), Data: p.style.css}}
	for _, l := range list {
		if l.Slug != "all" && l.Path == "/" { // one of several that the front page stands for
			continue
		}
		made, err := p.static(ctx, l, list)
		if errors.Is(err, feedout.ErrNoFeed) || errors.Is(err, feedout.ErrGone) { // since the list was read
			continue
		}
		if err != nil {
			return files, fmt.Errorf("page %s: %w", l.Path, err)
		}
		files = append(files, made)
	}
	return files, nil
}

// static is the page of one feed of a list.
func (p *pages) static(ctx context.Context, l daemon.Listed, list []daemon.Listed) (feedout.File, error) {
	f, err := p.Feeds.Feed(ctx, l.Slug)
	if err != nil {
		return feedout.File{}, err
	}
	content := staticContent{Articles: f.Articles[:min(len(f.Articles), newest)]}
	made := &page{pages: p, Heading: f.Title, Description: f.Subtitle, Alternates: p.alternates(l.Slug, f.Title)}
	if l.Slug == "all" {
		made.Heading = ""
		content.Feeds, content.OPML = p.offered(list), p.absolute(feedout.ListPath)
	}
	made.Content = content
	var out bytes.Buffer
	if err := p.templates["static"].ExecuteTemplate(&out, "static", made); err != nil {
		return feedout.File{}, err
	}
	return feedout.File{Name: strings.TrimPrefix(strings.TrimRight(l.Path, "/")+"/index.html", "/"), Data: out.Bytes()}, nil
}
