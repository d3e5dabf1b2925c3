package feedout

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"

	"github.com/gorilla/feeds"
)

// opml is an OPML 2.0 subscription list.
type opml struct {
	XMLName xml.Name `xml:"opml"`
	Version string   `xml:"version,attr"`
	Title   string   `xml:"head>title"`
	Body    opmlBody `xml:"body"`
}

// opmlBody is there even when it is empty.
type opmlBody struct {
	Outlines []opmlOutline `xml:"outline"`
}

// opmlOutline is one feed. Readers that import know type "rss" only, whatever
// the format; text is what they show, title what older ones show.
type opmlOutline struct {
	Type  string `xml:"type,attr"`
	Text  string `xml:"text,attr"`
	Title string `xml:"title,attr"`
	Feed  string `xml:"xmlUrl,attr"`
	Site  string `xml:"htmlUrl,attr,omitempty"`
}

// opmlType is the media type that OPML registered by use. Browsers then hand
// the list to a program or to the disk, which is what it is for; as
// application/xml they would show its source.
const opmlType = "text/x-opml"

// FeedXml makes an opml a feeds.XmlFeed.
func (o *opml) FeedXml() any { return o }

// OPML writes a list of feeds that readers import at once.
func OPML(title string, outlines []Outline) ([]byte, error) {
	wire := &opml{Version: "2.0", Title: line(title)}
	for _, o := range outlines {
		feed := uri(o.Feed)
		if feed == "" {
			return nil, fmt.Errorf("outline %q: no address: %q", o.Title, o.Feed)
		}
		name := cmp.Or(line(o.Title), feed)
		wire.Body.Outlines = append(wire.Body.Outlines, opmlOutline{Type: "rss", Text: name, Title: name, Feed: feed, Site: uri(o.Site)})
	}
	var b bytes.Buffer
	if err := feeds.WriteXML(wire, &b); err != nil {
		return nil, fmt.Errorf("write opml: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
