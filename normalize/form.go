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
	inForm
	inButton
	inItem
	inTerm
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
	other bool   // known to the reader alone: what is rendered of it may read otherwise
	block bool   // not in a paragraph
	void  bool   // has no end
	raw   bool   // holds text alone
	self  around // not within itself,
	apart around // unless within this
}

// fits tells whether an element may stand where it is in a parent.
func (f form) fits(a atom.Atom, in around, parent atom.Atom) bool {
	return f.known && (!f.block || in&inParagraph == 0) && in&f.self == 0 && nests(parent, a)
}

// holdsText tells whether HTML's parser leaves a text in a parent where it is; but for
// white space it takes it out of the frame of a table, and out of a head.
func holdsText(parent atom.Atom, text string) bool {
	switch parent {
	case atom.Head, atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr:
		return strings.Trim(text, whitespace) == ""
	}
	return true
}

const whitespace = " \t\r\n\f"

// nests tells whether a parent may hold an element, and this stand there.
func nests(parent, a atom.Atom) bool {
	switch parent {
	case atom.Head:
		return a == atom.Meta || a == atom.Link || a == atom.Base || a == atom.Title || a == atom.Script || a == atom.Style
	case atom.Table:
		return a == atom.Tbody || a == atom.Thead || a == atom.Tfoot
	case atom.Tbody, atom.Thead, atom.Tfoot:
		return a == atom.Tr
	case atom.Tr:
		return a == atom.Td || a == atom.Th
	case atom.Select:
		return a == atom.Option || a == atom.Optgroup
	case atom.Optgroup:
		return a == atom.Option
	case atom.Option:
		return false
	}
	switch a {
	case atom.Rt, atom.Rp:
		return parent == atom.Ruby
	case atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Option, atom.Optgroup:
		return false
	}
	return true
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
	case atom.Ul, atom.Ol:
		return form{known: true, block: true, apart: inItem}
	case atom.Div, atom.Blockquote, atom.Figure, atom.Figcaption, atom.Details, atom.Summary,
		atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Address, atom.Center:
		return form{known: true, block: true}
	case atom.Li:
		return form{known: true, block: true, self: inItem}
	case atom.Dl:
		return form{known: true, block: true, apart: inTerm}
	case atom.Dt, atom.Dd:
		return form{known: true, block: true, self: inTerm}
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
	case atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr, atom.Td, atom.Th:
		return form{known: true, block: true}
	case atom.Pre, atom.Listing, atom.Fieldset, atom.Hgroup, atom.Search, atom.Dialog, atom.Menu, atom.Dir:
		return form{known: true, other: true, block: true}
	case atom.Form:
		return form{known: true, other: true, block: true, self: inForm}
	case atom.Button:
		return form{known: true, other: true, self: inButton}
	case atom.Script, atom.Style, atom.Title, atom.Textarea, atom.Iframe:
		return form{known: true, other: true, raw: true}
	case atom.Meta, atom.Link, atom.Base, atom.Input, atom.Area, atom.Embed, atom.Source, atom.Track, atom.Param:
		return form{known: true, other: true, void: true}
	case atom.Svg, atom.Noscript, atom.Label, atom.Legend, atom.Select, atom.Optgroup, atom.Option, atom.Output, atom.Picture, atom.Video, atom.Audio, atom.Canvas,
		atom.Object, atom.Map, atom.Ruby, atom.Rt, atom.Rp, atom.Bdi, atom.Bdo, atom.Progress, atom.Meter, atom.Data, atom.Acronym:
		return form{known: true, other: true}
	}
	return form{}
}
