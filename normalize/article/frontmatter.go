package article

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Path is the name of the article's file: YYYY/MM/DD/KEY.md, dated by its
// publication in the given time zone.
func (a *Article) Path(zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return a.Published.In(zone).Format("2006/01/02/") + a.Key + ".md"
}

// File is the front-matter file of the article: a YAML head that static site
// generators read, an empty line, and the body, which is HTML, in one <div>.
// With extra the head goes on after thumbnail with what [Parse] needs to
// restore the article whole.
//
// The body's braces are written as character references, so that neither
// Nunjucks (Hexo) nor Liquid (Jekyll) runs what a stranger wrote.
func (a *Article) File(body string, extra bool) []byte {
	var b bytes.Buffer
	b.WriteString("---\n")
	a.writeHead(&b)
	if extra {
		a.writeExtra(&b)
	}
	b.WriteString("---\n\n<div>\n")
	braces.WriteString(&b, body)
	b.WriteString("\n</div>\n")
	return b.Bytes()
}

var (
	braces   = strings.NewReplacer("{", "&#123;", "}", "&#125;")
	unbraces = strings.NewReplacer("&#123;", "{", "&#125;", "}")
)

// writeHead writes the keys that every file has, byte for byte in the form of
// the archives that people continue with it: a blank after "categories:", and
// title and pictures always in quotes.
func (a *Article) writeHead(b *bytes.Buffer) {
	fmt.Fprintf(b, "title: %s\n", quoted(a.Title))
	writeList(b, "categories", a.Categories)
	if a.Image != "" {
		fmt.Fprintf(b, "headimg: %s\n", quoted(a.Image))
	}
	writeString(b, "author", a.Author)
	b.WriteString("comments: false\n")
	fmt.Fprintf(b, "date: %s\n", a.Published.UTC().Format(http.TimeFormat))
	if a.Image != "" {
		fmt.Fprintf(b, "thumbnail: %s\n", quoted(a.Image))
	}
}

// writeExtra writes the keys of an exported archive: those that are always
// there, then those that only some articles have.
func (a *Article) writeExtra(b *bytes.Buffer) {
	writeString(b, "id", a.ID)
	writeString(b, "link", a.Link)
	writeString(b, "updated", date(a.Updated))
	writeList(b, "tags", a.Tags)
	writeList(b, "stocks", a.Stocks)
	writeString(b, "origin", a.Origin)
	writeString(b, "source", a.Source)
	writeString(b, "key", a.Key)
	for _, f := range [][2]string{
		{"guid", a.GUID}, {"summary", a.Summary}, {"seen", date(a.Seen)},
		{"changed", date(a.Changed)}, {"withdrawn", date(a.Withdrawn)},
	} {
		if f[1] != "" {
			writeString(b, f[0], f[1])
		}
	}
	if len(a.Via) > 0 {
		writeList(b, "via", a.Via)
	}
	a.writeOrder(b)
	a.writeEnclosures(b)
	a.writeHistory(b)
}

func (a *Article) writeOrder(b *bytes.Buffer) {
	if a.Order != 0 {
		fmt.Fprintf(b, "order: %d\n", a.Order)
	}
	if len(a.Filed) > 0 {
		b.WriteString("filed: \n")
	}
	for _, f := range a.Filed {
		switch {
		case f.Category != "":
			fmt.Fprintf(b, " - category: %s\n", scalar(f.Category))
		case f.Source != "":
			fmt.Fprintf(b, " - source: %s\n", scalar(f.Source))
		default:
			fmt.Fprintf(b, " - stock: %s\n", scalar(f.Stock))
		}
		fmt.Fprintf(b, "   order: %d\n", f.Order)
	}
}

func (a *Article) writeEnclosures(b *bytes.Buffer) {
	if len(a.Enclosures) > 0 {
		b.WriteString("enclosures: \n")
	}
	for _, e := range a.Enclosures {
		fmt.Fprintf(b, " - url: %s\n   type: %s\n   length: %d\n", quoted(e.URL), scalar(e.Type), e.Length)
	}
}

// date is empty for a time that is not known.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(http.TimeFormat)
}

func writeString(b *bytes.Buffer, key, value string) {
	fmt.Fprintf(b, "%s: %s\n", key, scalar(value))
}

func writeList(b *bytes.Buffer, key string, list []string) {
	if len(list) == 0 {
		fmt.Fprintf(b, "%s: []\n", key)
		return
	}
	fmt.Fprintf(b, "%s: \n", key)
	for _, s := range list {
		fmt.Fprintf(b, " - %s\n", scalar(s))
	}
}
