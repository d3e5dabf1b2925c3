package fetcher

import (
	"bytes"
	"cmp"
	"regexp"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// readRSS reads RSS 0.9 to 2.0, RDF among them.
func (w wire) readRSS(body []byte) (List, error) {
	feed, err := (&rss.Parser{}).Parse(bytes.NewReader(body))
	if err != nil {
		return List{}, badFeed("RSS", err)
	}
	list := List{Title: PlainText(feed.Title), TTL: cadence(feed.TTL, feed.Extensions), Next: w.older(atomLinks(feed.Extensions))}
	for _, in := range feed.Items {
		if in != nil {
			list.Items = append(list.Items, w.rssItem(in))
		}
	}
	return list, nil
}

func (w wire) rssItem(in *rss.Item) Item {
	x := extras(in.Extensions)
	it := Item{
		Title:     PlainText(cmp.Or(in.Title, x.title())),
		Link:      w.rssLink(in),
		Published: w.time(append([]string{in.PubDate}, x.published()...)...),
		Updated:   w.time(x.updated()...),
		Summary:   cmp.Or(in.Description, x.summary()),
		Content:   cmp.Or(in.Content, x.first("atom:content")),
		Author:    cmp.Or(personName(in.Author), personName(x.author())),
	}
	if in.GUID != nil {
		it.ID = strings.TrimSpace(in.GUID.Value)
		if it.Link == "" && in.GUID.IsPermalink != "false" {
			it.Link = w.link(it.ID)
		}
	}
	if in.Source != nil {
		it.Origin = in.Source.Title
	}
	for _, c := range in.Categories {
		it.Tags = appendText(it.Tags, c.Value)
	}
	for _, e := range in.Enclosures {
		it.enclose(absolute(w.base, e.URL), e.Type, e.Length)
	}
	w.add(&it, x)
	return it
}

// rssLink prefers the first link that is a web address as it stands: some
// items have a second one, for readers of other formats (PITFALLS G15).
func (w wire) rssLink(in *rss.Item) string {
	refs := in.Links
	for _, l := range atomLinks(in.Extensions) {
		if l.rel == "alternate" {
			refs = append(refs, l.href)
		}
	}
	for _, ref := range refs {
		if ref = strings.TrimSpace(ref); hasScheme(ref) && absolute(w.base, ref) != "" {
			return ref
		}
	}
	return w.link(refs...)
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

func hasScheme(ref string) bool { return scheme.MatchString(ref) }

// feedLink is a link with its relation.
type feedLink struct{ rel, href string }

// atomLinks are the Atom links of an RSS document.
func atomLinks(e ext.Extensions) (links []feedLink) {
	for _, l := range e["atom"]["link"] {
		links = append(links, feedLink{cmp.Or(l.Attrs["rel"], "alternate"), l.Attrs["href"]})
	}
	return links
}

// older returns the document that continues this one with older items (RFC
// 5005 §3 and §4).
func (w wire) older(links []feedLink) string {
	for _, rel := range []string{"next", "prev-archive"} {
		for _, l := range links {
			if next := absolute(w.base, l.href); l.rel == rel && next != w.base.String() {
				return next
			}
		}
	}
	return ""
}

var mailbox = regexp.MustCompile(`^\S+@\S+\s*\((.+)\)$`)

// personName returns the name in an RSS author, which is an e-mail address
// with the name in brackets or, more often, just a name.
func personName(author string) string {
	author = strings.TrimSpace(author)
	if m := mailbox.FindStringSubmatch(author); m != nil {
		return strings.TrimSpace(m[1])
	}
	return author
}
