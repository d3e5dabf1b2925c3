package normalize

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// Clean makes of any HTML what readers may show: balanced, by the allow-list
// of elements, with absolute addresses and without anything active. Cleaning
// twice changes nothing.
func Clean(body, base string) (out string) {
	if guarded(func() { out = cleanNode(parseFragment(body), parseBase(base)).content }) != nil {
		return fetcher.Paragraphs(visibleText(body))
	}
	return out
}

// passes bounds how often a body is cleaned. Taking an element away can leave
// a tree that no HTML describes, such as a paragraph in a paragraph; what is
// rendered of it reads as another tree, which must be clean as well. This is
// also the way of mutation attacks, so a body that does not come to rest is
// given up for its text.
const passes = 4

// cleanNode cleans what is under a node, which it uses up.
func cleanNode(root *html.Node, base *url.URL) body {
	c := newCleaner(base)
	c.children(root)
	if b, ok := c.plainly(root); ok {
		return b
	}
	return c.again(root)
}

// buffers are what bodies are rendered in, largestKept how large one may be to be used
// again.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const largestKept = 256 << 10

// putBuffer gives a buffer back, as it has grown.
func putBuffer(buffer *[]byte, grown []byte) {
	if *buffer = grown; cap(grown) <= largestKept {
		buffers.Put(buffer)
	}
}

// plainly is the body of a tree that was cleaned, if it is plain.
func (c cleaner) plainly(root *html.Node) (b body, ok bool) {
	buffer := buffers.Get().(*[]byte)
	p := plain{cleaner: c, out: (*buffer)[:0]}
	defer func() { putBuffer(buffer, p.out) }()
	if !p.children(root, 0, 0) {
		return b, false
	}
	image := strings.Clone(p.image) // which is a piece of all that was read
	return body{content: oneBlock(string(bytes.TrimSpace(p.out))), image: image, score: p.score()}, true
}

// again cleans what comes of rendering a tree that was cleaned once, until nothing
// changes.
func (c cleaner) again(root *html.Node) body {
	last := strings.TrimSpace(render(root))
	for range passes - 1 {
		root = parseFragment(last)
		c.children(root)
		out := strings.TrimSpace(render(root))
		if out == last {
			if out = policy().Sanitize(out); out == last {
				out = oneBlock(out)
				return body{content: out, image: leadImage(root), score: score(out)}
			}
		}
		last = out
	}
	out := strings.TrimSpace(fetcher.Paragraphs(visibleText(last)))
	return body{content: out, score: score(out)}
}

// oneBlock writes the line breaks that end empty lines, which only preformatted
// text has, as references: for Markdown, an empty line ends the HTML, and what
// follows would be read as Markdown.
func oneBlock(s string) string {
	if !hasEmptyLine(s) {
		return s
	}
	lines := strings.Split(s, "\n")
	var b strings.Builder
	for i, line := range lines {
		switch {
		case i > 0 && strings.Trim(lines[i-1], " \t") == "":
			b.WriteString("&#10;")
		case i > 0:
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}

func hasEmptyLine(s string) bool {
	for line := range strings.Lines(s) {
		if text, ended := strings.CutSuffix(line, "\n"); ended && strings.Trim(text, " \t") == "" {
			return true
		}
	}
	return false
}

func parseFragment(s string) *html.Node { return parseInto(nil, s) }

// parseInto is parseFragment of what is read for a moment; see [arena]. It may be nil.
func parseInto(room *arena, s string) *html.Node {
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	if len(s) > 2*widest && crowded(s) {
		root.AppendChild(&html.Node{Type: html.TextNode, Data: visibleText(s)})
		return root
	}
	if root := plainTree(s, room); root != nil {
		return root
	}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(s), root, html.ParseOptionEnableScripting(false))
	if err != nil { // the tree got too deep; there is no other error to a string
		nodes = []*html.Node{{Type: html.TextNode, Data: visibleText(s)}}
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root
}

// render renders what is under a node.
func render(root *html.Node) string {
	buffer := buffers.Get().(*[]byte)
	b := bytes.NewBuffer((*buffer)[:0])
	for n := range root.ChildNodes() {
		if err := html.Render(b, n); err != nil {
			return fetcher.Paragraphs(nodeText(root)) // a void element with children; cleaning leaves none
		}
	}
	out := b.String()
	putBuffer(buffer, b.Bytes())
	return out
}

type cleaner struct {
	base     *url.URL
	revealed map[*html.Node]bool // what stood in a <noscript>
	open     *int                // how many frames were left open
}

func newCleaner(base *url.URL) cleaner {
	return cleaner{base: base, revealed: make(map[*html.Node]bool), open: new(int)}
}

// children cleans all that is under n.
func (c cleaner) children(n *html.Node) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		switch child.Type {
		case html.ElementNode:
			c.element(child)
		case html.TextNode:
			child.Data = article.CleanText(child.Data)
		default:
			n.RemoveChild(child)
		}
		child = next
	}
	settle(n)
}

