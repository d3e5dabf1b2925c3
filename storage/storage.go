// Package storage keeps articles, their identities and what is known of every
// source, in one bbolt file.
//
// [Open] a [Store]; ask [Store.Sight] which items of a document are new or
// changed; [Store.Add] the articles made of them. One Add is one transaction:
// articles, ids, indexes and, with a source's last batch, the validators that
// vouch for them.
package storage

import (
	"errors"
	"time"

	"aggregator/normalize/article"
)

// Errors of Open. The error text says what happened to which file.
var (
	ErrLocked  = errors.New("database is locked by another process")
	ErrDamaged = errors.New("database is damaged")
	ErrNewer   = errors.New("database was written by a newer version")
)

// ErrNotFound is returned where an article that was asked for is not stored.
var ErrNotFound = errors.New("article not found")

// Standing is how an item of a document relates to what is stored.
type Standing int

const (
	New       Standing = iota // no article has one of its keys
	Changed                   // its article is known, and its print differs from the one last seen
	Copy                      // its article is known, but not through this source
	Unchanged                 // seen before, and the same as then
)

// Sighting is what the store knows of one item.
type Sighting struct {
	Standing Standing
	// Listed tells that this source has listed the item before: known ground,
	// where paging back may stop.
	Listed bool
	// Keys are the identity's keys without those that would join the item
	// with another one of the same document.
	Keys []string
}

// Entry is one article to be added.
type Entry struct {
	article.Identity
	// Article is the item as normalised now; the store sets ID, Key, Seen and
	// Changed, and for a known article keeps Published, Source and Link. For
	// a copy only Source, Link and Categories are used.
	Article article.Article
	// Copy adds this source's categories and link to a known article and
	// touches nothing else of it.
	Copy bool
	// Raw is the body element as it came, kept for Raw; empty to keep none.
	Raw []byte
	// Retry asks to have the page fetched again; nil forgets an earlier wish.
	Retry *Retry
}

// Retry is an article page that could not be fetched and shall be tried again.
type Retry struct {
	Keys     []string // of the article
	Item     []byte   // the item, encoded by the caller
	Attempts int
	Due      time.Time
}

// Batch is what one transaction adds.
type Batch struct {
	Source  string
	Entries []Entry // oldest first
	// State is the source's new record, given with the last batch of a
	// document; nil leaves the record alone.
	State *Source
}

// Outcome is what became of an Entry.
type Outcome int

const (
	Stored Outcome = iota // a new article
	Edited                // a known article that now looks different
	Filed                 // a known article with a further category or link
	Same                  // nothing that anybody sees
)

// Change tells what Add did with one entry.
type Change struct {
	Outcome Outcome
	Article article.Article // as stored now
}

// Query selects articles. The zero Query selects all, newest published first.
type Query struct {
	Category string
	Source   string
	Since    time.Time // published at or after
	Until    time.Time // published before
	Search   string    // words that title or text must contain
	Limit    int       // 0 means no limit
}

// Window bounds what a feed shows: the newest Entries articles and all that
// arrived within Age of the newest of them, but no more than Max.
type Window struct {
	Entries int
	Age     time.Duration
	Max     int
}

// Source is the store's record of a source's state.
type Source struct {
	Name string

	// Validators of the last document that was stored whole.
	URL          string
	ETag         string
	LastModified string
	Hash         uint64

	LastFetch   time.Time // last attempt
	LastSuccess time.Time
	LastNew     time.Time // when it last brought a new article
	Error       string    // of the last attempt; empty after a success
	ErrorSince  time.Time // first of the failures without a success between
	Failures    int       // in a row
	Due         time.Time // when the next fetch is to start
	Rest        time.Time // the origin asked not to be disturbed before
	Articles    uint64    // how many new articles it has brought
}

// Category is a category's record: its address and its id never change by
// themselves.
type Category struct {
	Name string
	Slug string
	ID   string // tag: URI of its feed
}
