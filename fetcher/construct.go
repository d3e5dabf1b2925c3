package fetcher

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"mime"
	"slices"
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
}

// text reads a text construct (RFC 4287 §3.1; Atom 0.3 had a mode beside the
// type).
func (c *canonical) text(t token, in span) construct {
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
			k.value = paragraphs(k.value)
		}
		it.content, it.base = true, c.scope.base
	case "description":
		it.summary = true
		if c.atom {
			to = "summary"
		}
		fallthrough
	default:
		if !it.content {
			it.base = c.scope.base
		}
	}
	c.write(to, k.value)
}

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
	return c.atom && n.space == ""
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

// isName tells what may stand for a name in well-formed XML.
func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || (r < '0' || r > '9') && r != '-' && r != '.') {
			return false
		}
	}
	return s != ""
}

// spelt is an element's name in the canonical document.
func (c *canonical) spelt(n name) string {
	if s, ok := names[n]; ok {
		return s
	}
	if n.space == "" || !isName(n.local) {
		if !isName(n.local) {
			return "unnamed"
		}
		return n.local
	}
	return n.space + ":" + n.local
}

func (c *canonical) startTag(label string) { c.out.WriteString("<" + label) }

func (c *canonical) attr(key, value string) {
	if value == "" {
		return
	}
	c.out.WriteString(" " + key + `="`)
	c.escaped(value)
	c.out.WriteByte('"')
}

func (c *canonical) write(label, text string) {
	if text == "" {
		return
	}
	c.out.WriteString("<" + label + ">")
	if strings.ContainsAny(text, "<&") && !strings.Contains(text, "]]>") {
		c.out.WriteString("<![CDATA[" + text + "]]>")
	} else {
		c.escaped(text)
	}
	c.out.WriteString("</" + label + ">")
}

func (c *canonical) escaped(s string) {
	last := 0
	for i := range len(s) {
		var ref string
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&#34;"
		default:
			continue
		}
		c.out.WriteString(s[last:i])
		c.out.WriteString(ref)
		last = i + 1
	}
	c.out.WriteString(s[last:])
}

// value is the text in a span, references and CDATA sections resolved, tags
// left out.
func (c *canonical) value(in span) string {
	s := tokens{src: c.src[:in.to], pos: in.from}
	var out strings.Builder
	for {
		t, ok := s.next()
		if !ok {
			return out.String()
		}
		switch t.kind {
		case textToken:
			out.WriteString(decode(s.bytes(t)))
		case cdataToken:
			out.Write(cdata(s.bytes(t)))
		}
	}
}

func cdata(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimPrefix(b, []byte("<![CDATA[")), []byte("]]>"))
}

// markup is what a span that holds elements is as HTML: names without their
// prefixes, and no element that is its own end but those HTML has.
func (c *canonical) markup(in span) string {
	s := tokens{src: c.src[:in.to], pos: in.from}
	var out bytes.Buffer
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		local := localName(t.name)
		switch t.kind {
		case textToken:
			out.Write(s.bytes(t))
		case cdataToken:
			out.WriteString(escapeText(cdata(s.bytes(t))))
		case startToken, emptyToken:
			rest := s.src[t.at+1+len(t.name) : t.end]
			out.WriteByte('<')
			out.Write(local)
			if t.kind == emptyToken {
				out.Write(bytes.TrimSuffix(rest, []byte("/>")))
				out.WriteByte('>')
				if !isVoid(local) {
					out.WriteString("</" + string(local) + ">")
				}
			} else {
				out.Write(rest)
			}
		case endToken:
			if !isVoid(local) {
				out.WriteString("</" + string(local) + ">")
			}
		}
	}
	return unwrapDiv(strings.TrimSpace(out.String()))
}

var textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escapeText(b []byte) string { return textEscapes.Replace(string(b)) }

// isVoid tells the elements of HTML that have no end.
func isVoid(local []byte) bool {
	return slices.Contains([]string{"br", "img", "hr", "wbr", "source", "input", "col", "area", "embed", "param", "track", "link", "meta", "base"}, strings.ToLower(string(local)))
}

// unwrapDiv takes away the div that holds all of an XHTML text (RFC 4287
// §3.1.1.3).
func unwrapDiv(s string) string {
	b := []byte(s)
	if len(b) < 5 || !bytes.EqualFold(b[:4], []byte("<div")) || !bytes.HasSuffix(bytes.ToLower(b), []byte("</div>")) {
		return s
	}
	scan := tokens{src: b}
	first, _ := scan.next()
	depth := 1
	for {
		t, ok := scan.next()
		if !ok {
			return s
		}
		if !bytes.EqualFold(t.name, []byte("div")) {
			continue
		}
		switch t.kind {
		case startToken:
			depth++
		case endToken:
			depth--
		}
		if depth == 0 {
			if t.end != len(b) || string(first.name) != "div" {
				return s
			}
			return strings.TrimSpace(s[first.end:t.at])
		}
	}
}
