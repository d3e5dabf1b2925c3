package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// gatherSources gives the picture of a <picture> the address of its first
// source, where it has none of its own, and takes the sources away.
func gatherSources(n *html.Node) {
	var sources []*html.Node
	var img *html.Node
	for d := range n.Descendants() {
		switch {
		case d.DataAtom == atom.Source:
			sources = append(sources, d)
		case d.DataAtom == atom.Img && img == nil:
			img = d
		}
	}
	if img == nil {
		img = &html.Node{Type: html.ElementNode, Data: "img", DataAtom: atom.Img}
		n.AppendChild(img)
	}
	for _, s := range sources {
		if source(img) == "" {
			img.Attr = append(withoutAttr(img.Attr, "src"), html.Attribute{Key: "src", Val: source(s)})
		}
		s.Parent.RemoveChild(s)
	}
}

func withoutAttr(attrs []html.Attribute, key string) (kept []html.Attribute) {
	for _, a := range attrs {
		if a.Key != key {
			kept = append(kept, a)
		}
	}
	return kept
}

// noscript keeps a picture that is there for readers without scripts, since a
// script would show it; where the picture that the script shows stands beside
// it, that is enough. What else stands there asks for scripts to be allowed.
func (c cleaner) noscript(n *html.Node) {
	if nodeText(n) != "" || c.pictured(n.PrevSibling, prev) || c.pictured(n.NextSibling, next) {
		n.Parent.RemoveChild(n)
		return
	}
	c.children(n)
	for d := range n.Descendants() {
		c.revealed[d] = true
	}
	unwrapNode(n)
}

func prev(n *html.Node) *html.Node { return n.PrevSibling }
func next(n *html.Node) *html.Node { return n.NextSibling }

// pictured tells whether the first element from n on is, or holds, a picture
// that is shown.
func (c cleaner) pictured(n *html.Node, step func(*html.Node) *html.Node) bool {
	for n != nil && (n.Type != html.ElementNode || n.DataAtom == atom.Br) {
		if n.Type == html.TextNode && !blank(n.Data) {
			return false
		}
		n = step(n)
	}
	if n == nil || n.DataAtom == atom.Noscript {
		return false
	}
	for d := range n.Descendants() {
		if c.pictures(d) {
			return true
		}
	}
	return c.pictures(n)
}

func (c cleaner) pictures(n *html.Node) bool {
	return n.DataAtom == atom.Img && !c.revealed[n] && link(source(n), c.base, false) != ""
}

// plays tells whether an element shows what its sources hold.
func plays(n *html.Node) bool { return n.DataAtom == atom.Video || n.DataAtom == atom.Audio }

func hasSource(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Source {
			return true
		}
	}
	return attr(n, "src") != ""
}

// orphan tells whether a <source> is none: without an address, or of nothing
// that plays.
func orphan(n *html.Node) bool {
	return n.DataAtom == atom.Source && (attr(n, "src") == "" || !plays(n.Parent))
}

// isStyledPixel tells whether a style makes a picture invisible.
func isStyledPixel(style string) bool {
	if style == "" {
		return false
	}
	style = ";" + strings.ToLower(strings.ReplaceAll(style, " ", ""))
	for _, hidden := range []string{";display:none", ";visibility:hidden", ";width:0", ";width:1px", ";height:0", ";height:1px"} {
		_, rest, found := strings.Cut(style, hidden)
		if found && (rest == "" || strings.ContainsAny(rest[:1], ";!p")) {
			return true
		}
	}
	return false
}
