// Package feedout publishes: it turns the articles of a category into feed
// documents and serves them with exact HTTP conduct.
//
// Make one [Publisher] with a function that loads a [Feed] by its slug, mount
// it, and call [Publisher.Changed] after articles were stored. [Feed.Atom] and
// [OPML] write the documents alone.
package feedout

import (
	"errors"

	"aggregator/normalize/article"
)

// ErrNoFeed is returned by a Loader for a slug that nothing is published under.
var ErrNoFeed = errors.New("no such feed")

// Feed is a feed to be published.
type Feed struct {
	ID       string // tag: URI, minted once
	Title    string
	Subtitle string
	Language string // xml:lang
	Self     string // absolute URL of this document
	Site     string // absolute URL of the page that shows the same
	// Articles in the order shown: newest published first.
	Articles []article.Article
}

// Outline is one feed in an OPML document.
type Outline struct {
	Title string
	Feed  string // absolute URL
	Site  string // absolute URL
}
