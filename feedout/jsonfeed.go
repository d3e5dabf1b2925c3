package feedout

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"

	"aggregator/normalize/article"
)

// jsonFeed is JSON Feed 1.1, "Top-level".
type jsonFeed struct {
	Version     string     `json:"version"`
	Title       string     `json:"title"`
	Home        string     `json:"home_page_url,omitempty"`
	Self        string     `json:"feed_url,omitempty"`
	Next        string     `json:"next_url,omitempty"` // to older items
	Description string     `json:"description,omitempty"`
	Icon        string     `json:"icon,omitempty"`
	Language    string     `json:"language,omitempty"`
	Hubs        []jsonHub  `json:"hubs,omitempty"`
	Items       []jsonItem `json:"items"` // required, though empty
}

type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// jsonItem is JSON Feed 1.1, "Items". Stocks is an extension: its name begins
// with an underscore ("Extensions").
type jsonItem struct {
	ID          string           `json:"id"`
	URL         string           `json:"url,omitempty"`
	Title       string           `json:"title"`
	HTML        string           `json:"content_html,omitempty"`
	Text        string           `json:"content_text,omitempty"`
	Summary     string           `json:"summary,omitempty"`
	Image       string           `json:"image,omitempty"`
	Published   string           `json:"date_published,omitempty"`
	Modified    string           `json:"date_modified"`
	Authors     []jsonAuthor     `json:"authors,omitempty"`
	Tags        []string         `json:"tags,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
	Stocks      []string         `json:"_stocks,omitempty"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonAttachment struct {
	URL  string `json:"url"`
	Type string `json:"mime_type"`
	Size int64  `json:"size_in_bytes,omitempty"`
}

const jsonType = "application/feed+json"

// JSON writes the feed as JSON Feed 1.1. Like Atom it refuses what has no id.
func (f *Feed) JSON() ([]byte, error) {
	if err := f.identified(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // for scripts in pages only, and twice the size
	if err := enc.Encode(f.json()); err != nil {
		return nil, fmt.Errorf("write json feed: %w", err)
	}
	return b.Bytes(), nil
}

func (f *Feed) json() *jsonFeed {
	wire := &jsonFeed{
		Version:     "https://jsonfeed.org/version/1.1",
		Title:       f.title(),
		Home:        uri(f.Site),
		Self:        uri(f.selfAs(jsonSuffix)),
		Next:        uri(beside(f.History.Previous, jsonSuffix)),
		Description: line(f.Subtitle),
		Icon:        uri(f.Icon),
		Language:    f.Language,
		Items:       []jsonItem{},
	}
	if hub := uri(f.Hub); hub != "" {
		wire.Hubs = []jsonHub{{Type: "WebSub", URL: hub}}
	}
	for i := range f.Articles {
		wire.Items = append(wire.Items, f.jsonItem(&f.Articles[i]))
	}
	return wire
}

func (f *Feed) jsonItem(a *article.Article) jsonItem {
	it := jsonItem{
		ID:       a.ID,
		URL:      uri(a.Link),
		Title:    entryTitle(a),
		Summary:  line(a.Summary),
		Image:    uri(a.Image),
		Modified: timestamp(updated(a)),
		Stocks:   a.Stocks,
	}
	// One of the two contents must be there.
	if htmlText(a.Content) != nil {
		it.HTML = clean(content(a))
	} else {
		it.Text = cmp.Or(it.Summary, it.Title)
	}
	if !a.Published.IsZero() {
		it.Published = timestamp(a.Published)
	}
	if author := personName(a.Author); author != "" {
		it.Authors = []jsonAuthor{{author}}
	}
	for _, c := range f.atomCategories(a.Categories) {
		it.Tags = append(it.Tags, c.Term)
	}
	it.Attachments = attachments(a.Enclosures)
	return it
}

// attachments need a media type.
func attachments(list []article.Enclosure) (all []jsonAttachment) {
	for _, e := range list {
		if file := uri(e.URL); file != "" {
			all = append(all, jsonAttachment{file, cmp.Or(mediaType(e.Type), unknownType), max(e.Length, 0)})
		}
	}
	return all
}
