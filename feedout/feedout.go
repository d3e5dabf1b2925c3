// Package feedout publishes: it turns the articles of a category into feed
// documents and serves them with exact HTTP conduct.
//
// Make one [Publisher] with [New] and a [Loader] that finds a [Feed] by its
// slug, mount it, and call [Publisher.Changed] after articles were stored.
// [Feed.Atom] and [OPML] write the documents alone.
//
// Every document is a function of what it shows: no clock, no version and no
// random number is in it, so its bytes stay the same until its content changes.
package feedout

import (
	"errors"
	"time"

	"aggregator/normalize/article"
)

// ErrNoFeed is returned by a Loader for a slug that nothing is published under.
var ErrNoFeed = errors.New("no such feed")

// Feed is a feed to be published.
type Feed struct {
	ID       string // tag: URI, minted once
	Title    string
	Subtitle string // optional
	Language string // xml:lang
	Self     string // absolute URL of this document
	Site     string // absolute URL of the page that shows the same
	// Generator is the URI that the generator element carries, usually the
	// index page; empty means Site.
	Generator string
	// Scheme is the URI that tells this program's categories from those of
	// others; optional. It must be as stable as ID.
	Scheme string
	Icon   string // absolute URL of a small square picture; optional
	Rights string // optional
	Hub    string // WebSub hub; optional
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
// articles tell; zero for a feed without any.
func (f *Feed) Modified() time.Time {
	var newest time.Time
	for i := range f.Articles {
		a := &f.Articles[i]
		newest = latest(newest, a.Seen, a.Changed, a.Updated)
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
