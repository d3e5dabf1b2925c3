package daemon_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/fetcher/simulated"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// world is a simulated origin, with its clock, and a daemon that fetches from
// it through memory.
type world struct {
	*daemon.Daemon
	t      testing.TB
	origin *simulated.Origin
	store  *storage.Store
	now    *clock
	net    http.RoundTripper
	// similar joins what tells one story; most tests count what the origin
	// has listed.
	similar bool
}

// RoundTrip makes the world the daemon's network.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) { return w.net.RoundTrip(r) }

// transport answers every request with a text instead of the origin.
func (w *world) transport(answer func(*http.Request) string) {
	w.net = roundTrip(func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer(r))), Request: r}
	})
}

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// newWorld makes a world whose sources are the YAML given, in a store of its
// own.
func newWorld(t testing.TB, sources string) *world {
	t.Helper()
	w := &world{t: t, now: &clock{now: time.Now().Add(-48 * time.Hour).Truncate(time.Minute)}}
	w.origin = simulated.New(simulated.Options{Seed: 3, Start: w.now.Now(), Now: w.now.Now, Every: 2 * time.Minute, Backlog: 600, KeepRequests: 1 << 20})
	w.open(sources, filepath.Join(t.TempDir(), "a.db"))
	return w
}

func (w *world) open(sources, file string) {
	w.t.Helper()
	w.net = w.origin.Transport()
	cfg, err := config.Parse("config.yaml", fmt.Appendf(nil, "site: {tag_authority: \"feeds.example.net,2026\"}\nfetch: {per_host: {concurrency: 8, interval: 0s}}\ndedup: {similar: %t}\nsources:\n%s", w.similar, sources))
	if err != nil {
		w.t.Fatal(err)
	}
	w.store, err = storage.Open(file, storage.Options{Authority: "feeds.example.net,2026", Slug: func(name string) string { return strings.ToLower(name) }})
	if err != nil {
		w.t.Fatal(err)
	}
	store := w.store // w may open another
	w.t.Cleanup(func() { store.Close() })
	client, err := fetcher.NewClient(fetcher.Options{Transport: w, PerHost: 8})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Daemon, err = daemon.New(slog.New(slog.DiscardHandler), cfg, client, w.store)
	if err != nil {
		w.t.Fatal(err)
	}
}

// fetch fetches all sources once and returns their reports by name.
func (w *world) fetch() map[string]daemon.Report {
	w.t.Helper()
	reports := map[string]daemon.Report{}
	err := w.Once(w.t.Context(), nil, daemon.Options{}, func(r daemon.Report) { reports[r.Source] = r })
	if err != nil {
		w.t.Fatal(err)
	}
	return reports
}

// articles returns what is stored, by key.
func (w *world) articles() map[string]article.Article {
	w.t.Helper()
	all := map[string]article.Article{}
	for a, err := range w.store.Articles(storage.Query{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		if _, twice := all[a.Key]; twice {
			w.t.Errorf("key %s is stored twice", a.Key)
		}
		all[a.Key] = a
	}
	return all
}

// requests counts the requests for paths that contain a text, and forgets all.
func (w *world) requests(part string) int {
	n := 0
	for _, r := range w.origin.Requests() {
		if strings.Contains(r.Path, part) {
			n++
		}
	}
	w.origin.ForgetRequests()
	return n
}
