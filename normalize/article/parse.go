package article

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// ErrNoFrontMatter means that a file does not begin with a front-matter head.
var ErrNoFrontMatter = errors.New("no front matter")

// head is the YAML head of a file, as written by [Article.File].
type head struct {
	Title      string       `yaml:"title"`
	Categories []string     `yaml:"categories"`
	Image      string       `yaml:"headimg"`
	Thumbnail  string       `yaml:"thumbnail"`
	Author     string       `yaml:"author"`
	Date       string       `yaml:"date"`
	ID         string       `yaml:"id"`
	Key        string       `yaml:"key"`
	GUID       string       `yaml:"guid"`
	Link       string       `yaml:"link"`
	Updated    string       `yaml:"updated"`
	Seen       string       `yaml:"seen"`
	Changed    string       `yaml:"changed"`
	Withdrawn  string       `yaml:"withdrawn"`
	Tags       []string     `yaml:"tags"`
	Stocks     []string     `yaml:"stocks"`
	Origin     string       `yaml:"origin"`
	Source     string       `yaml:"source"`
	Via        []string     `yaml:"via"`
	Summary    string       `yaml:"summary"`
	Enclosures []*Enclosure `yaml:"enclosures"`
	Order      uint64       `yaml:"order"`
	Filed      []Filing     `yaml:"filed"`
	History    *History     `yaml:"history"`
}

// Parse reads a front-matter file back: the head, and the body between its
// <div> and </div> lines with the braces as they were. Content stays empty,
// because the body of a file need not be clean; unknown keys are ignored.
func Parse(data []byte) (a Article, body string, err error) {
	top, rest, err := split(data)
	if err != nil {
		return Article{}, "", err
	}
	var h head
	if err := yaml.Unmarshal(top, &h); err != nil {
		return Article{}, "", fmt.Errorf("front matter: %w", err)
	}
	if err := h.History.read(); err != nil {
		return Article{}, "", fmt.Errorf("front matter: history: %w", err)
	}
	if a, err = h.article(); err != nil {
		return Article{}, "", fmt.Errorf("front matter: %w", err)
	}
	return a, unbraces.Replace(unwrap(rest)), nil
}

// split cuts a file into its head and what follows. Archives by other tools
// begin with an empty line, or with a byte order mark.
func split(data []byte) (head, rest []byte, err error) {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\uFEFF")), "\n")
	data, ok := bytes.CutPrefix(data, []byte("---\n"))
	if !ok {
		return nil, nil, ErrNoFrontMatter
	}
	head, rest, ok = bytes.Cut(append([]byte("\n"), data...), []byte("\n---\n"))
	if !ok {
		return nil, nil, ErrNoFrontMatter
	}
	return head, rest, nil
}

// unwrap returns what is between the first <div> and the last </div>, less the
// line breaks that File puts there.
func unwrap(b []byte) string {
	s := strings.TrimSpace(string(b))
	if !strings.HasPrefix(s, "<div>") || !strings.HasSuffix(s, "</div>") || len(s) < len("<div></div>") {
		return s
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<div>"), "</div>")
	return strings.TrimSuffix(strings.TrimPrefix(s, "\n"), "\n")
}

func (h *head) article() (Article, error) {
	a := Article{
		ID: h.ID, Key: h.Key, GUID: h.GUID, Source: h.Source,
		Title: h.Title, Link: h.Link, Via: h.Via,
		Categories: h.Categories, Tags: h.Tags, Stocks: h.Stocks,
		Author: h.Author, Origin: h.Origin, Image: h.Image, Summary: h.Summary,
		Order: h.Order, Filed: h.Filed, History: h.History,
	}
	if a.Image == "" {
		a.Image = h.Thumbnail
	}
	for _, e := range h.Enclosures {
		if e != nil {
			a.Enclosures = append(a.Enclosures, *e)
		}
	}
	return a, errors.Join(
		readTime(&a.Published, "date", h.Date), readTime(&a.Updated, "updated", h.Updated),
		readTime(&a.Seen, "seen", h.Seen), readTime(&a.Changed, "changed", h.Changed),
		readTime(&a.Withdrawn, "withdrawn", h.Withdrawn))
}

// readTime reads the date of a head, which other tools write in other forms;
// without a zone it is UTC.
func readTime(t *time.Time, key, s string) error {
	if s == "" {
		return nil
	}
	for _, layout := range []string{http.TimeFormat, time.RFC1123Z, time.RFC3339, time.DateTime, time.DateOnly} {
		if got, err := time.Parse(layout, s); err == nil {
			*t = got.UTC()
			return nil
		}
	}
	return fmt.Errorf("%s: unknown form of date %q", key, s)
}
