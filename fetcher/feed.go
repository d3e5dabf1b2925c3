package fetcher

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"
)

// readFeed reads RSS and Atom through gofeed's parsers of the formats
// themselves: its universal item loses what tells ids, dates and links apart
// (PITFALLS G13 to G15).
func (r *Reader) readFeed(doc *Document) (List, error) {
	base, err := url.Parse(doc.URL)
	if err != nil {
		return List{}, err
	}
	body := clean(doc.Body)
	w := wire{base: base, r: r}
	if head := bytes.TrimSpace(body); len(head) > 0 && head[0] == '{' {
		return w.readJSONFeed(head)
	}
	switch gofeed.DetectFeedType(bytes.NewReader(body)) {
	case gofeed.FeedTypeRSS:
		return salvage(body, r.limit(), func(body []byte) (List, error) {
			feed, err := (&rss.Parser{}).Parse(bytes.NewReader(body))
			if err != nil {
				return List{}, badFeed("RSS", err)
			}
			return w.rss(feed), nil
		})
	case gofeed.FeedTypeAtom:
		return salvage(body, r.limit(), func(body []byte) (List, error) {
			feed, err := (&atom.Parser{}).Parse(bytes.NewReader(body))
			if err != nil {
				return List{}, badFeed("Atom", err)
			}
			return w.atom(feed), nil
		})
	}
	return List{}, notFeed(body)
}

func badFeed(format string, err error) *Error {
	return &Error{Reason: ReasonParse, Err: fmt.Errorf("bad %s: %w", format, err)}
}

func notFeed(body []byte) *Error {
	head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 4096)]))
	text := "the answer is no feed"
	switch {
	case len(head) == 0:
		text = "the answer is empty"
	case bytes.Contains(head, []byte("<html")), bytes.HasPrefix(head, []byte("<!doctype html")):
		text = "the answer is a web page, not a feed"
	}
	return &Error{Reason: ReasonNotList, Err: errors.New(text)}
}

var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>`)

// undeclare removes the XML declaration: the bytes are UTF-8 by now, whatever
// it says.
func undeclare(body []byte) []byte {
	if loc := xmlDeclaration.FindIndex(body[:min(len(body), 1024)]); loc != nil {
		return body[loc[1]:]
	}
	return body
}

// wire maps the wire formats' items to ours.
type wire struct {
	base *url.URL
	r    *Reader
}

func (w wire) rss(feed *rss.Feed) List {
	list := List{Title: feed.Title}
	for _, in := range feed.Items {
		if in != nil {
			list.Items = append(list.Items, w.rssItem(in))
		}
	}
	return list
}

func (w wire) rssItem(in *rss.Item) Item {
	it := Item{
		Title:   PlainText(in.Title),
		Link:    w.link(in.Links...),
		Summary: in.Description,
		Content: in.Content,
		Author:  personName(in.Author),
	}
	dates := []string{in.PubDate}
	if dc := in.DublinCoreExt; dc != nil {
		dates = append(dates, dc.Date...)
		it.Author = cmp.Or(it.Author, strings.Join(dc.Creator, ", "))
	}
	it.Published = w.time(dates...)
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
		it.Tags = append(it.Tags, c.Value)
	}
	for _, e := range in.Enclosures {
		it.enclose(absolute(w.base, e.URL), e.Type, e.Length)
	}
	return it
}

func (w wire) atom(feed *atom.Feed) List {
	list := List{Title: PlainText(feed.Title)}
	for _, in := range feed.Entries {
		if in != nil {
			list.Items = append(list.Items, w.atomEntry(in))
		}
	}
	return list
}

func (w wire) atomEntry(in *atom.Entry) Item {
	it := Item{
		ID:        in.ID,
		Title:     PlainText(in.Title),
		Published: w.time(in.Published),
		Updated:   w.time(in.Updated),
		Summary:   in.Summary,
	}
	var names []string
	for _, p := range in.Authors {
		names = append(names, cmp.Or(p.Name, p.Email))
	}
	it.Author = strings.Join(names, ", ")
	if in.Content != nil {
		it.Content = in.Content.Value
	}
	if in.Source != nil {
		it.Origin = PlainText(in.Source.Title)
	}
	for _, c := range in.Categories {
		it.Tags = append(it.Tags, cmp.Or(c.Label, c.Term))
	}
	for _, l := range in.Links {
		switch l.Rel {
		case "", "alternate":
			it.Link = cmp.Or(it.Link, absolute(w.base, l.Href))
		case "enclosure":
			it.enclose(absolute(w.base, l.Href), l.Type, l.Length)
		}
	}
	return it
}

// link returns the first of the references that leads somewhere.
func (w wire) link(refs ...string) string {
	for _, ref := range refs {
		if s := absolute(w.base, ref); s != "" {
			return s
		}
	}
	return ""
}

// time returns the first of the texts that is a time.
func (w wire) time(texts ...string) (t time.Time) {
	for _, text := range texts {
		if t = ParseTime(text, w.r.src.Zone); !t.IsZero() {
			return t
		}
	}
	return t
}

func (it *Item) enclose(url, mediaType, length string) {
	if url == "" {
		return
	}
	n, _ := strconv.ParseInt(length, 10, 64) // an unreadable length is an unknown one
	it.Enclosures = append(it.Enclosures, Enclosure{URL: url, Type: mediaType, Length: max(0, n)})
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
