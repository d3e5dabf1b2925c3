package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainPage is the tree of a whole page as readPage has it; nil where the page is not
// plain: not each element closed where it was opened, or with a head that is not said
// to be one.
func plainPage(doc string) *html.Node {
	t := newTree(doc)
	t.page = true
	root := t.node(html.DocumentNode, "", 0)
	if !t.prolog(root) || !t.whole(root) || t.at < len(t.src) {
		return nil
	}
	return root
}

// prolog reads what is before <html>.
func (t *tree) prolog(root *html.Node) bool {
	t.beside(root, false)
	if !hasPrefixFold(t.src[t.at:], "<!doctype") {
		return true
	}
	doctype, _, ended := strings.Cut(t.src[t.at:], ">")
	if !ended || strings.Count(doctype, "<") > 1 { // keepComments takes it for markup
		return false
	}
	doc, err := html.Parse(strings.NewReader(doctype + ">"))
	if err != nil {
		return false
	}
	t.at += len(doctype) + len(">")
	n := doc.FirstChild
	doc.RemoveChild(n)
	root.AppendChild(n)
	t.beside(root, false)
	return true
}

func (t *tree) whole(root *html.Node) bool {
	page, ok := t.open(root, "html", atom.Html)
	if !ok {
		return false
	}
	t.beside(page, false)
	head, ok := t.open(page, "head", atom.Head)
	if !ok || !t.children(head, 0, 0) || !t.end(head) {
		return false
	}
	t.beside(page, true)
	body, ok := t.open(page, "body", atom.Body)
	return ok && t.children(body, 0, 0)
}

// open reads a start tag that must be here.
func (t *tree) open(parent *html.Node, name string, a atom.Atom) (*html.Node, bool) {
	if !hasPrefixFold(t.src[t.at:], "<"+name) {
		return nil, false
	}
	t.at += len("<") + len(name)
	n := t.node(html.ElementNode, name, a)
	parent.AppendChild(n)
	return n, t.attributes(n)
}

// beside reads the comments between elements of which there is but one; blanks count
// only behind the head.
func (t *tree) beside(parent *html.Node, blanks bool) {
	for {
		start := t.at
		t.blanks()
		if blanks && t.at > start {
			t.add(parent, t.src[start:t.at])
		}
		if !strings.HasPrefix(t.src[t.at:], "<!--") || !t.comment(parent) {
			return
		}
	}
}
