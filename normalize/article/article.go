// Package article is the leaf that every stage shares: the normalised [Article],
// the [Identity] by which the same article is recognised again, and the
// front-matter file an article is written as ([File], [Parse]).
//
// It imports nothing of ours and does no I/O.
package article

import (
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Article is a normalised entry: what is stored, written and republished.
// All strings are valid UTF-8 without characters that XML forbids; all times
// are UTC with whole seconds, zero where unknown.
type Article struct {
	// ID is the tag: URI (RFC 4151) minted when the article was first stored.
	// It never changes.
	ID string
	// Key names the article in file names and page addresses: ASCII letters,
	// digits, '-', '_' and '.', unique within a store, never changed. For Sina it is the
	// document id.
	Key string
	// GUID is the origin's own id as it stood; empty where it has none.
	GUID string
	// Source is the name of the source that brought the article first.
	Source string

	Title string   // one line of plain text
	Link  string   // the article's page, as the origin gave it
	Via   []string // links of copies that were merged into this article

	Published time.Time // first publication; stored at first sight, never moved
	Updated   time.Time // last change of what a reader sees
	Seen      time.Time // when this program first stored the article
	Changed   time.Time // when this program last stored a change of it

	// Order is the store's number of the moment at which it first stored the
	// article, and tells which of those with one Seen came first. Filed is what it
	// came under later.
	Order uint64
	Filed []Filing
	// History is nil but in an article that is to be written with all that is known of it.
	History *History

	Categories []string // the union of its sources' category paths, first path first
	Tags       []string // the origin's own keywords
	Stocks     []string // stock codes such as sz000931, hk00700, usAAPL
	Author     string   // the source's configured author, else the item's
	Origin     string   // whom the origin names as its own source (media name, page author)
	Image      string   // head image and thumbnail

	Summary    string // short plain text; empty where the origin has none
	Content    string // clean HTML
	Enclosures []Enclosure

	// Withdrawn is when the origin took the article back; zero while it stands.
	Withdrawn time.Time
}

// Filing is that an article came into a category, was listed by a further source
// or got a stock, one of the three, after it was first stored; Order is the
// store's number of that moment.
type Filing struct {
	Category string `yaml:"category"`
	Source   string `yaml:"source"`
	Stock    string `yaml:"stock"`
	Order    uint64 `yaml:"order"`
}

// Enclosure is an attached media file.
type Enclosure struct {
	URL    string
	Type   string // media type; empty where unknown
	Length int64  // bytes; 0 where unknown
}

// Identity says which article an item is. Items that share a key are the same
// article.
type Identity struct {
	// Keys are the identity keys, strongest first: the origin's own id, then
	// the canonical URL. There is at least one; the first also identifies
	// the item within its source.
	Keys []string
	// Print is a fingerprint of all that the list shows of the item. A
	// changed print means that the article may have changed.
	Print uint64
	// Same tells that the list shows the item byte for byte as it did when the articles
	// of the whole list were last stored; Print then is another than it was.
	Same bool
	// Revision is when the origin says it last changed the item; zero where
	// it does not say.
	Revision time.Time
	// Name is the Key proposed for the article should it be new.
	Name string
}

// Print is a fingerprint of what a reader sees of the article: two articles
// with equal prints look the same. Markup that shows nothing is not in it.
func (a *Article) Print() uint64 {
	h := xxhash.New()
	writeStrings(h, a.Title, a.Summary, a.Content, a.Image)
	for _, e := range a.Enclosures {
		writeStrings(h, e.URL)
	}
	if !a.Withdrawn.IsZero() {
		writeStrings(h, "withdrawn")
	}
	return h.Sum64()
}

func writeStrings(h hash.Hash64, parts ...string) {
	for _, s := range parts {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
}

// Union appends to list those of more that are not in it yet, in order.
func Union(list []string, more ...string) []string {
	for _, s := range more {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
