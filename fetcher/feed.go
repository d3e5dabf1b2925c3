package fetcher

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// readFeed reads RSS and Atom through gofeed's parsers of the formats
// themselves: its universal item loses what tells ids, dates and links apart
// (PITFALLS G13 to G15).
func (r *Reader) readFeed(doc *Document) (List, error) {
	base, err := baseURL(doc)
	if err != nil {
		return List{}, err
	}
	w := wire{base: base, r: r}
	old, found := doc.items()
	body := clean(doc.Body, found)
	if head := bytes.TrimSpace(body); len(head) > 0 && head[0] == '{' {
		return w.readJSONFeed(head)
	}
	if body, err = expand(body); err != nil {
		return List{}, err
	}
	if !sameBytes(body, doc.Body) { // what was found lies elsewhere now, if at all
		found = old.find(body)
	}
	c, err := canonicalise(body, base, r.limit, old, found)
	if err != nil {
		return List{}, err
	}
	list, err := w.readCanonical(c)
	if err != nil {
		return List{}, err
	}
	list.Note, list.Partial = c.note, c.partial
	list.Items, list.Prints = c.merge(list.Items)
	switch {
	case c.unchanged():
		list.Same, list.Items = c.items, nil
	case len(list.Items) == 0 && c.items > 0:
		return list, &Error{Reason: ReasonNoItems, Err: errNoItems}
	}
	return list, nil
}

func (w wire) readCanonical(c *canonical) (List, error) {
	w.aside = c.aside
	if c.atom {
		return w.readAtom(c.out.Bytes())
	}
	return w.readRSS(c.out.Bytes())
}

func badFeed(format string, err error) *Error {
	return &Error{Reason: ReasonParse, Err: fmt.Errorf("bad %s: %w", format, err)}
}

// wire maps the wire formats' items to ours.
type wire struct {
	base *url.URL
	r    *Reader

	aside []string // texts that are not in the document itself
}

// text is one that the document refers to.
func (w wire) text(ref string) string {
	i, err := strconv.Atoi(ref)
	if err != nil || i < 0 || i >= len(w.aside) {
		return ""
	}
	return w.aside[i]
}

// link returns the first of the references that leads somewhere.
func (w wire) link(refs ...string) string {
	for _, ref := range refs {
		if s := absolute(w.base, ref); s != "" {
			return s
		}
	}
	return ""
}

// time returns the first of the texts that is a time.
func (w wire) time(texts ...string) (t time.Time) {
	for _, text := range texts {
		if t = ParseTime(text, w.r.zone); !t.IsZero() {
			return t
		}
	}
	return t
}

func (it *Item) enclose(url, mediaType, length string) {
	if url == "" {
		return
	}
	n, _ := strconv.ParseInt(length, 10, 64) // an unreadable length is an unknown one
	it.Enclosures = append(it.Enclosures, Enclosure{URL: url, Type: mediaType, Length: max(0, n)})
}
