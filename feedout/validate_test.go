package feedout

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// node is an XML element.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

const atomNamespace = "http://www.w3.org/2005/Atom"

func (n *node) name() string { return n.XMLName.Local }

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// all returns the children of a name.
func (n *node) all(name string) []node {
	var list []node
	for _, c := range n.Nodes {
		if c.name() == name {
			list = append(list, c)
		}
	}
	return list
}

func (n *node) text(name string) string {
	for _, c := range n.all(name) {
		return c.Text
	}
	return ""
}

// validator collects what is wrong with an Atom document: the rules of RFC
// 4287, and those things a public feed validator warns of.
type validator struct{ problems []string }

func (v *validator) check(ok bool, section, format string, args ...any) {
	if !ok {
		v.problems = append(v.problems, section+": "+fmt.Sprintf(format, args...))
	}
}

func validateAtom(document []byte) (*node, []string) {
	var feed node
	if err := xml.Unmarshal(document, &feed); err != nil {
		return nil, []string{"§2: not well-formed: " + err.Error()}
	}
	v := &validator{}
	v.check(feed.XMLName == xml.Name{Space: atomNamespace, Local: "feed"}, "§2", "root is %v", feed.XMLName)
	v.feed(&feed)
	v.characters(&feed)
	return &feed, v.problems
}

func (v *validator) feed(feed *node) {
	v.count(feed, "§4.1.1", "id title updated", 1, 1)
	v.count(feed, "§4.1.1", "subtitle generator icon logo rights", 0, 1)
	v.count(feed, "§4.1.1", "author", 1, 99)
	v.common(feed, "id title subtitle updated author link generator icon rights category complete archive entry")
	v.history(feed)
	v.check(len(links(feed, "self")) == 1, "§4.1.1", "feed should have a self link")
	v.check(feed.attr("lang") != "", "§2", "no xml:lang")
	for _, g := range feed.all("generator") {
		v.check(g.attr("version") == "" && isURI(g.attr("uri")), "§4.2.4", "generator %v", g.Attrs)
	}
	var ids, updates []string
	var newest time.Time
	entries := feed.all("entry")
	for i := range entries {
		v.entry(&entries[i])
		ids = append(ids, entries[i].text("id"))
		updates = append(updates, entries[i].text("updated"))
		newest = latest(newest, parsed(entries[i].text("updated")))
	}
	v.check(distinct(ids), "§4.1.1", "two entries have the same id")
	v.check(distinct(updates), "warning", "two entries have the same updated")
	v.check(newest.IsZero() || newest.Equal(parsed(feed.text("updated"))), "§4.2.15", "feed is not updated with its newest entry")
	first := slices.IndexFunc(feed.Nodes, func(n node) bool { return n.name() == "entry" })
	v.check(first < 0 || len(feed.Nodes)-first == len(entries), "warning", "metadata follow entries")
}

// history checks the rules of RFC 5005, and what the W3C's validator asks of
// archives beyond them.
func (v *validator) history(feed *node) {
	v.count(feed, "RFC 5005 §2", "complete archive", 0, 1)
	for _, n := range append(feed.all("complete"), feed.all("archive")...) {
		v.check(n.XMLName.Space == historyNamespace && n.Text == "" && n.Nodes == nil, "RFC 5005 §2", "%v", n)
	}
	rels := map[string]int{}
	for _, l := range feed.all("link") {
		rels[l.attr("rel")]++
	}
	for rel, n := range rels {
		v.check(n == 1, "RFC 5005 §4", "%d links %s", n, rel)
	}
	neighbours := rels["prev-archive"] + rels["next-archive"]
	if len(feed.all("complete")) > 0 {
		v.check(neighbours+rels["current"]+len(feed.all("archive")) == 0, "RFC 5005 §2", "a complete feed has neighbours")
	}
	if len(feed.all("archive")) > 0 {
		v.check(neighbours > 0 && rels["current"] == 1, "RFC 5005 §4", "an archive without neighbours")
		for _, current := range links(feed, "current") {
			same := slices.ContainsFunc(links(feed, "self"), func(l node) bool { return l.attr("href") == current.attr("href") })
			v.check(!same, "RFC 5005 §4", "an archive to subscribe to")
		}
	}
	v.check(rels["next-archive"] == 0 || rels["current"] == 1, "RFC 5005 §4", "next-archive in the current document")
}

