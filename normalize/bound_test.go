package normalize_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"
)

// TestOpenFramesAreBounded: a frame that is never closed holds all that follows,
// which is read again; 31 seconds were spent on 160 KB of them.
func TestOpenFramesAreBounded(t *testing.T) {
	const frames = 20_000
	start := time.Now()
	if got := normalize.Clean(strings.Repeat("<iframe>x", frames), ""); got != strings.Repeat("x", frames) {
		t.Errorf("%d bytes: %.80s", len(got), got)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestBodyOfTagsIsBounded: eight megabytes of tags, as text of a feed and as a
// page, take no tree. The text stays.
func TestBodyOfTagsIsBounded(t *testing.T) {
	body := "<p>新闻</p>" + strings.Repeat("<p>x", 2<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	clean := normalize.Clean(body, "")
	page := &fetcher.Document{URL: "https://example.org/1", Body: []byte(body)}
	res := normalize.Article(fetcher.Item{Link: page.URL, Title: "t", Content: "<p>ok</p>"}, page, normalize.Options{}, now)
	runtime.ReadMemStats(&after)
	if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 400 {
		t.Errorf("%d MB were allocated", taken)
	}
	if !strings.HasPrefix(clean, "新闻\n") {
		t.Errorf("the text is lost: %.40q", clean)
	}
	if got := res.Article.Content; got != "<p>ok</p>" {
		t.Errorf("got %.40q", got)
	}
}
