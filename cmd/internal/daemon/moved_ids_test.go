package daemon_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// siteFeed is a feed of titles, whose items have ids and addresses that begin
// with a prefix.
func siteFeed(prefix string, start time.Time, titles ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>site</title>`)
	for i, title := range titles {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s%x</guid><link>%s%x</link><title>%s</title><pubDate>%s</pubDate><description>the text of %s, as it stands in the list</description></item>`,
			prefix, title, prefix, title, title, start.Add(-time.Duration(i)*time.Hour).Format(time.RFC1123Z), title)
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

// TestSourceThatChangesAllItsIds: a site that moves to another host and another
// publishing system publishes nothing twice; what is new among it is new.
func TestSourceThatChangesAllItsIds(t *testing.T) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"https://feed.example/rss\", full_text: false}\n")
	start := time.Now().Add(-time.Hour)
	titles := []string{"one thing", "another thing", "a third thing", "a fourth thing", "a fifth thing", "a sixth thing"}
	document := siteFeed("http://old.example/?p=", start, titles...)
	w.transport(func(*http.Request) string { return document })
	if r := w.fetch()["site"]; r.Err != nil || r.New != 6 {
		t.Fatalf("%+v", r)
	}
	before := w.articles()
	document = siteFeed("https://new.example/articles/", start, append(titles, "a new thing")...)
	if r := w.fetch()["site"]; r.Err != nil || r.New != 1 || r.Filed != 6 {
		t.Errorf("after the move: %+v", r)
	}
	document = siteFeed("https://new.example/articles/", start, append(titles, "a new thing", "one more")...)
	if r := w.fetch()["site"]; r.Err != nil || r.New != 1 || r.Filed != 0 {
		t.Errorf("then: %+v", r)
	}
	after := w.articles()
	if len(after) != 8 {
		t.Errorf("%d articles, want 8", len(after))
	}
	for key, a := range before {
		if b := after[key]; b.ID != a.ID || !b.Published.Equal(a.Published) || !b.Updated.Equal(a.Updated) {
			t.Errorf("%+v became %+v", a, b)
		}
	}
	// An edit under the new id is an edit of the old article.
	document = strings.ReplaceAll(document, "the text of one thing", "the corrected text of one thing")
	if r := w.fetch()["site"]; r.Err != nil || r.New != 0 || r.Edited != 1 {
		t.Errorf("edited: %+v", r)
	}
}
