package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// unnamed is the source of imported articles that no configured one explains.
const unnamed = "import"

// entry makes an entry of a front-matter file.
func (im *importer) entry(name string, data []byte) (storage.Entry, error) {
	a, body, err := article.Parse(data)
	if err != nil {
		if a, body, err = article.Parse(mended(data)); err != nil {
			return storage.Entry{}, err
		}
	}
	if a.Published.IsZero() || a.Title == "" {
		return storage.Entry{}, errors.New("the front matter has no title or no date")
	}
	if err := im.possible(&a); err != nil {
		return storage.Entry{}, err
	}
	if a.ID == "" {
		im.adopt(&a, name)
	}
	a.Title = article.CleanTitle(a.Title)
	a.Content = normalize.Clean(body, a.Link)
	e := storage.Entry{Identity: im.identity(&a, name), Article: a}
	if s := im.cfg.SourceNamed(a.Source); s != nil && s.Body == "verbatim" {
		e.Raw = article.Raw{Body: body}
	}
	if h := a.History; h != nil {
		im.recall(&e, h)
	}
	return e, nil
}

// recall takes over what the history tells, with texts as clean as any: a file may
// be anybody's.
func (im *importer) recall(e *storage.Entry, h *article.History) {
	a := &e.Article
	if len(h.Keys) > 0 {
		e.Keys = h.Keys
	}
	if h.Content != nil {
		if h.Verdict.From != "feed" { // the body is a page's, whatever became of the text since
			e.Raw.From = h.Verdict.From
		}
		a.Content = normalize.Clean(*h.Content, a.Link)
		a.Image = h.Image
	} else {
		e.Raw = article.Raw{} // the file shows what everybody is shown
	}
	for i := range h.Former {
		v := &h.Former[i]
		v.Title, v.Summary = article.CleanTitle(v.Title), article.CleanText(v.Summary)
		v.Content = normalize.Clean(v.Content, a.Link)
	}
	for _, j := range h.Joins {
		if c := j.Copy; c != nil {
			c.Title, c.Summary = article.CleanTitle(c.Title), article.CleanText(c.Summary)
			c.Content = normalize.Clean(c.Content, c.Link)
		}
	}
}

// possible refuses times that no article can have. One from the future would stand
// above all others for years; nobody but the owner knows what was meant. A day is
// for files that tell the time of a zone without telling the zone.
func (im *importer) possible(a *article.Article) error {
	latest := im.now.Add(24 * time.Hour)
	for _, t := range []struct {
		key string
		at  time.Time
	}{{"date", a.Published}, {"updated", a.Updated}, {"seen", a.Seen}, {"changed", a.Changed}, {"withdrawn", a.Withdrawn}} {
		switch {
		case t.at.After(latest):
			return fmt.Errorf("%s: %s is in the future", t.key, t.at.Format(time.DateOnly))
		case !t.at.IsZero() && t.at.Unix() < 24*60*60:
			return fmt.Errorf("%s: %s is no time of an article", t.key, t.at.Format(time.DateOnly))
		}
	}
	return nil
}

var overquoted = regexp.MustCompile(`(?m)^title: "+'(.*)'"+$`)

// mended repairs a head as an older generator wrote it: the title in ever more
// quotes.
func mended(data []byte) []byte {
	return overquoted.ReplaceAllFunc(data, func(line []byte) []byte {
		title := string(overquoted.FindSubmatch(line)[1])
		title = strings.ReplaceAll(strings.ReplaceAll(title, "''", "'"), "'", "''")
		return []byte("title: '" + title + "'")
	})
}

// adopt fills in what files of other archives do not say. Some write a whole
// path of categories as one, and as the author.
func (im *importer) adopt(a *article.Article, name string) {
	var path []string
	for _, c := range a.Categories {
		path = article.Union(path, strings.Split(c, " - ")...)
	}
	a.Categories = path
	a.Author, _, _ = strings.Cut(a.Author, " - ")
	if a.Source == "" {
		a.Source = im.sourceOf(path)
	}
	a.Key = strings.TrimSuffix(name, ".md")
}

// sourceOf is the source that an article with these categories is from.
func (im *importer) sourceOf(categories []string) string {
	if im.source != "" {
		return im.source
	}
	i := slices.IndexFunc(im.cfg.Sources, func(s config.Source) bool { return slices.Equal(s.Categories, categories) })
	if i < 0 {
		return unnamed
	}
	return im.cfg.Sources[i].Name
}

// sinaName is the name of a file, or the Key of an article, that is a document
// id of Sina's.
var sinaName = regexp.MustCompile(`^(?:doc-)?(i[a-z]{7}\d{7})$`)

// identity has the keys that the article's own source would give it, and those
// of the links of its copies.
func (im *importer) identity(a *article.Article, name string) article.Identity {
	o := normalize.Options{Source: a.Source}
	if s := im.cfg.SourceNamed(a.Source); s != nil {
		o = s.Normalize(im.cfg)
	}
	it := fetcher.Item{ID: a.GUID, Link: a.Link, Title: a.Title, Summary: a.Summary, Content: a.Content}
	if m := sinaName.FindStringSubmatch(strings.TrimSuffix(name, ".md")); m != nil && a.GUID == "" {
		it.ID, o.Site = m[1], "sina"
	}
	id := normalize.Identities([]fetcher.Item{it}, o)[0]
	for _, link := range a.Via {
		copied := normalize.Identities([]fetcher.Item{{Link: link, Title: a.Title}}, o)[0]
		id.Keys = article.Union(id.Keys, copied.Keys...)
	}
	id.Name = a.Key
	if m := sinaName.FindStringSubmatch(a.Key); m != nil {
		id.Name = m[1]
	}
	return id
}
