// Package normalize turns what a source lists, and the page it links to, into
// an article: dates, extraction, cleaning, sanitising, stocks and identity.
//
// [Identities] tells which articles the items of a document are, before any
// page is fetched; [Article] makes the article of one item and its page.
package normalize

import (
	"time"
)

// Options say how the items of one source become articles.
type Options struct {
	Source     string         // its name
	Categories []string       // its category path, most general first
	Author     string         // credited instead of what the items say; optional
	Image      string         // head image of articles without one; optional
	Rule       *Rule          // how bodies are found in pages; nil: by the page's host, else readability
	Apart      bool           // never the same article as another source's (dedup.scope: source)
	Zone       *time.Location // of civil times without a zone; nil means UTC
}

// Rule finds the body in an article page.
type Rule struct {
	Body   []string // CSS selectors; the first that matches is the body
	Remove []string // CSS selectors of what is not part of it
}
