package daemon_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

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
	if prints, err := w.store.Prints("site"); err != nil || prints == "" {
		t.Fatalf("prints %q, %v", prints, err)
	}
	texts[2] = "三，更正"
	want(5, 0, 1)
	texts = append(texts, "六")
	want(6, 1, 0)

	// Another store that has the record, and none of the articles.
	rec, err := w.store.Source("site")
	if err != nil {
		t.Fatal(err)
	}
	prints, err := w.store.Prints("site")
	if err != nil {
		t.Fatal(err)
	}
	rec.Prints = &prints
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

// TestKnownItemsChangeNothing: whatever a feed does to its items, and where its ids tell
// nothing apart, a store that knows them by their bytes brings what one brings that
// reads all of them each time.
func TestKnownItemsChangeNothing(t *testing.T) {
	const source = "\n  - {name: site, kind: feed, url: \"http://site1.example/feed\", full_text: false}\n"
	type item struct{ id, link, title, text string }
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		var items []item
		serial := 0
		fresh := func() item {
			serial++
			it := item{fmt.Sprint("g", serial), fmt.Sprint("/", serial), fmt.Sprintf("第%d条", serial), fmt.Sprintf("正文%d", serial)}
			switch r.IntN(8) {
			case 0:
				it.id = ""
			case 1:
				it.link = ""
			case 2:
				it.id = fmt.Sprint("g", 1+r.IntN(serial))
			case 3:
				it.link = fmt.Sprint("/", 1+r.IntN(serial))
			}
			return it
		}
		change := func() {
			switch i := r.IntN(max(1, len(items))); {
			case len(items) < 6 || r.IntN(3) == 0:
				items = slices.Insert(items, 0, fresh())
			case r.IntN(4) == 0:
				items[i].text += "，更正"
			case r.IntN(3) == 0:
				items = slices.Delete(items, i, i+1)
			case r.IntN(2) == 0:
				items = append(items, items[i])
			default:
				items[i], items[0] = items[0], items[i]
			}
		}
		base := ""
		knows, reads := newWorld(t, source), newWorld(t, source)
		reads.now = knows.now
		for round := range 12 {
			for range 1 + r.IntN(3) {
				change()
			}
			if r.IntN(6) == 0 {
				base = fmt.Sprintf(` xml:base="http://site%d.example/"`, 1+r.IntN(2))
			}
			var b strings.Builder
			fmt.Fprintf(&b, "<rss%s><channel><title>t</title><lastBuildDate>%d</lastBuildDate>", base, round)
			for _, it := range items {
				fmt.Fprintf(&b, "<item><guid isPermaLink=\"false\">%s</guid><title>%s</title><link>%s</link><description>%s</description></item>", it.id, it.title, it.link, it.text)
			}
			b.WriteString("</channel></rss>")
			feed := func(r *http.Request) string {
				if r.URL.Path != "/feed" {
					return ""
				}
				return b.String()
			}
			none := ""
			if rec, err := reads.store.Source("site"); err != nil {
				t.Fatal(err)
			} else if rec.Prints = &none; round > 0 {
				if err := reads.store.PutSource(rec); err != nil {
					t.Fatal(err)
				}
			}
			knows.transport(feed)
			reads.transport(feed)
			got, want := knows.fetch()["site"], reads.fetch()["site"]
			if got.Err != nil || got.Items != want.Items || got.New != want.New || got.Edited != want.Edited || got.Filed != want.Filed || got.Gap != want.Gap {
				t.Fatalf("seed %d, round %d: %+v, want %+v of %s", seed, round, got, want, b.String())
			}
		}
		all := reads.articles()
		for key, a := range knows.articles() {
			if b, ok := all[key]; !ok || a.Title != b.Title || a.Content+a.Summary != b.Content+b.Summary {
				t.Errorf("seed %d: article %s %q is not %q", seed, key, a.Title, b.Title)
			}
			delete(all, key)
		}
		if len(all) > 0 {
			t.Errorf("seed %d: %d articles are missing", seed, len(all))
		}
	}
}

// TestCharsetPutRight: a feed whose header names its encoding at last is read anew, though
// not a byte of it has changed; what says the same again is not.
func TestCharsetPutRight(t *testing.T) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"http://site1.example/feed\", full_text: false}\n")
	var body strings.Builder
	body.WriteString("<rss><channel><title>t</title>")
	for i := range 5 {
		fmt.Fprintf(&body, "<item><guid>g%d</guid><title>第%d条：央行降息</title><description>正文</description></item>", i, i)
	}
	bytes, err := simplifiedchinese.GB18030.NewEncoder().String(body.String() + "</channel></rss>")
	if err != nil {
		t.Fatal(err)
	}
	label := ""
	w.net = roundTrip(func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/xml" + label}}, Body: io.NopCloser(strings.NewReader(bytes)), Request: r}
	})
	for _, now := range []struct {
		label  string
		edited int
	}{{"; charset=big5", 0}, {"; charset=gbk", 5}, {";charset=gbk", 0}} {
		label = now.label
		if r := w.fetch()["site"]; r.Err != nil || r.Edited != now.edited || r.NotModified != (now.label == ";charset=gbk") {
			t.Fatalf("%s: %+v, want %d edited", label, r, now.edited)
		}
	}
	for _, a := range w.articles() {
		if !strings.Contains(a.Title, "央行降息") {
			t.Errorf("title %q", a.Title)
		}
	}
}
