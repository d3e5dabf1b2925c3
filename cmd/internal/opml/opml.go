// Package opml reads and writes OPML 2.0, the lists of feeds that readers
// exchange: [Read] and [Write].
package opml

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// Feed is an outline that is a feed.
type Feed struct {
	Title      string
	URL        string
	Site       string   // for people; optional
	Categories []string // the path it is filed under; optional
}

type document struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Body    []outline `xml:"body>outline"`
}

type outline struct {
	Text     string    `xml:"text,attr"`
	Title    string    `xml:"title,attr,omitempty"`
	Type     string    `xml:"type,attr,omitempty"`
	Feed     string    `xml:"xmlUrl,attr,omitempty"`
	Site     string    `xml:"htmlUrl,attr,omitempty"`
	Category string    `xml:"category,attr,omitempty"`
	Outlines []outline `xml:"outline"`
	// Others are attributes of other names, such as xmlurl.
	Others []xml.Attr `xml:",any,attr"`
}

// fold takes attributes whose names are spelled in another case for what they mean.
func (o *outline) fold() {
	for _, a := range o.Others {
		for name, value := range map[string]*string{"xmlurl": &o.Feed, "htmlurl": &o.Site, "title": &o.Title, "text": &o.Text, "category": &o.Category} {
			if strings.EqualFold(a.Name.Local, name) && *value == "" {
				*value = a.Value
			}
		}
	}
}

const (
	largest = 16 << 20
	deepest = 32 // folders in folders
)

// Read returns the feeds of a document, in its order, each once. Folders become
// categories where an outline names none itself.
func Read(r io.Reader) ([]Feed, error) {
	limited := &io.LimitedReader{R: r, N: largest}
	dec := xml.NewDecoder(limited)
	dec.Strict, dec.Entity, dec.CharsetReader = false, xml.HTMLEntity, charset.NewReaderLabel
	var doc document
	switch err := dec.Decode(&doc); {
	case limited.N <= 0:
		return nil, fmt.Errorf("larger than %d bytes", largest)
	case errors.Is(err, io.EOF):
		return nil, errors.New("no OPML: nothing is in it")
	case err != nil:
		return nil, fmt.Errorf("no OPML: %w", err)
	}
	g := &gatherer{seen: map[string]bool{}}
	g.gather(doc.Body, nil)
	return g.feeds, nil
}

// gatherer walks the outlines.
type gatherer struct {
	feeds []Feed
	seen  map[string]bool
}

func (g *gatherer) gather(outlines []outline, folders []string) {
	for _, o := range outlines {
		o.fold()
		name := line(cmp.Or(o.Title, o.Text))
		if address := Address(o.Feed); address != "" && !g.seen[address] {
			g.seen[address] = true
			path := folders
			if own := categories(o.Category); own != nil {
				path = own
			}
			g.feeds = append(g.feeds, Feed{Title: name, URL: address, Site: Address(o.Site), Categories: path})
		}
		if len(folders) < deepest {
			inner := folders
			if o.Feed == "" && name != "" {
				inner = append(folders[:len(folders):len(folders)], plain(name))
			}
			g.gather(o.Outlines, inner)
		}
	}
}

// categories returns the first path of an outline's category attribute, which
// has commas between paths and slashes between their parts.
func categories(attribute string) (path []string) {
	first, _, _ := strings.Cut(attribute, ",")
	for part := range strings.SplitSeq(first, "/") {
		if part = line(part); part != "" {
			path = append(path, part)
		}
	}
	return path
}

func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// Write writes a list of feeds that programs import at once.
func Write(w io.Writer, title string, feeds []Feed) error {
	doc := document{Version: "2.0", Title: line(title)}
	for _, f := range feeds {
		name := cmp.Or(line(f.Title), f.URL)
		o := outline{Type: "rss", Text: name, Title: name, Feed: f.URL, Site: f.Site}
		if len(f.Categories) > 0 {
			o.Category = "/" + strings.Join(plainAll(f.Categories), "/")
		}
		doc.Body = append(doc.Body, o)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func plainAll(names []string) (out []string) {
	for _, name := range names {
		out = append(out, plain(name))
	}
	return out
}

// plain takes from a name what separates names, so that one that is read is the same
// after it was written and read again.
func plain(name string) string {
	return strings.NewReplacer("/", "／", ",", "，").Replace(line(name))
}
