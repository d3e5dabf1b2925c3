package daemon_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"aggregator/storage"
)

// TestItemsKnownByTheirBytes: in a feed of which most is as it was, an edit is seen,
// a new item is stored, and of what the store has forgotten the whole is read anew.
func TestItemsKnownByTheirBytes(t *testing.T) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"http://site1.example/feed\", full_text: false}\n")
	texts := []string{"一", "二", "三", "四", "五"}
	built := 0
	w.transport(func(r *http.Request) string {
		if r.URL.Path != "/feed" {
			return ""
		}
		var b strings.Builder
		built++
		fmt.Fprintf(&b, "<rss><channel><title>t</title><lastBuildDate>%d</lastBuildDate>", built)
		for i, text := range texts {
			fmt.Fprintf(&b, "<item><guid>g%d</guid><title>第%d条</title><link>http://site1.example/%d</link><description>正文%s</description></item>", i, i, i, text)
		}
		return b.String() + "</channel></rss>"
	})
	want := func(items, fresh, edited int) {
		t.Helper()
		if r := w.fetch()["site"]; r.Err != nil || r.Items != items || r.New != fresh || r.Edited != edited {
			t.Fatalf("%+v, want %d items, %d new, %d edited", r, items, fresh, edited)
		}
	}
	want(5, 5, 0)
	want(5, 0, 0)
	rec, err := w.store.Source("site")
	if err != nil || len(rec.Prints) != 5*8 {
		t.Fatalf("%d bytes of prints, %v", len(rec.Prints), err)
	}
	texts[2] = "三，更正"
	want(5, 0, 1)
	texts = append(texts, "六")
	want(6, 1, 0)

	// Another store that has the record, and none of the articles.
	rec, err = w.store.Source("site")
	if err != nil {
		t.Fatal(err)
	}
	other := newWorld(t, "\n  - {name: site, kind: feed, url: \"http://site1.example/feed\", full_text: false}\n")
	other.net = w.net
	if err := other.store.PutSource(rec); err != nil {
		t.Fatal(err)
	}
	w = other
	want(6, 6, 0)
	articles, err := w.store.Newest("", storage.Window{Entries: 9})
	if err != nil || len(articles) != 6 {
		t.Fatal(len(articles), err)
	}
	for _, a := range articles {
		if !strings.Contains(a.Content+a.Summary, "正文") {
			t.Errorf("%s has no text", a.Title)
		}
	}
}
