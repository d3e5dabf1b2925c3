package normalize

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Most bodies are plain: paragraphs, headings, lists, quotes, links, pictures, one
// well within the other. Of such a tree it can be seen that the HTML it is rendered
// as reads as the same tree, so that neither that nor cleaning again, nor the
// sanitiser, would change anything. plain renders it at once and finds on the way
// what there is to read; it is three quarters of the work of cleaning spared.
//
// What it does not know to be so, it leaves to those: tables, preformatted text,
// media, ruby, definitions, and whatever is nested otherwise than HTML's parser
// would have it. TestPlainIsTheSame holds the two side by side.
type plain struct {
	cleaner
	out             []byte
	letters, linked int // to be read, and of them in links
	pictures        int
	image           string // the first that says something
}

// around is what an element stands in.
type around uint32

const (
	inParagraph around = 1 << iota // which a block would end
	inHeading
	inLink
	inBold // from here on: the elements that HTML's parser opens again where they were not closed
	inStrong
	inItalic
	inEmphasis
	inUnderline
	inStruck
	inSmall
	inCode
)

// form is how an element may stand in a plain tree.
type form struct {
	known bool
	block bool   // not in a paragraph
	void  bool   // has no end
	item  bool   // in a list only
	self  around // not within itself
}

// formOf is the form of an element of a clean body.
func formOf(a atom.Atom) form {
	switch a {
	case atom.P:
		return form{known: true, block: true, self: inParagraph}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return form{known: true, block: true, self: inHeading}
	case atom.Div, atom.Blockquote, atom.Ul, atom.Ol, atom.Figure, atom.Figcaption, atom.Details, atom.Summary:
		return form{known: true, block: true}
	case atom.Li:
		return form{known: true, block: true, item: true}
	case atom.Hr:
		return form{known: true, block: true, void: true}
	case atom.Br, atom.Wbr, atom.Img:
		return form{known: true, void: true}
	case atom.A:
		return form{known: true, self: inLink}
	case atom.B:
		return form{known: true, self: inBold}
	case atom.Strong:
		return form{known: true, self: inStrong}
	case atom.I:
		return form{known: true, self: inItalic}
	case atom.Em:
		return form{known: true, self: inEmphasis}
	case atom.U:
		return form{known: true, self: inUnderline}
	case atom.S:
		return form{known: true, self: inStruck}
	case atom.Small:
		return form{known: true, self: inSmall}
	case atom.Code:
		return form{known: true, self: inCode}
	case atom.Del, atom.Ins, atom.Sub, atom.Sup, atom.Mark, atom.Kbd, atom.Samp, atom.Var, atom.Q, atom.Cite, atom.Dfn, atom.Abbr, atom.Time:
		return form{known: true}
	}
	return form{}
}

// deepest is how deep a plain tree may be; HTML's parser goes to 512.
const deepest = 100

// children renders what is in a node; it is not ok where that is not plain.
func (p *plain) children(n *html.Node, in around, depth int) (ok bool) {
	if depth > deepest {
		return false
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Type {
		case html.TextNode:
			if ok = child.PrevSibling == nil || child.PrevSibling.Type != html.TextNode; ok {
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
	case !f.known, f.block && in&inParagraph != 0, in&f.self != 0:
		return false
	case f.item && n.Parent.DataAtom != atom.Ul && n.Parent.DataAtom != atom.Ol:
		return false
	case f.void && n.FirstChild != nil, !p.settled(n):
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
	if !p.children(n, in|f.self, depth+1) {
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
		var ref string
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '\'':
			ref = "&#39;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&#34;"
		case '\r':
			ref = "&#13;"
		default:
			continue
		}
		b = append(append(b, s[done:i]...), ref...)
		done = i + 1
	}
	return append(b, s[done:]...)
}
