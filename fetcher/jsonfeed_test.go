package fetcher_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aggregator/fetcher"
)

// TestJSONFeedQuirks are the ways in which JSON Feeds differ from the letter,
// one each: none costs the document (PITFALLS G8).
func TestJSONFeedQuirks(t *testing.T) {
	const item = `{"id":"1","url":"https://example.org/1","title":"a"}`
	want := fetcher.Item{ID: "1", Link: "https://example.org/1", Title: "a"}
	with := func(change func(*fetcher.Item)) []fetcher.Item {
		it := want
		change(&it)
		return []fetcher.Item{it}
	}
	plus := func(members string) string {
		return `{"items":[` + strings.Replace(item, "}", ","+members+"}", 1) + `]}`
	}
	day := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, body string
		want       []fetcher.Item
	}{
		{"plain", `{"version":"https://jsonfeed.org/version/1.1","items":[` + item + `]}`, []fetcher.Item{want}},
		{"null item", `{"items":[null,` + item + `,null]}`, []fetcher.Item{want}},
		{"an item that is none", `{"items":["x",7,` + item + `]}`, []fetcher.Item{want}},
		{"items keyed by number", `{"items":{"0":` + item + `}}`, []fetcher.Item{want}},
		{"no items", `{"version":"x","items":[]}`, nil},
		{"items null", `{"version":"x","items":null}`, nil},
		{"id as a number", strings.Replace(plus(`"language":"zh"`), `"1"`, `12345678901234567890`, 1), with(func(it *fetcher.Item) { it.ID = "12345678901234567890" })},
		{"title of the wrong type", strings.Replace(plus(`"x":1`), `"a"`, `{"text":"a"}`, 1), with(func(it *fetcher.Item) { it.Title = "" })},
		{"tags as text", plus(`"tags":"x, y"`), with(func(it *fetcher.Item) { it.Tags = []string{"x", "y"} })},
		{"tags mixed", plus(`"tags":["x",null,3,{}]`), with(func(it *fetcher.Item) { it.Tags = []string{"x", "3"} })},
		{"author of version 1", plus(`"author":{"name":"n"}`), with(func(it *fetcher.Item) { it.Author = "n" })},
		{"author as text", plus(`"author":"n"`), with(func(it *fetcher.Item) { it.Author = "n" })},
		{"authors as an object", plus(`"authors":{"name":"n"},"author":{"name":"n"}`), with(func(it *fetcher.Item) { it.Author = "n" })},
		{"author of the feed", `{"authors":[{"name":"f"}],"items":[` + item + `]}`, with(func(it *fetcher.Item) { it.Author = "f" })},
		{"date as a number", plus(`"date_published":1795507200`), with(func(it *fetcher.Item) { it.Published = day })},
		{"date of the wrong type", plus(`"date_published":[],"date_modified":true`), []fetcher.Item{want}},
		{"content as text", plus(`"content_text":"a < b"`), with(func(it *fetcher.Item) { it.Content = "<p>a &lt; b</p>\n" })},
		{"relative image", plus(`"image":"/i.png"`), with(func(it *fetcher.Item) { it.Image = "https://example.org/i.png" })},
		{"attachment alone, size as text", plus(`"attachments":{"url":"/a.mp3","mime_type":"audio/mpeg","size_in_bytes":"9"}`), with(func(it *fetcher.Item) {
			it.Enclosures = []fetcher.Enclosure{{URL: "https://example.org/a.mp3", Type: "audio/mpeg", Length: 9}}
		})},
		{"attachments of the wrong type", plus(`"attachments":"none"`), []fetcher.Item{want}},
		{"byte order mark and blanks", " \n{\"items\":[" + item + "]}\n", []fetcher.Item{want}},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := newReader(t, plainFeed).Read(document("https://example.org/f", test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, list.Items); diff != "" || list.Partial != "" {
				t.Error(diff, list.Partial)
			}
		})
	}
}

func TestJSONFeedNext(t *testing.T) {
	list, err := newReader(t, plainFeed).Read(document("https://example.org/f", `{"title":"t","next_url":"?page=2","items":[]}`))
	if err != nil || list.Next != "https://example.org/f?page=2" || list.Title != "t" {
		t.Errorf("got %+v, %v", list, err)
	}
}

// TestBrokenJSONFeeds: what came whole is kept, and no loss is taken for no news.
func TestBrokenJSONFeeds(t *testing.T) {
	read := func(body string) (fetcher.List, error) {
		return newReader(t, plainFeed).Read(document("https://example.org/f", body))
	}
	if list, err := read(`{"items":[{"id":1},{"id":2},{"id":`); err != nil || len(list.Items) != 2 || list.Partial == "" {
		t.Errorf("truncated: %+v, %v", list, err)
	}
	for body, want := range map[string]fetcher.Reason{
		`{"items":["x",3]}`:     fetcher.ReasonNoItems,
		`{"items":[{"id":`:      fetcher.ReasonNoItems,
		`{"error":"forbidden"}`: fetcher.ReasonNotList,
		`{"title":"x`:           fetcher.ReasonParse,
	} {
		if list, err := read(body); fetcher.ReasonOf(err) != want {
			t.Errorf("%s: got %+v, %v; want reason %q", body, list, err, want)
		}
	}
	many := `{"items":[` + strings.TrimSuffix(strings.Repeat(`{"id":1},`, 3000), ",") + `]}`
	if list, err := read(many); err != nil || len(list.Items) != 2000 || list.Note == "" {
		t.Errorf("%d items, note %q, %v", len(list.Items), list.Note, err)
	}
}
