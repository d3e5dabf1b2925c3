package normalize

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// body is a candidate for an article's content.
type body struct {
	content string // clean HTML
	image   string // its first picture
	raw     string // as it came
	from    string
	score   int
}

// choose returns the better of what the feed and what the page give, and why it
// is. Readability and linked data are asked only where the rule yields nothing
// good.
func choose(it fetcher.Item, p *page) (body, article.Verdict) {
	candidates := []body{feedBody(it)}
	if p != nil {
		candidates = append(candidates, p.byRule())
		if candidates[1].score < enough {
			candidates = append(candidates, p.byLinkedData(), p.byReadability())
		}
	}
	winner := candidates[0]
	if page := richest(candidates[1:]); page.beats(winner) {
		winner = page
	}
	return winner, verdict(candidates, winner)
}

// richest is the body with the most to read, the first of equals.
func richest(bodies []body) (best body) {
	for _, b := range bodies {
		if b.score > best.score {
			best = b
		}
	}
	return best
}

// beats tells whether a page's body is better than the feed's. The page's
// furniture makes its text longer, never better: a feed that gives nearly as
// much gives all, unless it says that it goes on. Only a rule is sure to have
// left the furniture out.
func (b body) beats(feed body) bool {
	switch {
	case b.score == 0 || b.score < feed.score:
		return false
	case b.from == "rule":
		return true
	}
	return !feed.nearly(b) || goesOn.MatchString(strings.TrimSpace(visibleText(feed.content)))
}

// goesOn matches the end of a text of which a feed gives only the beginning.
var goesOn = regexp.MustCompile(`(?i)(?:…|\.\.\.|\[(?:…|\.{3}|&#8230;)\]|(?:read more|continue reading|read the (?:rest|full (?:story|article))|(?:点击)?(?:阅读|查看|浏览)(?:全文|原文|更多|详情))[\s.…»>›→\])）】]*)$`)

// nearly tells whether there is about as much to read as in another body.
func (b body) nearly(other body) bool { return b.score*10 >= other.score*6 }

// verdict says of each candidate why it is not the winner.
func verdict(candidates []body, winner body) article.Verdict {
	var v article.Verdict
	if winner.content != "" {
		v.From = winner.from
	}
	for _, b := range candidates {
		c := article.Candidate{From: b.from, Score: b.score}
		switch {
		case b.from == v.From:
		case b.content == "":
			c.Why = "yields nothing"
		case b.score <= winner.score:
			c.Why = "has no more to read"
		default: // the winner is the feed's
			c.Why = "has little more than the feed, which is without furniture"
		}
		v.Candidates = append(v.Candidates, c)
	}
	return v
}

// enough is the score from which a rule's body is not doubted: a few
// sentences, or a picture with a line.
const enough = 60

// picture is what one counts in a score.
const picture = 50

// score is how much there is to read: characters, and pictures, which count
// as much as a short paragraph. Linked text counts little, for lists of links are
// no article.
func score(clean string) int {
	n, linked, inLink := 0, 0, false
	z := html.NewTokenizer(strings.NewReader(clean))
	for {
		switch t := z.Next(); t {
		case html.ErrorToken:
			return n + linked/4
		case html.TextToken:
			if k := letters(string(z.Text())); inLink {
				linked += k
			} else {
				n += k
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "img", "video":
				if t != html.EndTagToken {
					n += picture
				}
			case "a":
				inLink = t == html.StartTagToken
			}
		}
	}
}

// letters counts the letters and digits of a text. What most of a Chinese or an
// English one consists of is not looked up.
func letters(text string) (n int) {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c < utf8.RuneSelf:
			if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' {
				n++
			}
			i++
		case c >= 0xE5 && c <= 0xE9 && i+2 < len(text) && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80: // U+5000 to U+9FFF
			n++
			i += 3
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			switch {
			case r >= 0x2000 && r < 0x2040, r >= 0x3000 && r < 0x3005, r >= 0x3008 && r < 0x3020, r >= 0xff00 && r < 0xff10: // quotes, commas, brackets
			case r >= 0x4e00 && r <= 0x9fff, unicode.IsLetter(r), unicode.IsDigit(r):
				n++
			}
		}
	}
	return n
}

func feedBody(it fetcher.Item) body {
	raw := cmp.Or(strings.TrimSpace(it.Content), strings.TrimSpace(it.Summary))
	return newBody("feed", raw, ruleFor(nil, parseBase(it.Link)), parseBase(cmp.Or(it.Base, it.Link)))
}

func (p *page) byRule() body {
	if p.body == nil {
		return body{from: "rule"}
	}
	return newBody("rule", bareComments(render(p.body)), p.rule, p.url) // the page is still to be read by others
}

// byReadability guesses the body of a page that no rule knows.
func (p *page) byReadability() body {
	found, err := readability.FromDocument(p.doc, p.url)
	if err != nil || found.Node == nil {
		return body{from: "readability"}
	}
	return newBody("readability", render(found.Node), p.rule, p.url)
}

// wrapped makes a node the child of one, for cleaning works on children.
func wrapped(n *html.Node) *html.Node {
	root := parseFragment("")
	root.AppendChild(n)
	return root
}
