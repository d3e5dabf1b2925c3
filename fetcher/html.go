package fetcher

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// htmlReader reads the items of a list page by CSS selectors.
type htmlReader struct {
	zone   *time.Location
	limit  int
	fail   *taker
	items  cascadia.SelectorGroup
	fields map[string]*taker
	empty  []*regexp.Regexp
}

func newHTMLReader(rules *Rules, zone *time.Location, limit int) (h *htmlReader, err error) {
	if rules == nil || rules.Items == "" {
		return nil, errors.New("items: a CSS selector is needed")
	}
	h = &htmlReader{zone: zone, limit: limit, fields: map[string]*taker{}}
	if h.items, err = cascadia.ParseGroup(rules.Items); err != nil {
		return nil, fmt.Errorf("items: %w", err)
	}
	if rules.Fail != "" {
		if h.fail, err = newTaker(rules.Fail); err != nil {
			return nil, fmt.Errorf("fail: %w", err)
		}
	}
	for name, expr := range rules.Fields {
		if !isField(name) {
			return nil, fmt.Errorf("fields: %s is unknown; known are %s", name, strings.Join(fieldNames, " "))
		}
		if h.fields[name], err = newTaker(expr); err != nil {
			return nil, fmt.Errorf("fields: %s: %w", name, err)
		}
	}
	h.empty, err = patterns("empty", rules.Empty)
	return h, err
}

func (h *htmlReader) read(doc *Document) (List, error) {
	root, err := html.ParseWithOptions(bytes.NewReader(doc.Body), html.ParseOptionEnableScripting(false))
	if err != nil {
		return List{}, &Error{Reason: ReasonParse, Err: fmt.Errorf("bad HTML: %w", err)}
	}
	if h.fail != nil {
		if text := h.fail.first(root); text != "" {
			return List{}, &Error{Reason: ReasonRefused, Err: errors.New("the page says: " + clip(text))}
		}
	}
	base, err := baseOf(root, doc)
	if err != nil {
		return List{}, err
	}
	list := List{Title: (&taker{selector: pageTitle}).first(root)}
	matches := cascadia.QueryAll(root, h.items)
	for _, n := range matches[:min(len(matches), h.limit+1)] { // one more tells that there are more
		if it := h.item(n, base); it.Title != "" || it.Link != "" {
			list.Items = append(list.Items, it)
		}
	}
	if len(list.Items) == 0 && !h.isEmpty(doc.Body) {
		return List{}, h.noMatch(doc, len(matches))
	}
	return list, nil
}

func (h *htmlReader) isEmpty(body []byte) bool {
	for _, re := range h.empty {
		if re.Match(body) {
			return true
		}
	}
	return false
}

// noMatch is the error of a page that lists nothing: it may be another page, or
// its publisher has rebuilt it.
func (h *htmlReader) noMatch(doc *Document, matches int) *Error {
	if e := notList(doc.Body, "a list"); e.Reason != ReasonNotList || !isPage(bytes.TrimSpace(doc.Body)) {
		return e
	}
	if matches > 0 {
		return &Error{Reason: ReasonNoMatch, Err: fmt.Errorf("of %d items of the page none has a title or a link", matches)}
	}
	return &Error{Reason: ReasonNoMatch, Err: errors.New("no element of the page is an item")}
}

var pageTitle = cascadia.MustCompile("head title")

// baseOf is what the page's relative addresses are resolved against.
func baseOf(root *html.Node, doc *Document) (*url.URL, error) {
	base, err := baseURL(doc)
	if err != nil {
		return nil, err
	}
	if n := cascadia.Query(root, cascadia.MustCompile("base[href]")); n != nil {
		if u, err := base.Parse(strings.TrimSpace(attributeOf(n, "href"))); err == nil {
			base = u
		}
	}
	return base, nil
}

