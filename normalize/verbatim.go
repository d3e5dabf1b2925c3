package normalize

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aggregator/fetcher"
)

// Verbatim is the body of a front-matter file for people who continue an
// archive: the origin's body element as it was, boilerplate and comments
// included. Scripts, frames, event handlers and javascript: addresses are
// dropped, addresses made absolute, and every picture gets the referrerpolicy
// without which sinaimg.cn does not show it. The image is the body's first.
func Verbatim(raw, base string) (body, image string) {
	panicked := guarded(func() {
		root := parseFragment(keepComments(raw))
		v := verbatim{base: parseBase(base)}
		v.children(root)
		body, image = bareComments(render(root)), firstImage(root)
	})
	if panicked != nil {
		return fetcher.Paragraphs(visibleText(raw)), ""
	}
	return body, image
}

type verbatim struct{ base *url.URL }

func (v verbatim) children(n *html.Node) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		if child.Type == html.ElementNode {
			if isActive(child) {
				n.RemoveChild(child)
			} else {
				v.attributes(child)
				v.children(child)
			}
		}
		child = next
	}
}

// isActive tells whether an element runs, or loads, something of its own.
func isActive(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Iframe, atom.Frame, atom.Frameset, atom.Object, atom.Embed, atom.Applet,
		atom.Base, atom.Meta, atom.Link, atom.Svg, atom.Math, atom.Template, atom.Noscript:
		return true
	}
	return n.Data == "portal"
}

func (v verbatim) attributes(n *html.Node) {
	var kept []html.Attribute
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "srcdoc", a.Key == "style" && scripted.MatchString(a.Val), a.Key == "referrerpolicy" && n.DataAtom == atom.Img:
			continue
		case isAddress(a.Key) && strings.TrimSpace(a.Val) != "":
			if a.Key != "src" && drawn(a.Val) {
				continue
			}
			if a.Val = v.address(a.Val); a.Val == "" {
				continue
			}
		}
		kept = append(kept, a)
	}
	if n.DataAtom == atom.Img {
		if src := attr(n, "src"); src == "" {
			kept = withSource(kept, link(source(n), v.base, false))
		}
		kept = append(kept, html.Attribute{Key: "referrerpolicy", Val: "no-referrer"})
	}
	n.Attr = kept
}

// scripted matches style sheets by which old browsers ran scripts.
var scripted = regexp.MustCompile(`(?i)javascript:|vbscript:|expression\s*\(|-moz-binding|behavior\s*:`)

func isAddress(key string) bool {
	switch key {
	case "href", "src", "action", "formaction", "poster", "background", "data", "cite", "longdesc", "xlink:href":
		return true
	}
	return false
}

// address makes an address absolute. One already so stays as it is, be it ever
// so odd; one that runs something is dropped.
func (v verbatim) address(s string) string {
	if runs(s) {
		return ""
	}
	if s = strings.TrimSpace(s); strings.HasPrefix(s, "//") {
		return "https:" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || v.base == nil {
		return s
	}
	return v.base.ResolveReference(u).String()
}

// runs tells whether an address is code, or a document that may hold some.
func runs(s string) bool {
	s = bareScheme(s)
	if strings.HasPrefix(s, "data:") {
		return !strings.HasPrefix(s, "data:image/")
	}
	return strings.HasPrefix(s, "javascript:") || strings.HasPrefix(s, "vbscript:")
}

// drawn tells whether an address is an SVG picture, which runs its scripts where
// it is a document of its own, and not where it is a picture.
func drawn(s string) bool { return strings.HasPrefix(bareScheme(s), "data:image/svg") }

// bareScheme is an address in lower case without what browsers overlook in it.
func bareScheme(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s))
}

func withSource(attrs []html.Attribute, src string) []html.Attribute {
	if src == "" {
		return attrs
	}
	return append([]html.Attribute{{Key: "src", Val: src}}, attrs...)
}
