// Package normalize turns what a source lists, and the page it links to, into
// an article: dates, extraction, cleaning, sanitising, stocks and identity.
//
// [Identities] tells which articles the items of a document are, before any
// page is fetched; [Article] makes the article of one item and its page.
// [Again] makes it anew by the rules of a later day, of what is kept of it.
// [Verbatim] and [Clean] make the two bodies an article can be written with.
package normalize

import (
	"cmp"
	"fmt"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// Options say how the items of one source become articles.
type Options struct {
	Source     string         // its name
	Site       string         // "sina" where the ids of its items are Sina's own; optional
	Categories []string       // its category path, most general first
	Author     string         // credited instead of what the items say; optional
	Image      string         // head image of articles without one; optional
	Rule       *Rule          // how bodies are found in pages; nil: by the page's host, else readability
	Apart      bool           // never the same article as another source's (dedup.scope: source)
	Step       Step           // what earlier documents of the source showed of its ids; see [Identify]
	Zone       *time.Location // of civil times without a zone; nil means UTC
}

// Result is the article of an item, and how its body was chosen.
type Result struct {
	// Article is complete but for what the store gives: ID, Key, Seen, Changed.
	Article article.Article
	// Raw is the body as it came, for [Again] and, where it is a page's, for
	// [Verbatim]. What is in it is of the document that gave it.
	Raw article.Raw
	// Verdict tells what gave the body. A page that it says was refused gives
	// nothing and should count as failed.
	Verdict article.Verdict
}

// Article makes the article of an item. The page is the document that the item
// links to; nil where it was not fetched. The article of the same item and
// page is the same at any time, but for dates that only now can tell.
//
// A parser that panics costs an article what it was to read, and no more.
func Article(it fetcher.Item, doc *fetcher.Document, o Options, now time.Time) Result {
	var res Result
	panicked := guarded(func() { res = makeArticle(it, doc, o, now) })
	if panicked == nil {
		return res
	}
	if guarded(func() { res = makeArticle(it, nil, o, now) }) != nil {
		it.Summary, it.Content = "", ""
		res = makeArticle(it, nil, o, now)
	}
	res.Verdict.Failed = fmt.Sprintf("reading panicked: %v", panicked)
	return res
}

// guarded runs what other people's parsers do with other people's documents,
// and returns what it panicked with.
func guarded(read func()) (panicked any) {
	defer func() { panicked = recover() }()
	read()
	return nil
}

func makeArticle(it fetcher.Item, doc *fetcher.Document, o Options, now time.Time) Result {
	p := readPage(doc, it.Link, o)
	refused := p.refusal(it.Title)
	if refused != "" {
		p = nil
	}
	b, verdict := choose(it, p)
	verdict.Refused = refused
	a := article.Article{
		GUID:       it.ID,
		Source:     o.Source,
		Title:      cmp.Or(article.CleanTitle(it.Title), p.Title()),
		Link:       cleanLink(it.Link),
		Categories: article.Union(nil, o.Categories...),
		Tags:       tags(it.Tags, p.Keywords()),
		Stocks:     stocks(it.Stocks, p.Stocks()),
		Author:     article.CleanTitle(cmp.Or(o.Author, it.Author)),
		Origin:     cmp.Or(article.CleanTitle(it.Origin), p.Origin()),
		Image:      cmp.Or(b.image, headImage(it.Image, it.Link), o.Image),
		Summary:    summary(it.Summary),
		Content:    b.content,
		Enclosures: enclosures(it),
	}
	a.Published, a.Updated = times(it, p.Date(), now)
	if it.Withdrawn {
		a.Withdrawn = a.Updated
	}
	return Result{Article: a, Raw: b.keep(it, p, o), Verdict: verdict}
}

func enclosures(it fetcher.Item) []article.Enclosure {
	var list []article.Enclosure
	for _, e := range it.Enclosures {
		if u := absolute(e.URL, parseBase(it.Link)); u != "" {
			list = append(list, article.Enclosure{URL: u, Type: article.CleanTitle(e.Type), Length: max(0, e.Length)})
		}
	}
	return list
}

// tags joins keyword lists. Pages that list very many, or sentences, do it for
// search engines.
func tags(lists ...[]string) []string {
	const most, longest = 20, 40
	var all []string
	for _, list := range lists {
		for _, s := range list {
			if s = article.CleanTitle(s); len([]rune(s)) <= longest && len(all) < most {
				all = article.Union(all, s)
			}
		}
	}
	return all
}
