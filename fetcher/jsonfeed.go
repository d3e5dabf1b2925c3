package fetcher

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// readJSONFeed reads JSON Feed 1 and 1.1 (https://jsonfeed.org/version/1.1).
// A member of the wrong type counts as missing: it costs neither the item nor
// the document, as it would a decoder into structs (PITFALLS G8).
func (w wire) readJSONFeed(body []byte) (List, error) {
	if err := countable(body); err != nil {
		return List{}, badFeed("JSON Feed", err)
	}
	feed, items, err := w.splitJSONFeed(body)
	if err != nil {
		feed, items, err = w.splitJSONFeed(lenient(body))
	}
	if _, listed := feed["items"]; !listed {
		if err != nil {
			return List{}, badFeed("JSON Feed"+place(err, len(body)), err)
		}
		return List{}, &Error{Reason: ReasonNotList, Err: errors.New("the answer is JSON, but no JSON Feed")}
	}
	list := List{Title: scalar(feed["title"]), Next: w.link(scalar(feed["next_url"]))}
	author, lost := jsonAuthors(feed), 0
	for _, v := range items {
		switch v := v.(type) {
		case nil:
		case map[string]any:
			it := w.jsonItem(v)
			it.Author = cmp.Or(it.Author, author)
			list.Items = append(list.Items, it)
		default:
			lost++
		}
	}
	if err != nil {
		list.Partial = badFeed("JSON Feed"+place(err, len(body)), err).Err.Error()
	}
	switch {
	case len(list.Items) > 0:
	case err != nil:
		return List{}, &Error{Reason: ReasonNoItems, Err: fmt.Errorf("%w: %s", errNoItems, list.Partial)}
	case lost > 0:
		return List{}, &Error{Reason: ReasonNoItems, Err: errNoItems}
	}
	return list, nil
}

// splitJSONFeed decodes the members of a feed, and its items one by one, so
// that those before a break are not lost with the rest.
func (w wire) splitJSONFeed(body []byte) (feed map[string]any, items []any, err error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // ids are longer than a float is exact
	if _, err := dec.Token(); err != nil {
		return nil, nil, err
	}
	feed = map[string]any{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return feed, items, err
		}
		name := fmt.Sprint(key)
		if name == "items" {
			feed[name] = true
			items, err = w.jsonItems(dec)
		} else {
			var v any
			err = dec.Decode(&v)
			feed[name] = v
		}
		if err != nil {
			return feed, items, err
		}
	}
	_, err = dec.Token()
	return feed, items, err
}

// jsonItems decodes a list of items, or an object of them, which is how PHP
// writes a list with gaps. One more than the limit tells that there are more.
func (w wire) jsonItems(dec *json.Decoder) (items []any, err error) {
	open, err := dec.Token()
	if delim, ok := open.(json.Delim); err != nil || !ok || delim != '[' && delim != '{' {
		return nil, err
	}
	for dec.More() {
		if open == json.Delim('{') {
			if _, err := dec.Token(); err != nil {
				return items, err
			}
		}
		var v any
		if err := dec.Decode(&v); err != nil {
			return items, err
		}
		if len(items) <= w.r.limit {
			items = append(items, v)
		}
	}
	_, err = dec.Token()
	return items, err
}

func (w wire) jsonItem(in map[string]any) Item {
	get := func(name string) string { return scalar(in[name]) }
	it := Item{
		ID:        get("id"),
		Link:      w.link(get("url"), get("external_url")),
		Title:     get("title"),
		Published: w.time(get("date_published")),
		Updated:   w.time(get("date_modified")),
		Summary:   get("summary"),
		Content:   cmp.Or(get("content_html"), Paragraphs(get("content_text"))),
		Image:     w.link(get("image"), get("banner_image")),
		Author:    jsonAuthors(in),
		Tags:      jsonTags(in["tags"]),
	}
	for _, v := range several(in["attachments"]) {
		if a, ok := v.(map[string]any); ok {
			it.enclose(absolute(w.base, scalar(a["url"])), scalar(a["mime_type"]), scalar(a["size_in_bytes"]))
		}
	}
	return it
}

// jsonAuthors reads authors (1.1) and author (1), which feeds of version 1.1
// repeat for readers of version 1; either may be an object, a list or, against
// the letter, a name.
func jsonAuthors(in map[string]any) string {
	var names []string
	for _, v := range append(several(in["authors"]), several(in["author"])...) {
		if person, ok := v.(map[string]any); ok {
			v = person["name"]
		}
		if name := scalar(v); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// jsonTags reads a list of tags, or text with commas between them.
func jsonTags(v any) (tags []string) {
	if s, ok := v.(string); ok {
		for tag := range strings.SplitSeq(s, ",") {
			tags = appendText(tags, tag)
		}
		return tags
	}
	for _, tag := range several(v) {
		tags = appendText(tags, scalar(tag))
	}
	return tags
}

func appendText(list []string, s string) []string {
	if s = strings.TrimSpace(s); s != "" {
		return append(list, s)
	}
	return list
}

// several returns the values of a list; any other value is a list of one.
func several(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// scalar returns the text of a string or number, "" for any other value.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}
