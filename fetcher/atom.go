package fetcher

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// readAtom reads a canonical document of Atom 1.0 or 0.3.
func (w wire) readAtom(body []byte) (List, error) {
	feed, err := (&atom.Parser{}).Parse(bytes.NewReader(body))
	if err != nil {
		return List{}, badFeed("Atom", err)
	}
	list := List{Title: strings.TrimSpace(feed.Title), TTL: cadence("", feed.Extensions)}
	list.Next = w.older(links(feed.Extensions))
	for _, in := range feed.Entries {
		it := w.atomEntry(in)
		it.Author = cmp.Or(it.Author, people(feed.Authors)) // RFC 4287 §4.2.1
		list.Items = append(list.Items, it)
	}
	return list, nil
}

func (w wire) atomEntry(in *atom.Entry) Item {
	x := extras(in.Extensions)
	it := Item{
		ID:        x.id(),
		Base:      x.first("own:base"),
		Title:     strings.TrimSpace(cmp.Or(in.Title, x.title())),
		Published: w.time(append([]string{in.Published}, x.published()...)...),
		Updated:   w.time(append([]string{in.Updated}, x.updated()...)...),
		Summary:   cmp.Or(w.text(in.Summary), x.summary()),
		Author:    cmp.Or(people(in.Authors), x.author()),
		Content:   w.text(x.first("content:encoded")),
	}
	if in.Source != nil {
		it.Origin = PlainText(in.Source.Title)
		it.Author = cmp.Or(it.Author, people(in.Source.Authors))
	}
	for _, c := range in.Categories {
		it.Tags = appendText(it.Tags, cmp.Or(c.Label, c.Term))
	}
	it.Link = w.alternate(links(in.Extensions))
	for _, l := range links(in.Extensions) {
		if l.rel == "enclosure" {
			it.enclose(absolute(w.base, l.href), l.mediaType, l.length)
		}
	}
	it.Link = cmp.Or(it.Link, w.link(x.all("own:src")...))
	if it.Link == "" && hasScheme(it.ID) { // better than none
		it.Link = absolute(w.base, it.ID)
	}
	w.add(&it, x)
	return it
}

func people(persons []*atom.Person) string {
	var names []string
	for _, p := range persons {
		names = appendText(names, cmp.Or(p.Name, p.Email))
	}
	return strings.Join(names, ", ")
}