// item fills an Item from one element.
func (h *htmlReader) item(n *html.Node, base *url.URL) Item {
	get := func(name string) string {
		if t := h.fields[name]; t != nil {
			return t.first(n)
		}
		return ""
	}
	all := func(name string) []string {
		if t := h.fields[name]; t != nil {
			return t.all(n)
		}
		return nil
	}
	it := Item{
		ID:        get("id"),
		Link:      absolute(base, get("link")),
		Title:     get("title"),
		Published: ParseTime(bare(get("published")), h.zone),
		Updated:   ParseTime(bare(get("updated")), h.zone),
		Summary:   html.EscapeString(get("summary")),
		Author:    get("author"),
		Origin:    get("origin"),
		Image:     absolute(base, get("image")),
		Tags:      all("tags"),
		Stocks:    all("stocks"),
		Withdrawn: get("withdrawn") != "",
	}
	if t := h.fields["content"]; t != nil {
		it.Content, it.Base = t.inner(n), base.String()
	}
	return it
}

// bare takes the brackets off a time.
func bare(text string) string { return strings.Trim(text, "()（）[]【】 ") }

func clip(text string) string {
	const enough = 200
	if r := []rune(text); len(r) > enough {
		return string(r[:enough]) + "…"
	}
	return text
}

// taker takes texts out of an element: those of the elements in it that a
// selector matches, else its own; or their attribute, where one is named.
type taker struct {
	selector  cascadia.Matcher // nil: the element itself
	attribute string
}

// These stand for attributes: an element's own text, and the text between it and
// the element before it. Old pages put times there.
const (
	textOwn    = "text"
	textBefore = "text-before"
)

var attributeName = regexp.MustCompile(`@([A-Za-z][A-Za-z0-9:_-]*)$`)

func newTaker(expr string) (*taker, error) {
	t := &taker{}
	if m := attributeName.FindStringSubmatch(expr); m != nil {
		t.attribute, expr = strings.ToLower(m[1]), strings.TrimSuffix(expr, m[0])
	}
	if expr = strings.TrimSpace(expr); expr == "" {
		return t, nil
	}
	selector, err := cascadia.ParseGroup(expr)
	t.selector = selector
	return t, err
}

func (t *taker) elements(n *html.Node) []*html.Node {
	if t.selector == nil {
		return []*html.Node{n}
	}
	return cascadia.QueryAll(n, t.selector)
}

func (t *taker) first(n *html.Node) string {
	if all := t.all(n); len(all) > 0 {
		return all[0]
	}
	return ""
}

// all returns the texts that are not blank.
func (t *taker) all(n *html.Node) (texts []string) {
	for _, e := range t.elements(n) {
		if text := strings.Join(strings.Fields(t.text(e)), " "); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

func (t *taker) text(n *html.Node) string {
	switch t.attribute {
	case "", textOwn:
		return nodeText(n)
	case textBefore:
		return textBeforeNode(n)
	}
	return attributeOf(n, t.attribute)
}

// inner returns the markup in the first element, or an attribute's text.
func (t *taker) inner(n *html.Node) string {
	elements := t.elements(n)
	if len(elements) == 0 || t.attribute != "" {
		return html.EscapeString(t.first(n))
	}
	var b bytes.Buffer
	for c := range elements[0].ChildNodes() {
		if err := html.Render(&b, c); err != nil {
			return ""
		}
	}
	return b.String()
}

func attributeOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textBeforeNode returns the text between n and the element before it.
func textBeforeNode(n *html.Node) string {
	text := ""
	for p := n.PrevSibling; p != nil && p.Type != html.ElementNode; p = p.PrevSibling {
		if p.Type == html.TextNode {
			text = p.Data + text
		}
	}
	return text
}

// nodeText returns the text of a node, but for what is not shown.
func nodeText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if parent := d.Parent; d.Type == html.TextNode && parent.Data != "script" && parent.Data != "style" {
			b.WriteString(d.Data)
		} else if d.Type == html.ElementNode && d.Data == "br" {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
