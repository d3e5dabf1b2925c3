package normalize

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Most bodies are plain: paragraphs, headings, lists, quotes, tables, links, pictures,
// one well within the other. Of such a tree it can be seen that the HTML it is rendered
// as reads as the same tree, so that neither that nor cleaning again, nor the
// sanitiser, would change anything. plain renders it at once and finds on the way
// what there is to read; it is three quarters of the work of cleaning spared.
//
// What it does not know to be so, it leaves to those: preformatted text, media, ruby,
// and whatever is nested otherwise than HTML's parser would have it. TestPlainIsTheSame
// holds the two side by side.
type plain struct {
	cleaner
	out             []byte
	letters, linked int // to be read, and of them in links
	pictures        int
	image           string // the first that says something
}

// children renders what is in a node; it is not ok where that is not plain.
func (p *plain) children(n *html.Node, in around, depth int) (ok bool) {
	if depth > deepest {
		return false
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Type {
		case html.TextNode:
			if ok = (child.PrevSibling == nil || child.PrevSibling.Type != html.TextNode) && holdsText(n.DataAtom, child.Data); ok {
				p.text(child.Data, in)
			}
		case html.ElementNode:
			ok = p.element(child, in, depth)
		default:
			return false
		}
		if !ok {
			return false
		}
	}
	return true
}

func (p *plain) text(s string, in around) {
	p.out = appendEscaped(p.out, s)
	if n := letters(s); in&inLink != 0 {
		p.linked += n
	} else {
		p.letters += n
	}
}

func (p *plain) element(n *html.Node, in around, depth int) bool {
	f := formOf(n.DataAtom)
	switch {
	case f.other, !f.fits(n.DataAtom, in, n.Parent.DataAtom), !elements[n.Data].keep:
		return false
	case f.void && n.FirstChild != nil, f.sorts() && !slices.IsSortedFunc(n.Attr, byKey), !p.settled(n):
		return false
	}
	p.out = append(append(p.out, '<'), n.Data...)
	for _, a := range n.Attr {
		p.out = append(append(append(p.out, ' '), a.Key...), `="`...)
		p.out = append(appendEscaped(p.out, a.Val), '"')
	}
	if n.DataAtom == atom.Img {
		p.pictures++
		if p.image == "" && isLead(n) {
			p.image = attr(n, "src")
		}
	}
	if f.void {
		p.out = append(p.out, "/>"...)
		return true
	}
	p.out = append(p.out, '>')
	if !p.children(n, in&^f.apart|f.self, depth+1) {
		return false
	}
	p.out = append(append(append(p.out, "</"...), n.Data...), '>')
	return true
}

// settled tells whether cleaning an element's attributes again leaves them as they
// are, and the sanitiser would.
func (p *plain) settled(n *html.Node) bool {
	if len(n.Attr) == 0 {
		return n.DataAtom != atom.A && n.DataAtom != atom.Img
	}
	for i, a := range n.Attr {
		if len(a.Val) > longestAttr || isAddress(a.Key) && !isSettled(a.Val) || slices.ContainsFunc(n.Attr[:i], func(b html.Attribute) bool { return b.Key == a.Key }) {
			return false
		}
	}
	again := html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Attr: n.Attr}
	if n.DataAtom == atom.Img {
		return p.cleaner.image(&again) && slices.Equal(again.Attr, n.Attr)
	}
	p.attributes(&again, elements[n.Data])
	return slices.Equal(again.Attr, n.Attr)
}

// isSettled tells whether the sanitiser leaves an address as it is.
func isSettled(address string) bool {
	if isPlainURL(address) {
		return true
	}
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "mailto") &&
		!strings.ContainsAny(address, " \t\n\r") && u.String() == address
}

// score is that of the HTML; see the function of this name.
func (p *plain) score() int { return p.letters + picture*p.pictures + p.linked/4 }

// appendEscaped writes text, or the value of an attribute, as the renderer of
// package html does.
func appendEscaped(b []byte, s string) []byte {
	done := 0
	for i := 0; i < len(s); i++ {
		if s[i] > '>' { // all but a few of most texts
			continue
		}
		if ref := escapes[s[i]]; ref != "" {
			b = append(append(b, s[done:i]...), ref...)
			done = i + 1
		}
	}
	return append(b, s[done:]...)
}

var escapes = ['>' + 1]string{'&': "&amp;", '\'': "&#39;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\r': "&#13;"}
