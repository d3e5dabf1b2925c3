package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ends tells whether an element ends here, if only because what it is in does. After
// the end of a page's body there may come more of it.
func (t *tree) ends(n *html.Node) bool {
	rest := t.src[t.at+len("</"):]
	return n.DataAtom != atom.Body && hasPrefixFold(rest, n.Data) || n.DataAtom == atom.Tbody && hasPrefixFold(rest, "table")
}

// end reads the end tag of an element; at the end of all there need be none.
func (t *tree) end(n *html.Node) bool {
	if t.at == len(t.src) {
		return true
	}
	rest := strings.TrimLeft(t.src[t.at+len("</")+len(n.Data):], whitespace)
	if !t.ends(n) || !strings.HasPrefix(rest, ">") {
		return false
	}
	t.at = len(t.src) - len(rest) + len(">")
	return true
}

// stray reads an end tag that ends nothing: those of a page and of its body, after
// which more may come, and in the body others.
func (t *tree) stray(parent *html.Node) bool {
	t.at += len("</")
	name := t.name()
	if !t.page || name == "" || name[0] < 'a' || !strings.HasPrefix(t.src[t.at:], ">") {
		return false
	}
	t.at++
	switch name {
	case "body", "html":
		t.ended = true
		return parent.DataAtom != atom.Head
	case "p", "br": // of which there come elements
		return false
	}
	return parent.DataAtom == atom.Body
}

// raw reads what is in an element that holds text alone.
func (t *tree) raw(n *html.Node) bool {
	rest := t.src[t.at:]
	end := 0
	for {
		next := strings.Index(rest[end:], "</")
		if next < 0 {
			return false
		}
		if end += next; hasPrefixFold(rest[end+2:], n.Data) {
			break
		}
		end += 2
	}
	text := rest[:end]
	t.at += end
	switch n.DataAtom {
	case atom.Title, atom.Textarea:
		text = unescape(text)
	case atom.Iframe: // keepComments takes it for markup
		if t.page && strings.IndexByte(text, '<') >= 0 {
			return false
		}
	case atom.Script: // one within a comment may go on
		if strings.Contains(text, "<!--") && strings.Contains(strings.ToLower(text), "<script") {
			return false
		}
	}
	return t.add(n, text)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
