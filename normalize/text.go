package normalize

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// markup matches what only HTML has; a text without it is plain text, whose
// "<" and "&" mean themselves.
var markup = regexp.MustCompile(`(?i)</?[a-z][a-z0-9:-]*(?:\s[^<>]*)?/?>|<!--|<!doctype|<\?xml|<!\[CDATA\[|&(?:#\d+|#x[0-9a-f]+|[a-z]+\d?);`)

// asHTML makes HTML of a text that may be HTML already.
func asHTML(s string) string {
	if s == "" || markup.MatchString(s[:min(len(s), 100)]) || markup.MatchString(s) { // what most HTML begins with says it
		return s
	}
	return fetcher.Paragraphs(s)
}

// summary is the plain text of what a list says of an item, on one line.
func summary(s string) string {
	const longest = 1000 // more is no summary
	if markup.MatchString(s) {
		s = visibleText(s)
	}
	s = article.CleanTitle(s)
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest]) + "…"
	}
	return s
}

// visibleText is the text of HTML with white space between blocks.
func visibleText(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	hidden := false // in a script or a style sheet
	for {
		switch t := z.Next(); t {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if !hidden {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			if n := string(name); n == "script" || n == "style" {
				hidden = t == html.StartTagToken
			} else if n == "br" || elements[n].block {
				b.WriteByte('\n')
			}
		}
	}
}

// nodeText is the text under a node, on one line.
func nodeText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return article.CleanTitle(b.String())
}

// blank tells whether s shows nothing.
func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }) < 0
}
