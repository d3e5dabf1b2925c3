package daemon_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
)

// TestNamedTwice: a source that is named twice is fetched once, and does not wait for
// itself.
func TestNamedTwice(t *testing.T) {
	w := newWorld(t, `  - {name: a, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false}`)
	n := 0
	if err := w.Once(t.Context(), []string{"a", "a"}, daemon.Options{}, func(daemon.Report) { n++ }); err != nil || n != 1 || w.Sources([]string{"a", "a"}) != 1 {
		t.Errorf("%d reports, %v", n, err)
	}
}

// TestOrdersThatCross: sources of one site that are fetched in one order by a round, and
// in the other by another at the same time, do not wait for each other.
func TestOrdersThatCross(t *testing.T) {
	w := newWorld(t, `
  - {name: a, kind: feed, url: "http://feeds.example/a", full_text: false}
  - {name: b, kind: feed, url: "http://feeds.example/b", full_text: false}
`)
	w.transport(func(r *http.Request) string {
		return `<rss version="2.0"><channel><item><guid>` + r.URL.Path + time.Now().String() + `</guid><title>x</title></item></channel></rss>`
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for range 100 {
		var group sync.WaitGroup
		for _, names := range [][]string{{"a", "b"}, {"b", "a"}} {
			group.Go(func() {
				_ = w.Once(ctx, names, daemon.Options{Force: true}, func(r daemon.Report) {
					if r.Err != nil {
						t.Error(r.Err)
					}
				})
			})
		}
		group.Wait()
		if ctx.Err() != nil {
			t.Fatal("they wait for each other")
		}
	}
}