func (v *validator) entry(e *node) {
	v.count(e, "§4.1.2", "id title updated", 1, 1)
	v.count(e, "§4.1.2", "content published rights source summary", 0, 1)
	v.common(e, "id title updated published author contributor link category thumbnail summary content")
	alternates := links(e, "alternate")
	v.check(len(e.all("content")) == 1 || len(alternates) > 0, "§4.1.2", "neither content nor alternate")
	v.check(len(e.all("content"))+len(e.all("summary")) > 0, "warning", "no text")
	v.check(len(alternates) <= 1, "§4.1.2", "%d alternates of one type", len(alternates))
	terms := []string{}
	for _, c := range e.all("category") {
		terms = append(terms, c.attr("term"))
		v.check(c.attr("term") != "", "§4.2.2.1", "category without term")
		v.check(c.attr("scheme") == "" || strings.Contains(c.attr("scheme"), ":"), "§4.2.2.2", "scheme %q", c.attr("scheme"))
		v.check(!strings.ContainsAny(c.attr("label"), "<&"), "warning", "label %q looks like markup", c.attr("label"))
	}
	v.check(distinct(terms), "§4.2.2", "category twice: %q", terms)
}

// common checks the children that feeds and entries share.
func (v *validator) common(n *node, known string) {
	tag := regexp.MustCompile(`^tag:[a-z0-9.\-]+,\d{4}(-\d{2}(-\d{2})?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]+$`)
	v.check(tag.MatchString(n.text("id")), "§4.2.6", "id %q", n.text("id"))
	for _, c := range n.Nodes {
		v.check(slices.Contains(strings.Fields(known), c.name()), "§6", "%s in %s", c.name(), n.name())
		switch c.name() {
		case "title", "subtitle", "summary", "rights", "content":
			v.textConstruct(&c)
		case "author", "contributor":
			v.count(&c, "§3.2", "name", 1, 1)
			v.check(strings.TrimSpace(c.text("name")) != "", "§3.2.1", "empty name")
			v.check(!looksLikeMarkup(c.text("name")), "warning", "name %q looks like markup", c.text("name"))
		case "updated", "published":
			v.date(c.Text)
		case "link":
			v.link(&c)
		case "thumbnail":
			v.check(isURI(c.attr("url")), "media", "thumbnail %q", c.attr("url"))
		}
	}
}

func (v *validator) count(n *node, section, names string, least, most int) {
	for _, name := range strings.Fields(names) {
		got := len(n.all(name))
		v.check(least <= got && got <= most, section, "%d %s in %s", got, name, n.name())
	}
}

func (v *validator) textConstruct(n *node) {
	kind := n.attr("type")
	v.check(kind == "text" || kind == "html", "§3.1.1", "%s type %q", n.name(), kind)
	v.check(len(n.Nodes) == 0, "§3.1.1.1", "%s has elements", n.name())
	v.check(strings.TrimSpace(n.Text) != "", "warning", "%s is blank", n.name())
	v.check(kind == "html" || !looksLikeMarkup(n.Text), "warning", "%s %q looks like markup", n.name(), n.Text)
}

func (v *validator) date(s string) {
	t, err := time.Parse(time.RFC3339Nano, s)
	v.check(err == nil, "§3.3", "date %q", s)
	v.check(t.Year() >= 1990, "warning", "implausible date %q", s)
}

func (v *validator) link(l *node) {
	rels := []string{"self", "alternate", "via", "enclosure", "hub", "current", "prev-archive", "next-archive"}
	v.check(isURI(l.attr("href")), "§4.2.7.1", "href %q", l.attr("href"))
	v.check(slices.Contains(rels, l.attr("rel")), "§4.2.7.2", "rel %q", l.attr("rel"))
	kind := regexp.MustCompile(`^([^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+)?$`)
	v.check(kind.MatchString(l.attr("type")), "§4.2.7.3", "type %q", l.attr("type"))
	length := regexp.MustCompile(`^([1-9][0-9]*)?$`)
	v.check(length.MatchString(l.attr("length")), "§4.2.7.6", "length %q", l.attr("length"))
}

// characters looks for what XML 1.0 §2.2 discourages, and for the sign that a
// character was lost.
func (v *validator) characters(n *node) {
	texts := []string{n.Text}
	for _, a := range n.Attrs {
		texts = append(texts, a.Value)
	}
	for _, s := range texts {
		bad := strings.ContainsFunc(s, func(r rune) bool { return cleanRune(r) != r })
		v.check(!bad, "warning", "%s has bad characters: %q", n.name(), s)
	}
	for i := range n.Nodes {
		v.characters(&n.Nodes[i])
	}
}

func links(n *node, rel string) []node {
	return slices.DeleteFunc(n.all("link"), func(l node) bool { return l.attr("rel") != rel })
}

func looksLikeMarkup(s string) bool {
	return regexp.MustCompile(`</\w+>`).MatchString(s)
}

// isURI tells whether s is an absolute URI of RFC 3986, not merely an IRI.
func isURI(s string) bool {
	chars := regexp.MustCompile(`^https?://(\[[0-9A-Fa-f:.%a-z]+\])?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]*$`)
	escapes := regexp.MustCompile(`%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)`)
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && chars.MatchString(s) && !escapes.MatchString(s)
}

func parsed(s string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t
}

func distinct(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) == len(list)
}
