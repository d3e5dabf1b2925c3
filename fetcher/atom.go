package fetcher

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// readAtom reads Atom 1.0 and 0.3.
func (w wire) readAtom(body []byte) (List, error) {
	feed, err := (&atom.Parser{}).Parse(bytes.NewReader(body))
	if err != nil {
		return List{}, badFeed("Atom", err)
	}
	list := List{Title: PlainText(feed.Title), TTL: cadence("", feed.Extensions)}
	var links []feedLink
	for _, l := range feed.Links {
		links = append(links, feedLink{l.Rel, l.Href})
	}
	list.Next = w.older(links)
	raw := verbatimEntries(body)
	for i, in := range feed.Entries {
		var v verbatimEntry
		if len(raw) == len(feed.Entries) {
			v = raw[i]
		}
		it := w.atomEntry(in, v)
		it.Author = cmp.Or(it.Author, people(feed.Authors)) // RFC 4287 §4.2.1
		list.Items = append(list.Items, it)
	}
	return list, nil
}

func (w wire) atomEntry(in *atom.Entry, raw verbatimEntry) Item {
	x := extras(in.Extensions)
	it := Item{
		ID:        cmp.Or(raw.id, in.ID),
		Title:     atomTitle(in.Title, raw.titleType),
		Published: w.time(append([]string{in.Published}, x.published()...)...),
		Updated:   w.time(append([]string{in.Updated}, x.updated()...)...),
		Summary:   in.Summary,
		Author:    people(in.Authors),
		Content:   atomContent(in.Content),
	}
	if in.Source != nil {
		it.Origin = PlainText(in.Source.Title)
		it.Author = cmp.Or(it.Author, people(in.Source.Authors))
	}
	for _, c := range in.Categories {
		it.Tags = appendText(it.Tags, cmp.Or(c.Label, c.Term))
	}
	for i, l := range in.Links {
		href := l.Href
		if len(raw.hrefs) == len(in.Links) && hasScheme(raw.hrefs[i]) {
			href = raw.hrefs[i]
		}
		switch l.Rel {
		case "", "alternate":
			it.Link = cmp.Or(it.Link, absolute(w.base, href))
		case "enclosure":
			it.enclose(absolute(w.base, href), l.Type, l.Length)
		}
	}
	if in.Content != nil {
		it.Link = cmp.Or(it.Link, absolute(w.base, in.Content.Src))
	}
	it.Summary = cmp.Or(it.Summary, x.summary())
	it.Author = cmp.Or(it.Author, x.author())
	w.add(&it, x)
	return it
}

// atomTitle returns a title's text. Only what is said to be HTML or XHTML is
// markup: a title of text may tell of <b> (RFC 4287 §3.1.1).
func atomTitle(title, kind string) string {
	if kind == "" || kind == "text" || kind == "text/plain" {
		return strings.TrimSpace(title)
	}
	return PlainText(title)
}

// atomContent returns content as HTML. Text that holds tags is taken for
// markup, since the type is often forgotten; media are no content.
func atomContent(c *atom.Content) string {
	if c == nil {
		return ""
	}
	kind := strings.ToLower(c.Type)
	switch {
	case strings.Contains(kind, "html"), strings.Contains(kind, "xml"):
		return c.Value
	case kind != "" && !strings.HasPrefix(kind, "text"):
		return ""
	case strings.Contains(c.Value, "</") || strings.Contains(c.Value, "/>"):
		return c.Value
	}
	return paragraphs(c.Value)
}

func people(persons []*atom.Person) string {
	var names []string
	for _, p := range persons {
		names = appendText(names, cmp.Or(p.Name, p.Email))
	}
	return strings.Join(names, ", ")
}
