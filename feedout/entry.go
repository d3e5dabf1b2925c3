package feedout

import (
	"cmp"
	"html"
	"net/url"
	"strings"
	"time"

	"aggregator/normalize/article"
)

// atomEntry maps an article to its entry, all but updated, which setUpdated
// gives it.
func (f *Feed) atomEntry(a *article.Article) atomEntry {
	title := entryTitle(a)
	e := atomEntry{
		ID:         a.ID,
		Title:      *plainText(title),
		Author:     person(line(a.Author)),
		Links:      entryLinks(a),
		Categories: f.atomCategories(a.Categories),
		Summary:    plainText(line(a.Summary)),
		Content:    htmlText(content(a)),
	}
	if !a.Published.IsZero() {
		e.Published = timestamp(a.Published)
	}
	// Whom the origin names as its own source is a contributor. An atom:source
	// (RFC 4287 §4.2.11) would need the id, title and update time of that
	// one's feed, which nobody knows.
	if a.Origin != a.Author {
		e.Contributor = person(line(a.Origin))
	}
	if image := uri(a.Image); image != "" {
		e.Thumbnail = &mediaThumbnail{URL: image}
	}
	// An entry without content must have a summary for its text and an
	// alternate link for the rest (RFC 4287 §4.1.2).
	if e.Content == nil && (e.Summary == nil || len(e.Links) == 0 || e.Links[0].Rel != "alternate") {
		e.Content = htmlText("<p>" + html.EscapeString(cmp.Or(line(a.Summary), title)) + "</p>")
	}
	return e
}

// entryTitle is never empty: readers show an empty title as a hole, and the
// article can then hardly be opened.
func entryTitle(a *article.Article) string {
	if title := line(a.Title); title != "" {
		return title
	}
	return cmp.Or(shorten(line(a.Summary)), shorten(line(textOf(a.Content))), shown(a.Link), line(a.Key), a.ID)
}

// shown is an address as a title has it: as it came, without user information.
func shown(link string) string {
	if u, err := url.Parse(strings.TrimSpace(link)); err == nil && u.User != nil {
		return uri(link)
	}
	return line(link)
}

// entryLinks are the article's page, the copies merged into it and its
// enclosures (RFC 4287 §4.2.7.2). The page comes first.
func entryLinks(a *article.Article) []atomLink {
	var links []atomLink
	if page := uri(a.Link); page != "" {
		links = append(links, atomLink{Rel: "alternate", Type: htmlType, Href: page})
	}
	for _, via := range a.Via {
		if copied := uri(via); copied != "" && via != a.Link {
			links = append(links, atomLink{Rel: "via", Type: htmlType, Href: copied})
		}
	}
	for _, e := range a.Enclosures {
		if file := uri(e.URL); file != "" {
			links = append(links, atomLink{Rel: "enclosure", Type: mediaType(e.Type), Href: file, Length: max(e.Length, 0)})
		}
	}
	return links
}

// atomCategories are the article's categories. The label is left out where a
// reader could take it for markup; the term says the same.
func (f *Feed) atomCategories(names []string) []atomCategory {
	var terms []string
	for _, name := range names {
		terms = article.Union(terms, line(name))
	}
	var list []atomCategory
	for _, name := range terms {
		c := atomCategory{Term: name, Scheme: f.Scheme}
		if !strings.ContainsAny(name, "&<") {
			c.Label = name
		}
		list = append(list, c)
	}
	return list
}

// updated is when the entry last changed, as well as is known: the element is
// required (RFC 4287 §4.1.2).
func updated(a *article.Article) time.Time {
	for _, t := range []time.Time{a.Updated, a.Published, a.Seen} {
		if !t.IsZero() {
			return t
		}
	}
	return noTime()
}
