package daemon_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
)

// cutShort fetches once and is interrupted at the n-th article page, so that
// only the batches before it are stored.
func (w *world) cutShort(n int) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	origin := w.net
	pages := make(chan struct{}, n-1)
	w.net = roundTripper(func(r *http.Request) (*http.Response, error) {
		if isPage(r) {
			select {
			case pages <- struct{}{}:
			default:
				cancel()
			}
		}
		return origin.RoundTrip(r)
	})
	_ = w.Once(ctx, nil, daemon.Options{}, func(daemon.Report) {})
	w.net = origin
	if stored := len(w.articles()); stored == 0 || stored >= n {
		w.t.Fatalf("%d articles stored of a fetch that was cut short at %d: the test shows nothing", stored, n)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestFirstFetchCutShortLeavesNoHole: what a first fetch stored before it was
// killed is ground that the next one reads back to, although that lies further
// back than a source's beginning otherwise does.
func TestFirstFetchCutShortLeavesNoHole(t *testing.T) {
	w := newWorld(t, china)
	w.cutShort(30)
	oldest := w.now.Now()
	for _, a := range w.articles() {
		if a.Published.Before(oldest) {
			oldest = a.Published
		}
	}
	w.now.advance(40 * time.Hour)
	if r := w.fetch()["china"]; r.Gap != "gap closed" {
		t.Errorf("%+v", r)
	}
	stored := w.articles()
	for a := range w.origin.Articles(1686, oldest, w.now.Now()) {
		if _, ok := stored["i"+a.ID]; !ok && !a.Listed.After(w.now.Now()) {
			t.Errorf("%s of %s is lost", a.ID, a.Published)
		}
	}
}

// TestGapAfterFirstFetchCutShortIsTold: where the list has moved on further
// than it can be read, what was lost is not lost silently.
func TestGapAfterFirstFetchCutShortIsTold(t *testing.T) {
	w := newWorld(t, china+"    max_pages: 2\n")
	w.cutShort(30)
	w.now.advance(40 * time.Hour)
	if r := w.fetch()["china"]; r.Gap == "" || r.Gap == "gap closed" {
		t.Errorf("%+v: no gap told", r)
	}
}

// TestFirstFetchCutShortHasNoGap: what a first fetch that was cut short has not stored
// is no gap, as long as the oldest, which it has, are still listed.
func TestFirstFetchCutShortHasNoGap(t *testing.T) {
	for name, sources := range map[string]string{
		"feed": `  - {name: s, kind: feed, url: "http://long.example/feed", full_text: false}`,
		"list": strings.Replace(china, "name: china", "name: s", 1) + "    max_pages: 3\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sources)
			if name == "feed" {
				w.transport(func(*http.Request) string { return longFeed(w.now.Now()) })
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w.Changed = func(...string) { cancel() } // after the first batch
			_ = w.Once(ctx, nil, daemon.Options{}, func(daemon.Report) {})
			w.Changed = nil
			if n := len(w.articles()); n == 0 || n > 50 {
				t.Fatalf("%d articles stored: the test shows nothing", n)
			}
			if r := w.fetch()["s"]; r.Err != nil || r.New < 60 || strings.Contains(r.Gap, "not closable") {
				t.Errorf("%+v", r)
			}
		})
	}
}

// longFeed has 300 items, the newest first.
func longFeed(now time.Time) string {
	var b strings.Builder
	b.WriteString("<rss><channel><title>t</title>")
	for n := range 300 {
		at := now.Add(-time.Duration(n) * time.Minute)
		fmt.Fprintf(&b, "<item><guid>%d</guid><title>news of %d</title><description>text of %d</description><pubDate>%s</pubDate></item>", at.Unix(), n, n, at.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return b.String()
}
