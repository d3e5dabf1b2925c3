package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

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
	inFont
	inBig
	inTeletype
	inStrike
)

// form is how an element may stand in a plain tree.
type form struct {
	known bool
	block bool   // not in a paragraph
	void  bool   // has no end
	item  bool   // in a list only
	self  around // not within itself
}

// fits tells whether an element may stand where it is in a parent.
func (f form) fits(in around, parent atom.Atom) bool {
	return f.known && (!f.block || in&inParagraph == 0) && in&f.self == 0 && (!f.item || parent == atom.Ul || parent == atom.Ol)
}

// sorts tells the elements whose attributes HTML's parser sorts.
func (f form) sorts() bool { return f.self >= inLink }

func byKey(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) }

// deepest is how deep a plain tree may be; HTML's parser goes to 512.
const deepest = 100

// formOf is the form of an element.
func formOf(a atom.Atom) form {
	switch a {
	case atom.P:
		return form{known: true, block: true, self: inParagraph}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return form{known: true, block: true, self: inHeading}
	case atom.Div, atom.Blockquote, atom.Ul, atom.Ol, atom.Figure, atom.Figcaption, atom.Details, atom.Summary,
		atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Address, atom.Center:
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
	case atom.Font:
		return form{known: true, self: inFont}
	case atom.Big:
		return form{known: true, self: inBig}
	case atom.Tt:
		return form{known: true, self: inTeletype}
	case atom.Strike:
		return form{known: true, self: inStrike}
	case atom.Del, atom.Ins, atom.Sub, atom.Sup, atom.Mark, atom.Kbd, atom.Samp, atom.Var, atom.Q, atom.Cite, atom.Dfn, atom.Abbr, atom.Time, atom.Span:
		return form{known: true}
	}
	return form{}
}
