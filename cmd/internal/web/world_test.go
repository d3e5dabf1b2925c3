package web

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosimple/slug"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/fetcher"
	"aggregator/normalize/article"
	"aggregator/storage"
)

var discard = slog.New(slog.DiscardHandler)

// roundTrip answers every request with a document.
type roundTrip string

func (doc roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(doc))), Request: r}, nil
}

// world is a site with a store of its own.
type world struct {
	http.Handler
	t      *testing.T
	store  *storage.Store
	daemon *daemon.Daemon
	file   string
	net    http.RoundTripper
	clock  time.Time
	n      int
	counts map[string]int // of answers
}

// newWorld makes the site of a configuration in YAML.
func newWorld(t *testing.T, yaml string) *world {
	t.Helper()
	w := &world{t: t, file: filepath.Join(t.TempDir(), "a.db"), clock: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)}
	w.configure(yaml)
	return w
}

// configure starts the site anew with another configuration.
func (w *world) configure(yaml string) {
	w.t.Helper()
	if w.store != nil {
		w.store.Close()
	}
	cfg, err := config.Parse("config.yaml", []byte(yaml))
	if err != nil {
		w.t.Fatal(err)
	}
	w.store, err = storage.Open(w.file, storage.Options{
		Authority: "feeds.example.net,2026", Slug: func(name string) string { return cmp.Or(cfg.Categories[name].Slug, slug.Make(name)) }, Now: func() time.Time { return w.clock },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { w.store.Close() })
	client, err := fetcher.NewClient(fetcher.Options{Transport: w, PerHost: 8})
	if err != nil {
		w.t.Fatal(err)
	}
	if w.daemon, err = daemon.New(discard, cfg, client, w.store); err != nil {
		w.t.Fatal(err)
	}
	feeds := feedout.New(w.daemon.Feeds(), feedout.Options{Formats: cfg.Feeds.Formats})
	w.daemon.Changed = feeds.Changed
	w.Handler, err = New(discard, Site{
		Title: cfg.Site.Title, Language: cfg.Site.Language, BaseURL: cfg.Site.BaseURL, Zone: w.daemon.Zone(), Feeds: w.daemon.Feeds(), Slug: slug.Make,
		Daemon: w.daemon, Version: "1.2.3", Count: func(document, code string) {
			if w.counts != nil {
				w.counts[document+" "+code]++
			}
		},
	}, feeds)
	if err != nil {
		w.t.Fatal(err)
	}
}

// RoundTrip makes the world the daemon's network.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) { return w.net.RoundTrip(r) }

// add stores articles, one a minute.
func (w *world) add(articles ...article.Article) {
	w.t.Helper()
	for _, a := range articles {
		w.n++
		w.clock = w.clock.Add(time.Minute)
		if a.Key == "" {
			a.Key = fmt.Sprint("k", w.n)
		}
		if a.Published.IsZero() {
			a.Published = w.clock
		}
		_, err := w.store.Add(storage.Batch{Source: "s", Entries: []storage.Entry{{
			Identity: article.Identity{Keys: []string{a.Key}, Name: a.Key, Print: uint64(w.n)}, Article: a,
		}}})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// get asks for a path with headers, in pairs.
func (w *world) get(path string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.ask(http.MethodGet, path, header...)
}

func (w *world) ask(method, path string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}
