package article

import "slices"

// Raw is an article's body as it came, with what it takes to make the body anew:
// where it stood, and what the article has from beside it.
type Raw struct {
	// Body is the inner HTML of a page's body element; of a feed, the HTML or the
	// text that it gave.
	Body string
	// From is what gave it, as in a [Verdict]; empty where nobody told.
	From   string
	Source string // whose item it is
	URL    string // of the page, or of the item
	Base   string // of relative addresses; empty where it is URL
	Image  string // the item's own, for a body without one
	// Stocks are the codes that are told elsewhere than in Body.
	Stocks []string
}

// OfPage tells whether the body is a page's, and not a feed's.
func (r *Raw) OfPage() bool { return len(r.Body) > 0 && r.From != "feed" }

// Equal tells whether two are the same.
func (r *Raw) Equal(o *Raw) bool {
	return string(r.Body) == string(o.Body) && r.From == o.From && r.Source == o.Source && r.URL == o.URL &&
		r.Base == o.Base && r.Image == o.Image && slices.Equal(r.Stocks, o.Stocks)
}
