package fetcher

import (
	"bytes"
	"cmp"
	"regexp"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// readRSS reads a canonical document of RSS 0.9 to 2.0, RDF and CDF among them.
func (w wire) readRSS(body []byte) (List, error) {
	feed, err := (&rss.Parser{}).Parse(bytes.NewReader(body))
	if err != nil {
		return List{}, badFeed("RSS", err)
	}
	list := List{Title: strings.TrimSpace(feed.Title), TTL: cadence(feed.TTL, feed.Extensions), Next: w.older(links(feed.Extensions)), Skip: skipOf(feed.SkipHours, feed.SkipDays)}
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
		ID:        x.id(),
		Base:      x.first("own:base"),
		Title:     strings.TrimSpace(cmp.Or(in.Title, x.title())),
		Link:      absolute(w.base, in.Link),
		Published: w.time(append([]string{in.PubDate}, x.published()...)...),
		Updated:   w.time(x.updated()...),
		Summary:   cmp.Or(w.text(in.Description), x.summary()),
		Content:   w.text(in.Content),
		Author:    cmp.Or(personName(in.Author), personName(x.author())),
	}
	it.Link = cmp.Or(it.Link, w.alternate(links(in.Extensions)))
	if in.GUID != nil && in.GUID.IsPermalink != "false" {
		it.Link = cmp.Or(it.Link, w.link(in.GUID.Value))
	}
	it.Link = cmp.Or(it.Link, w.link(x.all("own:about", "own:src")...))
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

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

func hasScheme(ref string) bool { return scheme.MatchString(ref) }

// link is an Atom link, in Atom or in other formats.
type link struct{ rel, href, mediaType, length string }

func links(e ext.Extensions) (all []link) {
	for _, l := range e["own"]["link"] {
		all = append(all, link{l.Attrs["rel"], l.Value, l.Attrs["type"], l.Attrs["length"]})
	}
	return all
}

// alternate returns the link to the page of an item: the first that is said to
// be one, else the first.
func (w wire) alternate(links []link) (first string) {
	for _, l := range links {
		href := absolute(w.base, l.href)
		if l.rel != "alternate" || href == "" {
			continue
		}
		if strings.Contains(l.mediaType, "html") {
			return href
		}
		first = cmp.Or(first, href)
	}
	return first
}

// older returns the document that continues this one with older items (RFC
// 5005 §3 and §4).
func (w wire) older(links []link) string {
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
