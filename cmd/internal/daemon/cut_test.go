package daemon_test

import (
	"context"
	"net/http"
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
