package fetcher

import (
	"cmp"
	"fmt"
	"strings"
)

// link writes an Atom link as one of our own, since the parser encodes its
// addresses anew, and notes the links of RSS.
func (c *canonical) link(t token, n name, in span) {
	tag := c.bytes(t)
	text := strings.TrimSpace(c.value(in))
	href := cmp.Or(attribute(tag, "href"), text)
	rel := cmp.Or(strings.ToLower(attribute(tag, "rel")), "alternate")
	switch {
	case c.atom || n.space == "atom" || rel != "alternate":
		c.startTag("own:link")
		c.attr("rel", rel)
		c.attr("type", attribute(tag, "type"))
		c.attr("length", attribute(tag, "length"))
		c.out.WriteByte('>')
		c.escaped(c.absolute(href))
		c.out.WriteString("</own:link>")
	case text != "":
		c.address(text)
	default:
		c.address(href)
	}
}

// address notes a link of an item: some have a second one, for readers of other
// formats, or one that is no address at all (PITFALLS G15).
func (c *canonical) address(ref string) {
	switch it := c.item; {
	case it == nil:
		c.write("link", c.absolute(ref))
	case hasScheme(ref) && absolute(c.scope.base, ref) != "":
		it.link = cmp.Or(it.link, ref)
	default:
		it.ref = cmp.Or(it.ref, absolute(c.scope.base, ref))
	}
}

// id writes an id as it stood, where the parser leaves it alone.
func (c *canonical) id(t token, n name, in span) {
	value := strings.TrimSpace(c.value(in))
	if value == "" || c.item == nil {
		return
	}
	if n.space == "dc" {
		c.write("dc:identifier", value)
		return
	}
	c.write("own:id", value)
	c.item.guid = true
	if n.local == "guid" {
		c.startTag("guid")
		c.attr("isPermaLink", strings.ToLower(attribute(c.bytes(t), "ispermalink")))
		c.out.WriteByte('>')
		c.escaped(c.absolute(value))
		c.out.WriteString("</guid>")
	}
}

// crowded counts an element and tells whether there are too many: the parser
// takes a thousand bytes for each.
func (c *canonical) crowded() bool {
	if c.elements++; c.elements > crowd {
		c.note = fmt.Sprintf("only the first %d elements are read", crowd)
		return true
	}
	return false
}

const (
	crowd   = 100_000  // elements of a document beside its texts: 50 for each item
	deepest = 8        // elements in elements; no vocabulary of ours comes near
	widest  = 64       // attributes of an element
	longest = 64 << 10 // bytes of an attribute
)

// tree writes an element with all that is in it, as far as it tells something.
func (c *canonical) tree(t token, n name, in span, depth int) {
	label := c.spelt(n)
	c.startTag(label)
	count := 0
	for key, value := range attributes(c.bytes(t)) {
		if count++; count > widest {
			break
		}
		prefix, local := split(string(key))
		if prefix == "xmlns" || prefix == "xml" || local == "xmlns" || len(value) > longest || !isName(local) {
			continue
		}
		v := strings.TrimSpace(decode(value))
		if local = strings.ToLower(local); local == "url" || local == "href" || local == "src" {
			v = c.absolute(v)
		}
		c.attr(spelling(local), v)
	}
	c.out.WriteByte('>')
	if in.elements && depth < deepest && c.nests(n) {
		c.children(in, depth)
	} else {
		c.escaped(strings.TrimSpace(c.value(in)))
	}
	c.out.WriteString("</" + label + ">")
}

// nests tells the elements that consist of others; the rest is text, whatever
// somebody put around it.
func (c *canonical) nests(n name) bool {
	switch n.space {
	case "atom", "media", "itunes":
		return true
	}
	return n.space == "" && (c.atom || n.local == "skiphours" || n.local == "skipdays")
}

// spelling is that of the attributes the parser knows by capitals.
func spelling(attr string) string {
	if attr == "filesize" {
		return "fileSize"
	}
	return attr
}

// children writes the elements in a span, and the text between them.
func (c *canonical) children(in span, depth int) {
	outer := c.tokens
	defer func() { c.tokens = outer }()
	c.tokens = tokens{src: c.src[:in.to], pos: in.from}
	for {
		t, ok := c.next()
		switch {
		case !ok:
			return
		case t.kind == textToken || t.kind == cdataToken:
			c.escaped(strings.TrimSpace(c.value(span{from: t.at, to: t.end})))
		case t.kind == startToken || t.kind == emptyToken:
			c.child(t, depth)
		}
	}
}

func (c *canonical) child(t token, depth int) {
	outside := c.scope
	defer func() { c.scope = outside }()
	c.scope = outside.within(c.bytes(t))
	n := c.name(t.name)
	in := span{from: t.end, to: t.end}
	if t.kind == startToken {
		in, _ = c.inside(t, false)
	}
	if n.space != foreign && !c.crowded() {
		c.tree(t, n, in, depth+1)
	}
}
