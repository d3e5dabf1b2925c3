package fetcher

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// span is what is inside an element.
type span struct {
	from, to int
	elements bool // there are some in it
}

// capture reads the inside of the element that t opens. One without an end
// reaches to where the next element of an item begins.
func (c *canonical) capture(t token) (span, error) {
	if t.kind == emptyToken {
		return span{from: t.end, to: t.end}, nil
	}
	if in, ok := c.inside(t, false); ok {
		return in, nil
	}
	const patience = 1 << 20
	if c.again += c.pos - t.end; c.again > patience+8*len(c.src) {
		return span{}, fmt.Errorf("too many elements without an end, the last at byte %d", t.at)
	}
	c.pos = t.end
	in, _ := c.inside(t, true)
	return in, nil
}

// inside reads to the end tag of t; where that is missing, to the end of the
// item or of the document or, when asked to, to the next element that an item
// may have.
func (c *canonical) inside(t token, next bool) (in span, ok bool) {
	in = span{from: t.end, to: t.end}
	depth := 1
	for {
		u, more := c.next()
		if !more {
			return in, false
		}
		if u.name != nil {
			if c.bounds(u) || next && u.kind != endToken && c.tells(u.name) {
				c.pos = u.at
				return in, false
			}
			if bytes.EqualFold(u.name, t.name) {
				switch u.kind {
				case startToken:
					depth++
				case endToken:
					depth--
				}
				if depth == 0 {
					return in, true
				}
			} else if next && u.kind == endToken && !in.elements {
				return in, false // a misspelt one
			}
			in.elements = in.elements || u.kind != endToken
		}
		in.to = u.end
	}
}

// bounds tells the tags that no element of an item reaches beyond.
func (c *canonical) bounds(t token) bool {
	local := localName(t.name)
	switch len(local) {
	case 3, 4, 5, 7:
	default:
		return false
	}
	if c.item != nil && bytes.EqualFold(t.name, c.item.raw) {
		return true
	}
	switch strings.ToLower(string(local)) {
	case "rss", "rdf", "feed", "channel":
		return t.kind == endToken && c.name(t.name).space != foreign
	case "item", "entry":
		return c.item == nil && c.opensItem(c.name(t.name))
	}
	return false
}

// tells tells the names that an element of an item may have, and none of HTML.
func (c *canonical) tells(raw []byte) bool {
	switch n := c.name(raw); n.space {
	case foreign, "xhtml":
		return false
	case "":
		return slices.Contains(itemElements, n.local)
	}
	return true
}

var itemElements = []string{
	"title", "link", "guid", "id", "description", "summary", "content", "pubdate", "published", "updated", "modified", "issued", "created",
	"author", "category", "comments", "enclosure", "source", "contributor", "rights", "abstract",
}
