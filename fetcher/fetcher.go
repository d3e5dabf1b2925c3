// Package fetcher gets what a source publishes: it fetches documents politely
// ([Client]) and reads the items they list ([Reader]).
//
// Make one Client for the whole program and one Reader for each [Source]; then
// for a cycle: Client.Get the Reader's URL, and give the [Document] to
// Reader.Read. Article pages are got by the same Client.
package fetcher

import (
	"net/http"
	"strings"
	"time"
)

// Source is a configured subscription, as far as fetching and reading it goes.
type Source struct {
	Name     string
	Kind     string            // feed, json, html, or the name of a preset such as sina-roll
	URL      string            // of the list; {page} and {name} of Params are filled in
	Endpoint string            // replaces the base URL of a preset; optional
	Params   map[string]string // values for the URL's placeholders
	Rules    *Rules            // for json and html; presets bring their own
	Charset  string            // overrides what the document says of its encoding; optional
	Zone     *time.Location    // of civil times without a zone; nil means UTC
	Headers  http.Header       // sent with requests for the list; optional
	MaxPages int               // how many pages of a paged list are read at most; 0 means 1
	Limit    int               // how many items of a document are taken at most; 0 means 2000
	Apart    *Apart            // where jq expressions are evaluated that are no preset's; nil means in this process
}

// Rules describe how the items of a JSON API or a list page are found. The
// expressions are jq for JSON and CSS selectors for HTML.
type Rules struct {
	URL       string            `yaml:"url"`        // of a page of the list
	FirstPage int               `yaml:"first_page"` // the number of the first page: 1, or 0
	Fail      string            `yaml:"fail"`       // yields the API's own error message, or nothing
	Items     string            `yaml:"items"`      // yields the items
	Fields    map[string]string `yaml:"fields"`     // field name to expression, within an item
	Empty     []string          `yaml:"empty"`      // regular expressions of what a page says that lists nothing; for HTML
	Volatile  []string          `yaml:"volatile"`   // regular expressions of what changes in every answer
}

// Document is the fetched bytes with their HTTP context.
type Document struct {
	URL string // after redirects
	// Moved is where permanent redirects lead to; empty without any.
	Moved      string
	Hops       []Hop // the redirects that led here
	Status     int
	Header     http.Header
	Body       []byte // UTF-8, decompressed, no longer than the client's limit
	Charset    string // the encoding the body came in
	Hash       uint64 // of the body, decoded, and of the charset that its header names
	Validators Validators
	FetchedAt  time.Time
	// Known are items that need not be read, for the reader: those of an earlier
	// List.Prints whose articles are stored.
	Known Prints
	old   *knownItems // the same,
	found []extent    // and where some may be in the body; see items
	room  []byte      // where the body lies, before it is recoded
	rooms *rooms      // that it is given back to; see Release
	// NotModified tells that the document is the one its validators vouch
	// for; it comes without a body.
	NotModified bool
}

// Hop is a redirect.
type Hop struct {
	URL    string `json:"url"` // without what may be a secret
	Status int    `json:"status"`
}

// Validators are what makes the next request for a document conditional
// (RFC 9110 §13): opaque, sent back byte for byte to the URL they came from.
type Validators struct {
	URL          string
	ETag         string
	LastModified string
	Hash         uint64 // of the last good body, for servers without validators,
	Sent         uint64 // and of how it was sent
}

// List is what one document of a source lists.
type List struct {
	Title string
	Items []Item // in document order
	// More tells that a further page may follow.
	More bool
	// Partial says why the document was not read whole; empty if it was. A
	// partial document vouches for nothing: its validators are not kept.
	Partial string
	// Note tells what was left out on purpose: items over the limit.
	Note string
	// TTL is how long the document asks to be left alone (ttl, sy:updatePeriod).
	TTL time.Duration
	// Skip are the hours and days in which it asks to be left alone (skipHours,
	// skipDays of RSS).
	Skip Skip
	// Prints are those of its items that a reader could tell next time.
	Prints Prints
	// Same is how many items there are where all of them are among Document.Known; they
	// are not in Items then.
	Same int
	// Next is the URL of the document with older items (RFC 5005 §3, §4).
	Next string
}

// Item is one thing a document lists, as its origin tells it. Strings are as
// they came, in UTF-8.
type Item struct {
	ID        string // the origin's own id (guid, Atom id, docid), opaque
	Link      string // absolute
	Title     string // plain text
	Published time.Time
	Updated   time.Time
	Summary   string // HTML or text
	Content   string // HTML
	Base      string // of relative addresses in Summary and Content (RFC 3986 §5.1); empty where it is Link
	Author    string
	Origin    string // the paper or agency the source names
	Image     string
	Tags      []string
	Stocks    []string
	// Enclosures are attached media files.
	Enclosures []Enclosure
	// Known is the hash of an item that is one of Document.Known; of it only ID, Link
	// and Published are told. 0 of others.
	Known uint64
	// Withdrawn tells that the origin took the item back.
	Withdrawn bool
}

// Empty tells that the item says nothing whatever: an <item/> that a template
// left behind. One that only has an id, a date or an author says something.
func (it *Item) Empty() bool {
	said := len(it.ID) + len(it.Link) + len(it.Title) + len(it.Author) + len(it.Origin) + len(it.Image)
	return said == 0 && strings.TrimSpace(it.Summary) == "" && strings.TrimSpace(it.Content) == "" && it.Published.IsZero() && it.Updated.IsZero() && len(it.Tags)+len(it.Stocks)+len(it.Enclosures) == 0
}

// Enclosure is an attached media file.
type Enclosure struct {
	URL    string
	Type   string
	Length int64
}