func (c cleaner) element(n *html.Node) {
	rename(n)
	switch n.DataAtom {
	case atom.Picture:
		gatherSources(n)
	case atom.Noscript:
		c.noscript(n)
		return
	case atom.Iframe, atom.Embed, atom.Object:
		c.frame(n)
		return
	}
	if n.DataAtom == atom.Math {
		c.formula(n)
		return
	}
	e := elements[n.Data]
	if e.drop || n.Namespace != "" {
		n.Parent.RemoveChild(n)
		return
	}
	c.children(n)
	switch {
	case !e.keep && e.block:
		n.Data, n.DataAtom = "div", atom.Div
		c.attributes(n, e)
	case !e.keep:
		unwrapNode(n)
		return
	case n.DataAtom == atom.Img:
		if !c.image(n) {
			n.Parent.RemoveChild(n)
			return
		}
	default:
		c.attributes(n, e)
	}
	if plays(n) && !hasSource(n) || orphan(n) {
		unwrapNode(n) // what it holds is for readers that cannot play it
		return
	}
	if !e.hollow && isEmpty(n) || n.DataAtom == atom.A && len(n.Attr) == 0 {
		if e.block && n.PrevSibling != nil && n.NextSibling != nil { // it kept the texts beside it apart
			n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: "\n"}, n)
		}
		unwrapNode(n)
	}
}

// formula leaves the signs of MathML, without what is written beside them for
// machines. Its elements may not stay: through them, browsers have been made to
// read text as markup.
func (c cleaner) formula(n *html.Node) {
	var b strings.Builder
	spell(&b, n)
	n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: article.CleanText(b.String())}, n)
	n.Parent.RemoveChild(n)
}

func spell(b *strings.Builder, n *html.Node) {
	for child := range n.ChildNodes() {
		switch {
		case child.Type == html.TextNode:
			b.WriteString(child.Data)
		case child.Type == html.ElementNode && !strings.HasPrefix(child.Data, "annotation") && !elements[child.Data].drop:
			spell(b, child)
		}
	}
}

// rename reads Sina's own ways as the elements that they mean.
func rename(n *html.Node) {
	class := attr(n, "class")
	if a := renamed[n.Data]; a != 0 {
		n.Data, n.DataAtom = a.String(), a
	}
	switch {
	case n.DataAtom == atom.Font && strings.Contains(attr(n, "cms-style"), "strong-Bold"):
		n.Data, n.DataAtom = "strong", atom.Strong
	case n.DataAtom == atom.Div && class == "img_wrapper":
		n.Data, n.DataAtom = "figure", atom.Figure
	case n.DataAtom == atom.Span && class == "img_descr":
		n.Data, n.DataAtom = "figcaption", atom.Figcaption
	}
}

// attributes keeps those that the element may have.
func (c cleaner) attributes(n *html.Node, e element) {
	var kept []html.Attribute
	for _, a := range n.Attr {
		if a.Namespace != "" || !e.may(a.Key) || len(a.Val) > longestAttr {
			continue
		}
		if a.Val = c.value(a); a.Val != "" || a.Key == "controls" || a.Key == "reversed" {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
}

// value is what an attribute's value may stay as; empty where it may not.
func (c cleaner) value(a html.Attribute) string {
	switch a.Key {
	case "href":
		return readerLink(a.Val, c.base)
	case "src", "poster":
		return absolute(a.Val, c.base)
	case "controls", "reversed":
		return ""
	case "width", "height", "colspan", "rowspan", "span", "start", "value":
		if _, err := strconv.ParseInt(a.Val, 10, 32); err != nil {
			return ""
		}
	case "dir": // from left to right is how texts run that say nothing
		if a.Val = strings.ToLower(a.Val); a.Val != "rtl" {
			return ""
		}
	}
	return article.CleanTitle(a.Val)
}

// settle joins neighbouring texts and reduces white space with a line break in
// it to that, and white space alone to one character; but in preformatted text.
func settle(n *html.Node) {
	pre := preformatted(n)
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type != html.TextNode {
			continue
		}
		for next := child.NextSibling; next != nil && next.Type == html.TextNode; next = child.NextSibling {
			child.Data += next.Data
			n.RemoveChild(next)
		}
		if pre {
			continue
		}
		child.Data = breakLines(child.Data)
		if child.Data != "\n" && strings.Trim(child.Data, " \t\f") == "" {
			child.Data = " "
		}
	}
}

// breakLines takes away the white space around line breaks, and empty lines.
func breakLines(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	const blanks = " \t\f"
	lines := strings.Split(s, "\n")
	last := len(lines) - 1
	var b strings.Builder
	b.WriteString(strings.TrimRight(lines[0], blanks))
	for _, line := range lines[1:last] {
		if line = strings.Trim(line, blanks); line != "" {
			b.WriteString("\n" + line)
		}
	}
	return b.String() + "\n" + strings.TrimLeft(lines[last], blanks)
}

func preformatted(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == atom.Pre {
			return true
		}
	}
	return false
}

// isEmpty tells whether nothing is to be seen of a node.
func isEmpty(n *html.Node) bool {
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && !blank(d.Data):
			return false
		case d.Type == html.ElementNode && elements[d.Data].hollow && d.DataAtom != atom.Br && d.DataAtom != atom.Wbr && d.DataAtom != atom.Col && d.DataAtom != atom.Td && d.DataAtom != atom.Th:
			return false
		}
	}
	return true
}

// unwrapNode puts what a node holds in its place.
func unwrapNode(n *html.Node) {
	for child := n.FirstChild; child != nil; child = n.FirstChild {
		n.RemoveChild(child)
		n.Parent.InsertBefore(child, n)
	}
	n.Parent.RemoveChild(n)
}

// longestAttr is the longest value, in bytes, of an attribute that is read.
const longestAttr = 64 << 10

// attr is the value of an attribute; empty without it, and for one of absurd
// length.
func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" && len(a.Val) <= longestAttr {
			return a.Val
		}
	}
	return ""
}
