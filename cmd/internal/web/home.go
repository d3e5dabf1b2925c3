package web

import (
	"net/http"
	"strings"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/normalize/article"
)

// newest is how many titles a page lists.
const newest = 60

// titles are a list of articles, and where older ones are.
type titles struct {
	Articles []article.Article
	Older    *link // nil where there are none
	Back     bool  // it is not the newest ones
}

// link is one to another page of the site.
type link struct{ URL, Text string }

type homeContent struct {
	titles
	OPML, Stock         string
	Categories, Further []offered
}

// offered is a feed on offer, in its formats.
type offered struct {
	daemon.Listed
	Formats []alternate
}

// home is the front page, and the answer to a search.
func (p *pages) home(r *http.Request) (*page, error) {
	if strings.TrimSpace(r.FormValue("q")) != "" {
		return p.search(r)
	}
	before, err := parsePlace(r)
	if err != nil {
		return nil, err
	}
	l, err := p.Feeds.Listing("all", before, newest)
	if err != nil {
		return nil, err
	}
	content := homeContent{
		titles: p.titles(&l, before, "/"), OPML: p.absolute(feedout.ListPath), Stock: p.Feeds.Alternates("stock/sz000931")[0].URL,
	}
	list, err := p.Feeds.List()
	if err != nil {
		return nil, err
	}
	content.Categories, content.Further = p.offered(list), p.offered(p.Feeds.Further())
	everything := &content.Categories[0]
	made := &page{template: "home", Path: "/", Unlisted: before > 0, Alternates: everything.Formats}
	everything.Title = p.Words.All // the site's name is above already
	for _, c := range content.Categories[1:] {
		made.Alternates = append(made.Alternates, c.Formats[0]) // programs are offered each once
	}
	made.Content = content
	return made, nil
}

func (p *pages) offered(list []daemon.Listed) []offered {
	all := make([]offered, len(list))
	for i, f := range list {
		all[i] = offered{f, p.alternates(f.Slug, f.Title)}
	}
	return all
}

func (p *pages) titles(l *daemon.Listing, before uint64, path string) titles {
	t := titles{Articles: l.Articles, Back: before > 0}
	if l.Next > 0 {
		t.Older = &link{p.Root + path + "?before=" + place(l.Next), p.Words.Older}
	}
	return t
}

// absolute is where readers see a path.
func (p *pages) absolute(path string) string { return strings.TrimRight(p.BaseURL, "/") + path }
