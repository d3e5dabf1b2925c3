package fetcher

import (
	"bytes"
	"encoding/base64"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a text means in a canonical document.
var (
	titles = []name{{"", "title"}, {"dc", "title"}, {"atom", "title"}, {"media", "title"}, {"itunes", "title"}}
	bodies = map[name]string{
		{"", "description"}: "description", {"", "abstract"}: "description",
		{"", "summary"}: "description", {"dc", "description"}: "dc:description", {"atom", "summary"}: "atom:summary",
		{"itunes", "summary"}: "itunes:summary", {"itunes", "subtitle"}: "itunes:subtitle",
		{"", "content"}: "content:encoded", {"content", "encoded"}: "content:encoded", {"atom", "content"}: "content:encoded",
		{"", "body"}: "content:encoded", {"xhtml", "body"}: "content:encoded", {"xhtml", "div"}: "content:encoded",
		{"", "fullitem"}: "content:encoded", {"", "encoded"}: "content:encoded",
	}
	// dates are what items of one format borrow from the other.
	dates = map[bool]map[string]string{
		true: {"pubdate": "dc:date", "created": "dcterms:created", "lastbuilddate": "dcterms:modified"},
		false: {"published": "atom:published", "issued": "dcterms:issued", "created": "dcterms:created", "date": "dc:date",
			"updated": "atom:updated", "modified": "dcterms:modified", "lastbuilddate": "dcterms:modified"},
	}
	// names are those of elements that the parser wants spelt so.
	names = map[name]string{{"sy", "updateperiod"}: "sy:updatePeriod", {"sy", "updatefrequency"}: "sy:updateFrequency"}
)

// emit writes an element of the feed or of an item.
func (c *canonical) emit(t token, n name, in span) {
	to, body := bodies[n]
	switch texts := slices.Contains(titles, n) || body; {
	case !texts && c.crowded():
	case n.space == "" && dates[c.atom][n.local] != "":
		c.write(dates[c.atom][n.local], strings.TrimSpace(c.value(in)))
	case slices.Contains(titles, n):
		c.title(n, c.text(t, in))
	case body && c.item != nil:
		c.body(to, c.text(t, in))
		if src := attribute(c.bytes(t), "src"); src != "" {
			c.write("own:src", c.absolute(src))
		}
	case n.local == "link" && (n.space == "" || n.space == "atom"):
		c.link(t, n, in)
	case n == name{"", "guid"} || n == name{"", "id"} || n == name{"atom", "id"} || n == name{"dc", "identifier"}:
		c.id(t, n, in)
	default:
		c.tree(t, n, in, 0)
	}
}

// construct is a text with what its attributes say of it.
type construct struct {
	value string
	html  bool // it is markup for sure
	plain bool // it is no markup for sure
	base  *url.URL
}

// text reads a text construct (RFC 4287 §3.1; Atom 0.3 had a mode beside the
// type).
func (c *canonical) text(t token, in span) construct {
	k := c.read(t, in)
	k.base = c.scope.base
	if in.elements { // the element that holds all of it may have a base, too
		first := tokens{src: c.src[:in.to], pos: in.from}
		for u, ok := first.next(); ok && u.kind != endToken; u, ok = first.next() {
			if u.kind == startToken {
				k.base = c.scope.within(first.bytes(u)).base
				break
			}
		}
	}
	return k
}

func (c *canonical) read(t token, in span) construct {
	tag := c.bytes(t)
	kind, _, err := mime.ParseMediaType(attribute(tag, "type"))
	if err != nil {
		kind = strings.ToLower(attribute(tag, "type"))
	}
	mode := strings.ToLower(attribute(tag, "mode"))
	if in.elements && mode != "escaped" && mode != "base64" {
		return construct{value: c.markup(in), html: true}
	}
	value := strings.TrimSpace(c.value(in))
	known := kind == "" || kind == "text" || kind == "html" || kind == "xhtml" || strings.HasPrefix(kind, "text/") || strings.Contains(kind, "xml")
	if mode == "base64" || c.atom && mode == "" && !known {
		media := !strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "html") && strings.Contains(kind, "/")
		return construct{value: fromBase64(value, mode == "base64" || media), html: strings.Contains(kind, "html")}
	}
	// Without a mode, XML that shows no element is text; so are the others.
	plain := c.atom && (kind == "" || kind == "text" || kind == "text/plain")
	return construct{value: value, html: strings.Contains(kind, "html") || strings.Contains(kind, "xml"), plain: plain}
}

// fromBase64 decodes text, where it is sure that there is some in Base64. Media
// are no text, and none is left of them.
func fromBase64(value string, sure bool) string {
	packed := strings.Join(strings.Fields(value), "")
	b, err := base64.StdEncoding.DecodeString(packed)
	switch {
	case err == nil && utf8.Valid(b) && !bytes.ContainsFunc(b, illegal):
		return strings.TrimSpace(string(b))
	case err == nil && sure:
		return ""
	}
	return value
}

// title writes a title as plain text; of several of its own an item has the
// first.
func (c *canonical) title(n name, k construct) {
	text := k.value
	if !k.plain {
		text = PlainText(text)
	}
	if c.item != nil && n.space == "" && text != "" {
		if c.item.title {
			return
		}
		c.item.title = true
	}
	c.write(c.spelt(n), text)
}

// body writes one of an item's texts. A second description is what some call
// the content, beside the summary.
func (c *canonical) body(to string, k construct) {
	it := c.item
	if k.value == "" {
		return
	}
	if to == "description" && it.summary {
		to = "content:encoded"
	}
	switch to {
	case "content:encoded":
		if it.content {
			return
		}
		if k.plain && !strings.Contains(k.value, "</") && !strings.Contains(k.value, "/>") { // the type is often forgotten
			k.value = Paragraphs(k.value)
		}
		it.content, it.base = true, k.base
	case "description":
		it.summary = true
		if c.atom {
			to = "summary"
		}
		fallthrough
	default:
		if !it.content {
			it.base = k.base
		}
	}
	if to == "content:encoded" || to == "description" || to == "summary" {
		c.putAside(to, k.value)
		return
	}
	c.write(to, k.value)
}

// putAside keeps one of an item's texts out of the canonical document, which says
// where it is: they are nearly all there is of most documents, and the parser, which
// would read them byte by byte, has nothing to find in them.
func (c *canonical) putAside(label, text string) {
	if c.atom || !strings.ContainsAny(text, "<&") || strings.Contains(text, "]]>") {
		text = strings.TrimSpace(text)
	}
	if c.atom && label == "content:encoded" {
		text = lineEnds.Replace(text)
	}
	c.write(label, strconv.Itoa(len(c.aside)))
	c.aside = append(c.aside, text)
}

// lineEnds makes every line end what it is in XML (XML 1.0 §2.11).
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")
