package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/storage"
)

// TestArchiveWithoutRoom: that the archive cannot be written is told once, not with each
// source that brings something, and what is missing is written as soon as it can be,
// though nothing more comes.
func TestArchiveWithoutRoom(t *testing.T) {
	const sources = 20
	dir := filepath.Join(t.TempDir(), "archive")
	file := filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(dir, nil, 0o644); err != nil { // no directory can be there
		t.Fatal(err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "site: {tag_authority: \"feeds.example.net,2026\"}\narchive: %q\nfetch: {per_host: {concurrency: 8, interval: 0s}}\nsources:\n", dir)
	for i := range sources {
		fmt.Fprintf(&text, "  - {name: s%d, kind: feed, url: \"http://site1.example/%d\", full_text: false, schedule: \"@every 1000h\"}\n", i, i)
	}
	cfg, err := config.Parse("config.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		store, err := storage.Open(file, storage.Options{Authority: "feeds.example.net,2026"})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		client, err := fetcher.NewClient(fetcher.Options{PerHost: 8, Transport: roundTrip(func(r *http.Request) *http.Response {
			body := "<rss><channel><title>t</title>" + listedItem("g"+r.URL.Path[1:], "第"+r.URL.Path[1:]+"条", "") + "</channel></rss>"
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
		})})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		var log lockedBuffer
		d, err := daemon.New(slog.New(slog.NewTextHandler(&log, nil)), cfg, client, store)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		time.Sleep(50 * time.Second)
		if n := strings.Count(log.String(), "archive failed"); n != 1 {
			t.Errorf("told %d times:\n%s", n, log.String())
		}
		if n, err := store.Count(); err != nil || n != sources {
			t.Errorf("%d articles, %v", n, err)
		}
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*", "*.md"))
		if err != nil || len(files) != sources {
			t.Errorf("%d files, %v", len(files), err)
		}
		if !strings.Contains(log.String(), "archive goes on") {
			t.Error(log.String())
		}
		stop()
		<-ended
	})
}

// TestArchiveAfterAKill: files that a daemon had no time to write are written when the
// next one starts, though nothing new comes.
func TestArchiveAfterAKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "  - {name: site, kind: feed, url: \"http://feeds.example/site/1/rss.xml\", full_text: false, schedule: \"@every 1000h\"}\n")
		w.fetch() // without an archive: as if it had been killed after the articles were stored
		cfg := *w.Config()
		cfg.Archive = filepath.Join(t.TempDir(), "archive")
		client, err := fetcher.NewClient(fetcher.Options{Transport: w})
		if err != nil {
			t.Fatal(err)
		}
		d, err := daemon.New(slog.New(slog.DiscardHandler), &cfg, client, w.store)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := d.Run(ctx); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(cfg.Archive, "*", "*", "*", "*.md"))
		if want := len(w.articles()); err != nil || want == 0 || len(files) != want {
			t.Errorf("%d files of %d articles, %v", len(files), want, err)
		}
	})
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
