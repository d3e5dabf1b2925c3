package normalize

import (
	"cmp"
	"strings"
	"unicode"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"

	"aggregator/fetcher"
)

// body is a candidate for an article's content.
type body struct {
	content string // clean HTML
	image   string // its first picture
	raw     []byte // as it came, of a page
	from    string
	score   int
}

// best returns the better of what the feed and what the page give. The page's
// furniture makes its text longer, never better: a feed that gives nearly as
// much gives all.
func best(it fetcher.Item, p *page) body {
	feed := feedBody(it)
	page := p.byRule()
	if page.score < enough {
		for _, other := range []body{p.byLinkedData(), p.byReadability()} {
			if other.score > page.score {
				page = other
			}
		}
	}
	if page.score == 0 || feed.score*10 >= page.score*6 && page.score < feed.score {
		return feed
	}
	if page.from != "rule" && feed.score*10 >= page.score*6 {
		return feed
	}
	return page
}

// enough is the score from which a rule's body is not doubted: a few
// sentences, or a picture with a line.
const enough = 60

// score is how much there is to read: characters, and pictures, which count
// as much as a short paragraph.
func score(clean string) int {
	n := 0
	for _, r := range visibleText(clean) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n + 50*strings.Count(clean, "<img ") + 50*strings.Count(clean, "<video")
}

func feedBody(it fetcher.Item) body {
	root := parseFragment(asHTML(cmp.Or(strings.TrimSpace(it.Content), strings.TrimSpace(it.Summary))))
	link := parseBase(it.Link)
	ruleFor(nil, link).remove(root) // others' feeds of a site hold its furniture too
	b := body{from: "feed"}
	b.content, b.image = cleanNode(root, parseBase(cmp.Or(it.Base, it.Link)))
	if b.score = score(b.content); b.content == "" {
		b.from = ""
	}
	return b
}

func (p *page) byRule() body {
	if p == nil || p.body == nil {
		return body{}
	}
	b := body{from: "rule", raw: bareComments([]byte(renderInner(p.body)))}
	copied := parseFragment(string(b.raw)) // the page is still to be read by others
	p.rule.remove(copied)
	b.content, b.image = cleanNode(copied, p.url)
	b.score = score(b.content)
	return b
}

// byReadability guesses the body of a page that no rule knows.
func (p *page) byReadability() body {
	if p == nil {
		return body{}
	}
	found, err := readability.FromDocument(p.doc, p.url)
	if err != nil || found.Node == nil {
		return body{}
	}
	b := body{from: "readability", raw: []byte(renderInner(found.Node))}
	p.rule.remove(found.Node)
	b.content, b.image = cleanNode(wrapped(found.Node), p.url)
	b.score = score(b.content)
	return b
}

// wrapped makes a node the child of one, for cleaning works on children.
func wrapped(n *html.Node) *html.Node {
	if n.Parent != nil {
		n.Parent.RemoveChild(n)
	}
	root := parseFragment("")
	root.AppendChild(n)
	return root
}
