// Package feedout publishes: it turns the articles of a category into feed
// documents and serves them with exact HTTP conduct.
//
// Make one [Publisher] with [New] and a [Loader] that finds a [Feed] by its
// slug, mount it, and call [Publisher.Changed] after articles were stored.
// [Feed.Atom], [Feed.RSS], [Feed.JSON] and [OPML] write the documents alone.
//
// Every document is a function of what it shows: no clock, no version and no
// random number is in it, so its bytes stay the same until its content changes.
package feedout

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"aggregator/normalize/article"
)

// Feed is a feed to be published.
type Feed struct {
	ID       string // tag: URI, minted once
	Title    string
	Subtitle string // optional
	Language string // xml:lang
	// Self is the absolute URL of the Atom document, which ends in ".atom";
	// the other formats lie beside it.
	Self string
	Site string // absolute URL of the page that shows the same
	// Generator is the URI that the generator element carries, usually the
	// index page; empty means Site.
	Generator string
	// Scheme is the URI that tells this program's categories from those of
	// others; optional. It must be as stable as ID.
	Scheme string
	Icon   string // absolute URL of a small square picture; optional
	Rights string // optional
	Hub    string // WebSub hub; optional
	// Sources are the feeds of the articles' sources by their names, each
	// with the address of its RSS document; optional.
	Sources map[string]Outline
	// History is where among its documents this one stands; optional.
	History History
	// Cadence is how often the feed is likely to change, and so how long readers may
	// keep it without asking again; default ten minutes. It is no part of a document.
	Cadence time.Duration
	// Articles in the order shown: newest published first.
	Articles []article.Article
}

// Outline is one feed in an OPML document.
type Outline struct {
	Title string
	Feed  string // absolute URL
	Site  string // absolute URL
}

// Modified is when the content of the feed last changed, as far as its
// articles tell; zero for a feed without any. What the origin's clock says
// counts only where ours says nothing: it may be ahead, and a time to come would
// have to be told as now, which is another at every request.
func (f *Feed) Modified() time.Time {
	var newest time.Time
	for i := range f.Articles {
		a := &f.Articles[i]
		known := latest(a.Seen, a.Changed)
		if known.IsZero() {
			known = a.Updated
		}
		newest = latest(newest, known)
	}
	return newest
}

// identified tells what has no id: a made-up one would make every entry new to
// readers.
func (f *Feed) identified() error {
	if f.ID == "" {
		return fmt.Errorf("feed %q has no id", f.Title)
	}
	for i := range f.Articles {
		if f.Articles[i].ID == "" {
			return fmt.Errorf("article %q has no id", f.Articles[i].Key)
		}
	}
	return nil
}

// title is never empty.
func (f *Feed) title() string { return cmp.Or(line(f.Title), line(f.Self), f.ID) }

// selfAs is the address of the document in the format of a suffix.
func (f *Feed) selfAs(suffix string) string {
	return beside(f.Self, suffix)
}

// beside is the address of the document in another format than Atom.
func beside(address, suffix string) string {
	path, query, asked := strings.Cut(address, "?")
	path, ok := strings.CutSuffix(path, atomSuffix)
	switch {
	case !ok:
		return address
	case asked:
		return path + suffix + "?" + query
	}
	return path + suffix
}

// linkField is the Link field (RFC 8288) by which a WebSub hub, and who asks
// for the header alone, learns what the document is (WebSub §4); none without a hub.
func (f *Feed) linkField(suffix string) []string {
	self, hub := uri(f.selfAs(suffix)), uri(f.Hub)
	if self == "" || hub == "" {
		return nil
	}
	return []string{fmt.Sprintf(`<%s>; rel="self", <%s>; rel="hub"`, self, hub)}
}

// updated is that of the newest entry.
func (f *Feed) updated() time.Time {
	var newest time.Time
	for i := range f.Articles {
		newest = latest(newest, updated(&f.Articles[i]))
	}
	if newest.IsZero() {
		return noTime()
	}
	return newest
}

func latest(first time.Time, more ...time.Time) time.Time {
	for _, t := range more {
		if t.After(first) {
			first = t
		}
	}
	return first
}
