package daemon_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
)

// TestManySitesBeginOneAfterTheOther: sources of many sites that are due at once
// wait before their cycles begin, and none of them for another site's manners.
func TestManySitesBeginOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sites, ofOne = 300, 40
		var sources strings.Builder
		for n := range ofOne { // each has to wait for the one before
			fmt.Fprintf(&sources, "\n  - {name: one-%d, kind: feed, url: \"https://one.example/%d\", full_text: false}", n, n)
		}
		for n := range sites {
			fmt.Fprintf(&sources, "\n  - {name: site-%d, kind: feed, url: \"https://site%d.example/\", full_text: false}", n, n)
		}
		w := newWorld(t, sources.String())
		start := time.Now()
		var asked, last atomic.Int64
		var mu sync.Mutex
		most := 0
		w.net = roundTrip(func(r *http.Request) *http.Response {
			if strings.HasPrefix(r.URL.Host, "site") {
				asked.Add(1)
				last.Store(int64(time.Since(start)))
			}
			mu.Lock()
			most = max(most, runtime.NumGoroutine())
			mu.Unlock()
			time.Sleep(50 * time.Millisecond)
			return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}
		})
		client, err := fetcher.NewClient(fetcher.Options{Transport: w, Interval: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		d, err := daemon.New(slog.New(slog.DiscardHandler), w.Config(), client, w.store)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Once(t.Context(), nil, daemon.Options{}, func(daemon.Report) {}); err != nil {
			t.Fatal(err)
		}
		if took := time.Duration(last.Load()); asked.Load() != sites || took > 5*time.Second {
			t.Errorf("%d sites were asked within %s", asked.Load(), took)
		}
		if most > sites {
			t.Errorf("%d goroutines at a time", most)
		}
	})
}
