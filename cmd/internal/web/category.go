package web

import (
	"net/http"

	"aggregator/feedout"
)

// category is the page of a category, or of a saved search.
func (p *pages) category(r *http.Request) (*page, error) {
	before, err := parsePlace(r)
	if err != nil {
		return nil, err
	}
	slug := r.PathValue("slug")
	l, err := p.Feeds.Listing(slug, before, newest)
	switch {
	case err != nil:
		return nil, err
	case l.Path == "/": // what the front page shows needs no second one
		return nil, &feedout.Moved{Slug: slug}
	}
	return &page{
		template: "category", Heading: l.Title, Description: l.Description, Path: l.Path, Unlisted: before > 0,
		Alternates: p.alternates(slug, l.Title), Content: p.titles(&l, before, l.Path),
	}, nil
}

// toCategory gives the address its last slash.
func (p *pages) toCategory(w http.ResponseWriter, r *http.Request) {
	redirect(w, r, p.Root+r.URL.EscapedPath()+"/")
}
