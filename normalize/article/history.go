package article

import (
	"bytes"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// History is what a store keeps of an article beside how it looks now. Orders are
// the store's numbers of moments, as [Article.Order] is.
type History struct {
	Keys     []string  `yaml:"keys,omitempty"` // it is recognised by, in the order in which they came
	Listings []Listing `yaml:"listings,omitempty"`
	Change   uint64    `yaml:"change,omitempty"` // order of its last change
	Version  uint64    `yaml:"version,omitempty"`
	// Revision is when the origin says it last changed what is stored, Unrevised
	// how often it was edited without one since, and Remade that rules of ours
	// made what it is now.
	Revision  time.Time `yaml:"revision,omitempty"`
	Unrevised int       `yaml:"unrevised,omitempty"`
	Remade    bool      `yaml:"remade,omitempty"`
	Verdict   Verdict   `yaml:"verdict,omitempty"`
	// Content and Image are the article's own where its file shows others, of a
	// source with body: verbatim.
	Content *string  `yaml:"content,omitempty"`
	Image   string   `yaml:"image,omitempty"`
	Former  []Former `yaml:"versions,omitempty"` // oldest first
	Joins   []Join   `yaml:"joins,omitempty"`
	Retries []Retry  `yaml:"retries,omitempty"`
}

// Listing is a source's item that is the article.
type Listing struct {
	Source string `yaml:"source"`
	Item   uint64 `yaml:"item"`            // hash of the item's first key
	Print  uint64 `yaml:"print,omitempty"` // of what the list showed
}

// Retry is that a source wants the article's page fetched again.
type Retry struct {
	Source   string    `yaml:"source"`
	Keys     []string  `yaml:"keys,omitempty"` // of its item
	Item     string    `yaml:"item,omitempty"` // as the source's reader encoded it
	Attempts int       `yaml:"attempts,omitempty"`
	Due      time.Time `yaml:"due,omitempty"`
}

// Former is what readers saw of an article before an edit, since an order.
type Former struct {
	Order   uint64    `yaml:"order"`
	Updated time.Time `yaml:"updated,omitempty"`
	Title   string    `yaml:"title,omitempty"`
	Summary string    `yaml:"summary,omitempty"`
	Image   string    `yaml:"image,omitempty"`
	Remade  bool      `yaml:"remade,omitempty"`
	Content string    `yaml:"content,omitempty"`
}

// Join is an item that was found to be the article. Copy is the article that it
// would have been, where that is kept.
type Join struct {
	Step     string    `yaml:"step"`
	Key      string    `yaml:"key"`
	Source   string    `yaml:"source"`
	Link     string    `yaml:"link,omitempty"`
	At       time.Time `yaml:"at,omitempty"`
	Reason   string    `yaml:"reason,omitempty"`
	Distance int       `yaml:"distance,omitempty"`
	Order    uint64    `yaml:"order,omitempty"`
	Gained   []string  `yaml:"gained,omitempty"`
	Copy     *Article  `yaml:"-"`
	File     string    `yaml:"file,omitempty"` // Copy as written
}

// writeHistory writes the history as one more key.
func (a *Article) writeHistory(b *bytes.Buffer) {
	if a.History == nil {
		return
	}
	h := *a.History
	h.Joins = append([]Join(nil), h.Joins...)
	for i, j := range h.Joins {
		if j.Copy != nil {
			h.Joins[i].File = string(j.Copy.File(j.Copy.Content, true))
		}
	}
	// It is made of strings, numbers and times alone, which cannot fail.
	var node yaml.Node
	err := node.Encode(map[string]History{"history": h})
	if err == nil {
		quoteOdd(&node)
		var text []byte
		text, err = yaml.Marshal(&node)
		b.Write(text)
	}
	if err != nil {
		panic(err)
	}
}

// quoteOdd has texts of several lines written as one, and characters as escapes that
// end a line in YAML 1.1.
func quoteOdd(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && strings.IndexFunc(n.Value, escapes) >= 0 {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		quoteOdd(c)
	}
}

// read parses what writeHistory wrote of the copies. What these were joined of
// themselves is nothing that any store writes, and left out.
func (h *History) read() error {
	if h == nil {
		return nil
	}
	for i := range h.Joins {
		j := &h.Joins[i]
		if j.File == "" {
			continue
		}
		top, rest, err := split([]byte(j.File))
		if err != nil {
			return err
		}
		var of head
		if err := yaml.Unmarshal(top, &of); err != nil {
			return err
		}
		if of.History != nil {
			of.History.Joins = nil
		}
		a, err := of.article()
		if err != nil {
			return err
		}
		a.Content = unbraces.Replace(unwrap(rest))
		j.Copy, j.File = &a, ""
	}
	return nil
}
