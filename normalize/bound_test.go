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

// TestOddBodiesTakeNoTime: what costs a square of its length costs minutes at
// the size of a document.
func TestOddBodiesTakeNoTime(t *testing.T) {
	const size = 1 << 20
	for name, body := range map[string]string{
		"candidates of a picture": `<img srcset="` + strings.Repeat("http://a/b 1x, ", size/15) + `">`,
		"attributes of a tag":     "<p " + strings.Repeat("a ", size/2) + ">x</p>",
		"attributes with values":  "<p " + strings.Repeat("a=\"1\"\n", size/6) + ">x</p>",
		"frames in frames":        strings.Repeat("<iframe>", size/8),
		"lists in lists":          strings.Repeat("<ul><li>", size/8),
		"one long attribute":      `<a href="` + strings.Repeat("x", size) + `">y</a>`,
	} {
		start := time.Now()
		normalize.Clean(body, "https://example.org/")
		page := &fetcher.Document{URL: "https://example.org/1", Body: []byte("<html><body><p>" + body)}
		normalize.Article(fetcher.Item{Link: page.URL, Title: "t"}, page, normalize.Options{}, now)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: %s", name, took)
		}
	}
}

// TestPDFIsNoPage: an answer that is no page gives nothing, whatever its server
// calls it.
func TestPDFIsNoPage(t *testing.T) {
	page := &fetcher.Document{URL: "https://example.org/1", Body: []byte("%PDF-1.7\n<< /Type /Page >> " + strings.Repeat("stream of words and more words ", 100))}
	res := normalize.Article(fetcher.Item{Link: page.URL, Title: "t", Summary: "feed text"}, page, normalize.Options{}, now)
	if res.Article.Content != "<p>feed text</p>" {
		t.Errorf("got %.80q", res.Article.Content)
	}
}
