package daemon_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
)

// TestStalledReportStopsNoOtherRound: who does not take the reports of his round, as a
// client that was stopped, keeps no other round from fetching.
func TestStalledReportStopsNoOtherRound(t *testing.T) {
	var sources strings.Builder
	var gone []string
	var first sync.Once
	for n := range 8 {
		gone = append(gone, fmt.Sprintf("gone-%d", n))
		fmt.Fprintf(&sources, "  - {name: gone-%d, kind: feed, url: \"https://gone%d.example/\", full_text: false}\n", n, n)
	}
	sources.WriteString("  - {name: other, kind: feed, url: \"https://other.example/\", full_text: false}\n")
	w := newWorld(t, sources.String())
	w.net = roundTrip(func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: http.StatusGone, Header: http.Header{}, Body: http.NoBody, Request: r}
	})
	w.Config().Fetch.Concurrency = 1
	client, err := fetcher.NewClient(fetcher.Options{Transport: w})
	if err != nil {
		t.Fatal(err)
	}
	d, err := daemon.New(slog.New(slog.DiscardHandler), w.Config(), client, w.store)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Once(t.Context(), gone, daemon.Options{}, func(daemon.Report) {}); err != nil { // they are left alone then
		t.Fatal(err)
	}
	begun, taken, stalled, fetched := make(chan struct{}), make(chan struct{}), make(chan error, 1), make(chan error, 1)
	go func() {
		stalled <- d.Once(t.Context(), gone, daemon.Options{}, func(daemon.Report) {
			first.Do(func() { close(begun) })
			<-taken
		})
	}()
	<-begun
	go func() {
		fetched <- d.Once(t.Context(), []string{"other"}, daemon.Options{}, func(daemon.Report) {})
	}()
	select {
	case err := <-fetched:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the other round waits still")
		defer func() { <-fetched }()
	}
	close(taken)
	if err := <-stalled; err != nil {
		t.Error(err)
	}
}
