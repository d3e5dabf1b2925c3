package daemon_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"aggregator/cmd/internal/daemon"
)

// editions answers with the document that is due, and has it differ from fetch to fetch.
func editions(w *world, document *string) {
	built := 0
	w.transport(func(r *http.Request) string {
		if r.URL.Path != "/feed" {
			return ""
		}
		built++
		return fmt.Sprintf("<rss><channel><title>t</title><lastBuildDate>%d</lastBuildDate>%s", built, *document)
	})
}

func listedItem(id, title, category string) string {
	return fmt.Sprintf("<item><guid>%s</guid><title>%s</title><link>http://site1.example/%s</link><category>%s</category></item>", id, title, id, category)
}

const oneFeed = "\n  - {name: site, kind: feed, url: \"http://site1.example/feed\", full_text: false}\n"

// TestEditAfterHalfADocument: what half a document has changed is changed back by a whole
// one that reads as the one before did. It stayed as the half had it, for ever.
func TestEditAfterHalfADocument(t *testing.T) {
	w := newWorld(t, oneFeed)
	document := ""
	editions(w, &document)
	whole := listedItem("a", "甲", "") + listedItem("b", "乙", "") + "</channel></rss>"
	for _, step := range []struct {
		document   string
		new, edits int
	}{
		{whole, 2, 0},
		{listedItem("a", "甲，更正", "") + "<item><guid>b</gu", 0, 1},
		{whole, 0, 1},
		{whole, 0, 0},
	} {
		document = step.document
		if r := w.fetch()["site"]; r.Err != nil || r.New != step.new || r.Edited != step.edits {
			t.Errorf("%.80s: %+v, want %d new, %d edited", step.document, r, step.new, step.edits)
		}
	}
}

// TestListedTwiceInOtherBytes: an item that is listed twice with the same words and
// another category is one, also when its bytes are those of the last fetch. It was
// published once more, and the ids of its source were not believed any more.
func TestListedTwiceInOtherBytes(t *testing.T) {
	w := newWorld(t, oneFeed)
	document := ""
	editions(w, &document)
	list := func(first string, items int) string {
		var b strings.Builder
		for i := range items {
			id := fmt.Sprint("g", items-i)
			title := "第" + id + "条"
			if id == "g1" {
				title = first
			}
			b.WriteString(listedItem(id, title, "一"))
			if items-i <= 3 {
				b.WriteString(listedItem(id, title, "二"))
			}
		}
		return b.String() + "</channel></rss>"
	}
	for _, step := range []struct {
		document   string
		new, edits int
	}{
		{list("甲", 20), 20, 0}, {list("甲", 21), 1, 0}, {list("乙", 21), 0, 1}, {list("乙", 22), 1, 0},
	} {
		document = step.document
		if r := w.fetch()["site"]; r.Err != nil || r.New != step.new || r.Edited != step.edits {
			t.Errorf("%+v, want %d new, %d edited", r, step.new, step.edits)
		}
	}
}

// TestEditsTakenBackAfterAKill: what a fetch that was cut short has changed is changed
// back when the document reads again as it did before. It stayed as the first batches
// had it.
func TestEditsTakenBackAfterAKill(t *testing.T) {
	w := newWorld(t, strings.Replace(oneFeed, "full_text: false", "full_text: true", 1))
	const items = 30
	edition, fresh, cut := "一", 0, func() {}
	w.transport(func(r *http.Request) string {
		if r.URL.Path != "/feed" {
			if r.URL.Path == "/g28" && edition == "二" { // oldest first: it is in the second batch
				cut()
			}
			return "<html><body><article><p>" + strings.Repeat("正文"+r.URL.Path, 50) + "</p></article></body></html>"
		}
		var b strings.Builder
		b.WriteString("<rss><channel><title>t</title>")
		for i := items + fresh; i > 0; i-- {
			b.WriteString(listedItem(fmt.Sprint("g", i), fmt.Sprint("第", i, "条，", edition), ""))
		}
		return b.String() + "</channel></rss>"
	})
	if r := w.fetch()["site"]; r.New != items {
		t.Fatalf("%+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	edition, cut = "二", cancel
	_ = w.Once(ctx, nil, daemon.Options{}, func(daemon.Report) {}) // it is cut short
	second := 0
	for _, a := range w.articles() {
		if strings.HasSuffix(a.Title, "二") {
			second++
		}
	}
	if second == 0 || second == items {
		t.Fatalf("%d articles edited by a fetch that was cut short: the test shows nothing", second)
	}
	edition, fresh = "一", 1
	if r := w.fetch()["site"]; r.Err != nil || r.New != 1 || r.Edited != second {
		t.Errorf("%+v, want 1 new, %d edited", r, second)
	}
}
