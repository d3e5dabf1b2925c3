package normalize

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tree reads HTML that is written as it is meant to be: each element closed where it
// was opened, and nested as [form] says, so that nothing is left to find out. HTML's
// parser would make the same tree of it in four times as long; what is not so, it
// reads. TestPlainIsTheSame and TestPlainPageIsTheSame hold the two side by side.
type tree struct {
	src string
	at  int
	// nodes and attrs are taken from here: one allocation for many.
	arena *arena
	nodes []html.Node
	attrs []html.Attribute
	// page tells that it is one, and not a body: see treepage.go; ended, that </body> was
	// read and nothing after it.
	page, ended bool
	joined      int // how many bytes of texts that were joined to others were copied
}

// plainTree is the tree of a body under a root; nil where it is not plain.
func plainTree(s string, nodes *arena) *html.Node {
	t := newTree(s)
	t.arena = nodes
	root := t.node(html.ElementNode, "div", atom.Div)
	if !t.children(root, 0, 0) || t.at < len(t.src) {
		return nil
	}
	return root
}

func newTree(s string) *tree {
	if strings.IndexByte(s, '\r') >= 0 {
		s = lineEnds.Replace(s)
	}
	if strings.IndexByte(s, 0) >= 0 { // HTML's parser drops it, or replaces it
		s = "</0>"
	}
	return &tree{src: s}
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func (t *tree) node(kind html.NodeType, data string, a atom.Atom) *html.Node {
	n := t.arena.next()
	if n == nil {
		if len(t.nodes) == cap(t.nodes) {
			t.nodes = make([]html.Node, 0, min(max(16, 2*cap(t.nodes)), 128))
		}
		t.nodes = t.nodes[:len(t.nodes)+1]
		n = &t.nodes[len(t.nodes)-1]
	}
	n.Type, n.Data, n.DataAtom = kind, data, a
	return n
}

// arena has the first nodes of a tree that is needed for a moment. What most bodies
// consist of is then used again and again; it was a tenth of all garbage.
type arena struct {
	nodes [128]html.Node
	used  int
}

var arenas = sync.Pool{New: func() any { return new(arena) }}

// next is one more node; nil where there is none.
func (a *arena) next() *html.Node {
	if a == nil || a.used == len(a.nodes) {
		return nil
	}
	a.used++
	return &a.nodes[a.used-1]
}

// giveBack ends the use of all nodes that the arena gave.
func (a *arena) giveBack() {
	clear(a.nodes[:a.used])
	a.used = 0
	arenas.Put(a)
}

// children reads what is in an element, up to its end or that of the text.
func (t *tree) children(parent *html.Node, in around, depth int) (ok bool) {
	for t.at < len(t.src) {
		rest := t.src[t.at:]
		switch {
		case !isTag(rest):
			ok = t.text(parent)
		case rest[1] == '/':
			if t.ends(parent) {
				return true
			}
			ok = t.stray(parent)
		case rest[1] == '!':
			ok = t.comment(parent)
		default:
			ok = depth < deepest && t.element(parent, in, depth)
		}
		if !ok {
			return false
		}
	}
	return true
}

// isTag tells whether a text begins with what is no text.
func isTag(s string) bool {
	return len(s) > 1 && s[0] == '<' && (s[1] == '/' || s[1] == '!' || s[1] == '?' || 'a' <= s[1]|0x20 && s[1]|0x20 <= 'z')
}

func (t *tree) text(parent *html.Node) bool {
	rest := t.src[t.at:]
	end := 1
	for end < len(rest) && !isTag(rest[end:]) {
		if next := strings.IndexByte(rest[end+1:], '<'); next >= 0 {
			end += 1 + next
		} else {
			end = len(rest)
		}
	}
	t.at += end
	return t.add(parent, unescape(rest[:end]))
}

// unescape reads the references in a text; most have none.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}

// add adds a text to a parent, and joins it to the one before.
func (t *tree) add(parent *html.Node, text string) bool {
	const mostJoined = 1 << 20
	if !holdsText(parent.DataAtom, text) {
		return false
	}
	if a := parent.DataAtom; parent.FirstChild == nil && (a == atom.Pre || a == atom.Listing || a == atom.Textarea) {
		text = strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n") // a line break after the start tag is none of it
	}
	switch last := parent.LastChild; {
	case text == "":
	case last == nil || last.Type != html.TextNode:
		parent.AppendChild(t.node(html.TextNode, text, 0))
	default:
		last.Data += text
		t.joined += len(last.Data)
	}
	return t.joined <= mostJoined
}

// comment reads one of which there are no two opinions where it ends.
func (t *tree) comment(parent *html.Node) bool {
	rest, begins := strings.CutPrefix(t.src[t.at:], "<!--")
	text, _, ended := strings.Cut(rest, "-->")
	if !begins || !ended || strings.HasPrefix(rest, ">") || strings.HasPrefix(rest, "->") || strings.Contains(text, "--!>") || t.ended {
		return false
	}
	t.at += len("<!--") + len(text) + len("-->")
	if !t.page {
		text = unescape(text)
	}
	parent.AppendChild(t.node(html.CommentNode, text, 0))
	return true
}

func (t *tree) element(parent *html.Node, in around, depth int) bool {
	t.ended = false
	t.at++
	name := t.name()
	a := atom.Lookup([]byte(name))
	if a == atom.Tr && parent.DataAtom == atom.Table { // a <tbody> is understood
		t.at -= len("<") + len(name)
		body := t.node(html.ElementNode, "tbody", atom.Tbody)
		parent.AppendChild(body)
		return t.children(body, in, depth+1)
	}
	f := formOf(a)
	if a == 0 && isCustom(name) {
		f = form{known: true, other: true}
	}
	if !f.fits(a, in, parent.DataAtom) {
		return false
	}
	if a == atom.Svg {
		t.at -= len("<") + len(name)
		return t.svg(parent)
	}
	n := t.node(html.ElementNode, name, a)
	if !t.attributes(n) {
		return false
	}
	if f.sorts() {
		slices.SortFunc(n.Attr, byKey)
	}
	parent.AppendChild(n)
	switch {
	case f.void:
		return true
	case f.raw:
		return t.raw(n) && t.end(n)
	}
	return t.children(n, in&^f.apart|f.self, depth+1) && t.end(n)
}

// name reads a name.
func (t *tree) name() string {
	start := t.at
	for t.at < len(t.src) {
		if c := t.src[t.at]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			break
		}
		t.at++
	}
	return strings.ToLower(t.src[start:t.at])
}

// isCustom tells the names that sites make up for elements, whose meaning is in their
// scripts. keepComments takes some for those of other elements.
func isCustom(name string) bool {
	return strings.Contains(name, "-") && rawElement("<"+name) == 0
}
