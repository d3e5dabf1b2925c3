package normalize

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/andybalholm/cascadia"
)

var jsonldScripts = cascadia.MustCompile(`script[type="application/ld+json"]`)

// linkedData are the objects that a page describes itself with to search
// engines (schema.org as JSON-LD), those within others included.
func (p *page) linkedData() []map[string]any {
	var all []map[string]any
	for _, n := range cascadia.QueryAll(p.doc, jsonldScripts) {
		var v any
		if n.FirstChild != nil && json.Unmarshal([]byte(strings.TrimSpace(n.FirstChild.Data)), &v) == nil {
			all = objects(all, v, 0)
		}
	}
	return all
}

func objects(all []map[string]any, v any, depth int) []map[string]any {
	const deepest, most = 6, 200
	if depth > deepest || len(all) >= most {
		return all
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			all = objects(all, e, depth+1)
		}
	case map[string]any:
		all = append(all, v)
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage"} {
			all = objects(all, v[key], depth+1)
		}
	}
	return all
}

// byLinkedData is the article's text as the page tells it to search engines.
func (p *page) byLinkedData() body {
	best := body{from: "json-ld"}
	for _, o := range p.linkedData() {
		text, _ := o["articleBody"].(string)
		if b := newBody("json-ld", asHTML(text), nil, p.url); b.score > best.score {
			best = b
		}
	}
	return best
}

// published is when the page says to search engines that it was published.
func (p *page) published() string {
	for _, o := range p.linkedData() {
		if s, _ := o["datePublished"].(string); s != "" {
			return s
		}
	}
	return ""
}

// sold tells whether the page says that its text is not free.
func (p *page) sold() bool {
	for _, o := range p.linkedData() {
		if strings.EqualFold(fmt.Sprint(o["isAccessibleForFree"]), "false") {
			return p.byLinkedData().score < teaserText
		}
	}
	return false
}
