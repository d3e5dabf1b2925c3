package feedout

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"aggregator/normalize/article"
)

// rss is an RSS 2.0 document. The elements of RSS alone can name neither an
// author without an address of mail nor the whole text: those are of Dublin
// Core and of the content module.
type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Content string     `xml:"xmlns:content,attr"`
	Dublin  string     `xml:"xmlns:dc,attr"`
	Media   string     `xml:"xmlns:media,attr"`
	History string     `xml:"xmlns:fh,attr,omitempty"`
	Channel rssChannel `xml:"channel"`
}

// rssChannel is RSS 2.0, "Required channel elements" and "Optional channel
// elements".
type rssChannel struct {
	Title       rssText    `xml:"title"`
	Link        string     `xml:"link"`
	Description rssText    `xml:"description"`
	Links       []atomLink `xml:"atom:link"`
	Language    string     `xml:"language,omitempty"`
	Copyright   *rssText   `xml:"copyright"`
	Built       string     `xml:"lastBuildDate"`
	Generator   string     `xml:"generator"`
	Complete    *none      `xml:"fh:complete"`
	Archive     *none      `xml:"fh:archive"`
	Items       []rssItem  `xml:"item"`
}

// rssItem is RSS 2.0, "Elements of <item>". The description comes before the
// content: readers that know one text only take the last.
type rssItem struct {
	Title       rssText         `xml:"title"`
	Link        string          `xml:"link,omitempty"`
	Description rssText         `xml:"description"`
	Content     *rssText        `xml:"content:encoded"`
	Creator     *rssText        `xml:"dc:creator"`
	Categories  []rssText       `xml:"category"`
	Enclosure   *rssEnclosure   `xml:"enclosure"`
	GUID        rssGUID         `xml:"guid"`
	Published   string          `xml:"pubDate,omitempty"`
	Source      *rssSource      `xml:"source"`
	Thumbnail   *mediaThumbnail `xml:"media:thumbnail"`
}

// rssText is text that is escaped already: see text.go.
type rssText struct {
	Body string `xml:",innerxml"`
}

// rssEnclosure has three attributes, all required; one an item.
type rssEnclosure struct {
	URL    string `xml:"url,attr"`
	Length int64  `xml:"length,attr"`
	Type   string `xml:"type,attr"`
}

// rssGUID says that it is no address, which it would be by default.
type rssGUID struct {
	PermaLink bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

// rssSource is the feed an item came from.
type rssSource struct {
	URL  string `xml:"url,attr"`
	Name string `xml:",innerxml"`
}

const rssType = "application/rss+xml"

// FeedXml makes an rss a feeds.XmlFeed.
func (r *rss) FeedXml() any { return r }

// RSS writes the feed as an RSS 2.0 document. Like Atom it refuses what has no
// id.
func (f *Feed) RSS() ([]byte, error) {
	if err := f.identified(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := feeds.WriteXML(f.rss(), &b); err != nil {
		return nil, fmt.Errorf("write rss: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (f *Feed) rss() *rss {
	title := f.title()
	c := rssChannel{
		Title:       rssText{bareText(title)},
		Link:        cmp.Or(uri(f.Site), uri(f.Self)),
		Description: rssText{bareText(cmp.Or(line(f.Subtitle), title))},
		Links:       f.rssLinks(),
		Language:    f.Language,
		Built:       rssDate(f.updated()),
		Generator:   "aggregator",
		Complete:    element(f.History.Complete),
		Archive:     element(f.History.Archive),
	}
	if rights := line(f.Rights); rights != "" {
		c.Copyright = &rssText{bareText(rights)}
	}
	for i := range f.Articles {
		c.Items = append(c.Items, f.rssItem(&f.Articles[i]))
	}
	return &rss{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Media: mediaNamespace, History: f.History.namespace(), Channel: c,
		Content: "http://purl.org/rss/1.0/modules/content/", Dublin: "http://purl.org/dc/elements/1.1/",
	}
}

// rssLinks are the document's own address (RSS Advisory Board, Best Practices,
// "atom:link"), its hub (WebSub §4) and its neighbours (RFC 5005 §4).
func (f *Feed) rssLinks() []atomLink {
	links := present([]atomLink{
		{Rel: "self", Type: rssType, Href: uri(f.selfAs(rssSuffix))},
		{Rel: "hub", Href: uri(f.Hub)},
	})
	return append(links, f.History.links(rssType, rssSuffix)...)
}

func (f *Feed) rssItem(a *article.Article) rssItem {
	it := rssItem{
		Title:       rssText{bareText(entryTitle(a))},
		Link:        uri(a.Link),
		Description: rssText{escapeMarkup(html.EscapeString(teaser(a)))},
		Enclosure:   enclosed(a.Enclosures),
		GUID:        rssGUID{ID: a.ID},
		Source:      f.rssSource(a),
	}
	if text := htmlText(content(a)); text != nil {
		it.Content = &rssText{text.Body}
	}
	if author := personName(a.Author); author != "" {
		it.Creator = &rssText{bareText(author)}
	}
	for _, c := range f.atomCategories(a.Categories) {
		it.Categories = append(it.Categories, rssText{bareText(c.Term)})
	}
	if !a.Published.IsZero() {
		it.Published = rssDate(a.Published)
	}
	if image := uri(a.Image); image != "" {
		it.Thumbnail = &mediaThumbnail{URL: image}
	}
	return it
}

// rssSource names the feed of the article's source, but not in that feed.
func (f *Feed) rssSource(a *article.Article) *rssSource {
	origin := f.Sources[a.Source]
	address := uri(origin.Feed)
	if address == "" || line(origin.Title) == "" || origin.Feed == f.selfAs(rssSuffix) {
		return nil
	}
	return &rssSource{URL: address, Name: bareText(line(origin.Title))}
}

// enclosed is the first enclosure of a known type, or else the first: RSS has room
// for one.
func enclosed(list []article.Enclosure) (first *rssEnclosure) {
	for _, e := range list {
		file, kind := uri(e.URL), mediaType(e.Type)
		if file == "" || kind == "" && first != nil {
			continue
		}
		one := &rssEnclosure{URL: file, Length: max(e.Length, 0), Type: cmp.Or(kind, unknownType)}
		if kind != "" {
			return one
		}
		first = one
	}
	return first
}

// teaser is the summary, or how the text begins; never empty.
func teaser(a *article.Article) string {
	return cmp.Or(line(a.Summary), shorten(line(textOf(clean(a.Content)))), entryTitle(a))
}

// reference is what a reader takes for a character reference of HTML.
var reference = regexp.MustCompile(`&#?\w+;`)

// bareText is for the elements of RSS that cannot say whether they hold text
// or HTML: what could be taken for markup is taken out of it.
func bareText(s string) string {
	if strings.Contains(s, "</") || reference.MatchString(s) {
		s = strings.ReplaceAll(cmp.Or(line(textOf(s)), s), "</", "< /")
	}
	return escapeText(s)
}

// rssDate writes t as RFC 822 §5 has it, with the year of four digits that RSS
// prefers.
func rssDate(t time.Time) string {
	return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
}
