package feedout

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"

	"github.com/gorilla/feeds"
)

// The structs are ours because those of gorilla/feeds cannot carry a valid
// modern feed: one link, no published, a category as text, a source as text.
// Its WriteXML writes them.

// atomFeed is the atom:feed element, RFC 4287 §4.1.1. All metadata precede the
// entries, so that a streaming reader knows the feed before its first entry.
type atomFeed struct {
	XMLName   xml.Name      `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string        `xml:"xml:lang,attr,omitempty"`
	Media     string        `xml:"xmlns:media,attr"`
	History   string        `xml:"xmlns:fh,attr,omitempty"`
	ID        string        `xml:"id"`
	Title     atomText      `xml:"title"`
	Subtitle  *atomText     `xml:"subtitle"`
	Updated   string        `xml:"updated"`
	Author    atomPerson    `xml:"author"`
	Links     []atomLink    `xml:"link"`
	Generator atomGenerator `xml:"generator"`
	Icon      string        `xml:"icon,omitempty"`
	Rights    *atomText     `xml:"rights"`
	Complete  *none         `xml:"fh:complete"`
	Archive   *none         `xml:"fh:archive"`
	Entries   []atomEntry   `xml:"entry"`
}

// atomEntry is the atom:entry element, RFC 4287 §4.1.2.
type atomEntry struct {
	ID          string          `xml:"id"`
	Title       atomText        `xml:"title"`
	Updated     string          `xml:"updated"`
	Published   string          `xml:"published,omitempty"`
	Author      *atomPerson     `xml:"author"`
	Contributor *atomPerson     `xml:"contributor"`
	Links       []atomLink      `xml:"link"`
	Categories  []atomCategory  `xml:"category"`
	Thumbnail   *mediaThumbnail `xml:"media:thumbnail"`
	Summary     *atomText       `xml:"summary"`
	Content     *atomText       `xml:"content"`
}

// atomText is a text construct, RFC 4287 §3.1, or an atom:content, §4.1.3.
// Body is escaped already: see text.go.
type atomText struct {
	Type string `xml:"type,attr"`
	Body string `xml:",innerxml"`
}

// atomPerson is a person construct, RFC 4287 §3.2.
type atomPerson struct {
	Name atomName `xml:"name"`
}

type atomName struct {
	Body string `xml:",innerxml"`
}

// atomLink is RFC 4287 §4.2.7.
type atomLink struct {
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr,omitempty"`
	Href   string `xml:"href,attr"`
	Length int64  `xml:"length,attr,omitempty"`
}

// atomCategory is RFC 4287 §4.2.2.
type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

// atomGenerator is RFC 4287 §4.2.4, without a version: an upgrade of the
// program must not change a document.
type atomGenerator struct {
	URI  string `xml:"uri,attr,omitempty"`
	Name string `xml:",chardata"`
}

// mediaThumbnail is the picture that readers show in their lists (Media RSS).
type mediaThumbnail struct {
	URL string `xml:"url,attr"`
}

const (
	mediaNamespace = "http://search.yahoo.com/mrss/"
	atomType       = "application/atom+xml"
	htmlType       = "text/html"
)

// FeedXml makes an atomFeed a feeds.XmlFeed.
func (f *atomFeed) FeedXml() any { return f }

var _ feeds.XmlFeed = (*atomFeed)(nil)

// Atom writes the feed as an Atom document (RFC 4287). It refuses a feed or an
// article without an id: a made-up one would make every entry new to readers.
func (f *Feed) Atom() ([]byte, error) {
	wire, err := f.atom()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(wire.size())
	if err := feeds.WriteXML(wire, &b); err != nil {
		return nil, fmt.Errorf("write atom: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// size is about the length of the document: growing to it would copy the
// contents several times.
func (f *atomFeed) size() int {
	n := 2 << 10
	for _, e := range f.Entries {
		n += 2 << 10
		if e.Content != nil {
			n += len(e.Content.Body)
		}
	}
	return n
}

func (f *Feed) atom() (*atomFeed, error) {
	if err := f.identified(); err != nil {
		return nil, err
	}
	title := f.title()
	wire := &atomFeed{
		Lang:      f.Language,
		Media:     mediaNamespace,
		History:   f.History.namespace(),
		ID:        f.ID,
		Title:     *plainText(title),
		Subtitle:  plainText(line(f.Subtitle)),
		Author:    *cmp.Or(person(title), person(f.ID)),
		Links:     f.atomLinks(),
		Generator: atomGenerator{URI: uri(cmp.Or(f.Generator, f.Site)), Name: "aggregator"},
		Icon:      uri(f.Icon),
		Rights:    plainText(line(f.Rights)),
		Complete:  element(f.History.Complete),
		Archive:   element(f.History.Archive),
		Entries:   make([]atomEntry, len(f.Articles)),
	}
	for i := range f.Articles {
		wire.Entries[i] = f.atomEntry(&f.Articles[i])
	}
	f.setUpdated(wire)
	return wire, nil
}

// atomLinks are the links of the feed itself. There is at most one of a
// relation and type, as RFC 4287 §4.1.1 asks of rel="alternate".
func (f *Feed) atomLinks() []atomLink {
	links := present([]atomLink{
		{Rel: "self", Type: atomType, Href: uri(f.selfAs(atomSuffix))},
		{Rel: "alternate", Type: htmlType, Href: uri(f.Site)},
		{Rel: "hub", Href: uri(f.Hub)}, // WebSub §4
	})
	return append(links, f.History.links(atomType, atomSuffix)...)
}

// setUpdated gives every entry its updated, and the feed that of the newest
// one. It goes from the oldest entry up, so that an entry that joins the top
// leaves the spelling of those below it alone.
func (f *Feed) setUpdated(wire *atomFeed) {
	times := timestamps{}
	for i := len(f.Articles) - 1; i >= 0; i-- {
		wire.Entries[i].Updated = times.distinct(updated(&f.Articles[i]))
	}
	wire.Updated = timestamp(f.updated())
}
