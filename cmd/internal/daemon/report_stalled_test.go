package daemon_test

import (
	"fmt"
	"io"
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
	endsBefore(t, fetched, taken, stalled)
}

// TestStalledReportStopsNoOtherRecord: nor does he where the records of both rounds are
// stored together.
func TestStalledReportStopsNoOtherRecord(t *testing.T) {
	const sources = 8
	var text strings.Builder
	var names []string
	for n := range sources {
		names = append(names, fmt.Sprintf("same-%d", n))
		fmt.Fprintf(&text, "  - {name: same-%d, kind: feed, url: \"https://same%d.example/\", full_text: false}\n", n, n)
	}
	text.WriteString("  - {name: other, kind: feed, url: \"https://other.example/\", full_text: false}\n")
	w := newWorld(t, text.String())
	var asked sync.WaitGroup
	asked.Add(sources + 1)
	w.net = roundTrip(func(r *http.Request) *http.Response {
		if r.Header.Get("If-None-Match") != "" {
			asked.Done()
			asked.Wait() // so that they end together
			return &http.Response{StatusCode: http.StatusNotModified, Header: http.Header{}, Body: http.NoBody, Request: r}
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {`"1"`}}, Request: r,
			Body: io.NopCloser(strings.NewReader(`<rss version="2.0"><channel><item><guid>` + r.URL.Host + `</guid><title>News</title></item></channel></rss>`))}
	})
	client, err := fetcher.NewClient(fetcher.Options{Transport: w})
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
	taken, stalled, fetched := make(chan struct{}), make(chan error, 1), make(chan error, 1)
	go func() { stalled <- d.Once(t.Context(), names, daemon.Options{}, func(daemon.Report) { <-taken }) }()
	go func() {
		fetched <- d.Once(t.Context(), []string{"other"}, daemon.Options{}, func(r daemon.Report) {
			if !r.NotModified || r.Err != nil {
				t.Errorf("got %+v, want not modified", r)
			}
		})
	}()
	endsBefore(t, fetched, taken, stalled)
}

// endsBefore tells whether a round ends before the reports of another are taken, which
// ends then.
func endsBefore(t *testing.T, fetched <-chan error, taken chan struct{}, stalled <-chan error) {
	t.Helper()
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
