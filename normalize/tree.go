package normalize

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tree reads a body that is written as HTML is meant to be: names in lower case,
// values in quotes, each element closed where it was opened, and nested as [form]
// says, so that nothing is left to find out. HTML's parser would make the same tree
// of it in three times as long; what is not so, it reads. TestPlainIsTheSame
// holds the two side by side.
type tree struct {
	src string
	at  int
	// nodes are taken from here: one allocation for many.
	nodes []html.Node
}

// plainTree is the tree of a body under a root; nil where it is not plain.
func plainTree(s string) *html.Node {
	if strings.IndexByte(s, '\r') >= 0 || strings.IndexByte(s, 0) >= 0 {
		return nil
	}
	t := tree{src: s}
	root := t.node(html.ElementNode, "div", atom.Div)
	if !t.children(root, 0, 0) || t.at < len(s) {
		return nil
	}
	return root
}

func (t *tree) node(kind html.NodeType, data string, a atom.Atom) *html.Node {
	if len(t.nodes) == 0 {
		t.nodes = make([]html.Node, 16)
	}
	n := &t.nodes[0]
	t.nodes = t.nodes[1:]
	n.Type, n.Data, n.DataAtom = kind, data, a
	return n
}

// children reads what is in an element, up to its end or that of the body.
func (t *tree) children(parent *html.Node, in around, depth int) (ok bool) {
	for t.at < len(t.src) {
		rest := t.src[t.at:]
		switch {
		case rest[0] != '<':
			t.text(parent)
			ok = true
		case strings.HasPrefix(rest, "</"):
			return true
		case strings.HasPrefix(rest, "<!--"):
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

func (t *tree) text(parent *html.Node) {
	text, _, _ := strings.Cut(t.src[t.at:], "<")
	t.at += len(text)
	parent.AppendChild(t.node(html.TextNode, html.UnescapeString(text), 0))
}

// comment reads one of which there are no two opinions where it ends.
func (t *tree) comment(parent *html.Node) bool {
	text, _, ended := strings.Cut(t.src[t.at+len("<!--"):], "-->")
	if !ended || strings.Contains(text, "--") || strings.HasPrefix(text, ">") || strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-") || strings.IndexByte(text, '&') >= 0 {
		return false
	}
	t.at += len("<!--") + len(text) + len("-->")
	parent.AppendChild(t.node(html.CommentNode, text, 0))
	return true
}

func (t *tree) element(parent *html.Node, in around, depth int) bool {
	t.at++
	name := t.name()
	a := atom.Lookup([]byte(name))
	f := formOf(a)
	if !f.fits(in, parent.DataAtom) {
		return false
	}
	n := t.node(html.ElementNode, name, a)
	closed, ok := t.attributes(n)
	if !ok || closed && !f.void {
		return false
	}
	if f.sorts() {
		slices.SortFunc(n.Attr, byKey)
	}
	parent.AppendChild(n)
	if f.void {
		return true
	}
	return t.children(n, in|f.self, depth+1) && t.end(name)
}

// end reads the end tag of an element.
func (t *tree) end(name string) bool {
	rest, ok := strings.CutPrefix(t.src[t.at:], "</")
	if ok {
		rest, ok = strings.CutPrefix(rest, name)
	}
	if !ok || !strings.HasPrefix(rest, ">") {
		return false
	}
	t.at += len("</") + len(name) + len(">")
	return true
}

// name reads a name in lower case.
func (t *tree) name() string {
	start := t.at
	for t.at < len(t.src) {
		if c := t.src[t.at]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			break
		}
		t.at++
	}
	return t.src[start:t.at]
}

// attributes reads those of a start tag, and its end: closed where that is "/>".
func (t *tree) attributes(n *html.Node) (closed, ok bool) {
	for {
		blank := t.blanks()
		rest := t.src[t.at:]
		switch {
		case strings.HasPrefix(rest, ">"):
			t.at++
			return false, true
		case strings.HasPrefix(rest, "/>"):
			t.at += 2
			return true, true
		case !blank:
			return false, false
		}
		key := t.name()
		value, ok := t.value()
		if key == "" || !ok || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key }) {
			return false, false
		}
		n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
	}
}

func (t *tree) blanks() (any bool) {
	for t.at < len(t.src) && (t.src[t.at] == ' ' || t.src[t.at] == '\n' || t.src[t.at] == '\t') {
		t.at++
		any = true
	}
	return any
}

// value reads the value of an attribute, which may have none.
func (t *tree) value() (value string, ok bool) {
	rest, given := strings.CutPrefix(t.src[t.at:], "=")
	if !given {
		return "", rest != "" && (rest[0] == ' ' || rest[0] == '>' || rest[0] == '/')
	}
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return "", false
	}
	value, _, ok = strings.Cut(rest[1:], rest[:1])
	t.at += len(value) + len(`=""`)
	if n := strings.Count(value, "&"); n > 0 { // other references are read otherwise than in a text
		ok = ok && n == strings.Count(value, "&amp;")
		value = strings.ReplaceAll(value, "&amp;", "&")
	}
	return value, ok
}
