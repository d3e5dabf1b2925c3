package daemon_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
)

const published = china + "feeds: {entries: 5, window: 1h, saved: [{slug: news, any: [的, 股, 新]}]}\n"

// served are the answers of a publisher by path and coding: what a reader
// could tell two documents apart by, and their bytes.
func served(t *testing.T, p *feedout.Publisher, paths []string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, path := range paths {
		for suffix, coding := range map[string]string{"": "identity", ".gz": "gzip", ".br": "br"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept-Encoding", coding)
			rec := httptest.NewRecorder()
			p.ServeHTTP(rec, r)
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: %d", path, rec.Code)
			}
			all[path+suffix] = fmt.Sprint(rec.Header().Get("Etag"), " ", rec.Header().Get("Last-Modified"), "\n", rec.Body)
		}
	}
	return all
}

// TestRestart: readers cannot tell a program that was started again from one
// that was not, nor a document that was rendered again.
func TestRestart(t *testing.T) {
	w := newWorld(t, published)
	file := filepath.Join(t.TempDir(), "a.db")
	w.open(published, file)
	p := feedout.New(w.Feeds(), feedout.Options{Marks: w.Feeds()})
	w.Changed = p.Changed
	w.fetch()
	list, err := w.Feeds().List()
	if err != nil || len(list) < 2 {
		t.Fatal(list, err)
	}
	paths := append(p.Paths("all", "news", list[1].Slug, "source/china"), feedout.ListPath)
	for range 2 {
		// A document that changed twice within a second is of the next one, which is
		// told only when it has come: both fetches may have been within one.
		served(t, p, paths)
		time.Sleep(time.Second)
		before := served(t, p, paths)
		p.Changed()
		same(t, "rendered again", served(t, p, paths), before)
		w.store.Close()
		w.open(published, file)
		p = feedout.New(w.Feeds(), feedout.Options{Memory: 1, Marks: w.Feeds()})
		w.Changed = p.Changed
		same(t, "started again", served(t, p, paths), before)
		w.fetch() // nothing new
		same(t, "fetched again", served(t, p, paths), before)
		w.now.advance(time.Hour)
		w.fetch()
		if maps.Equal(served(t, p, paths), before) {
			t.Error("nothing new within an hour")
		}
	}
}

func same(t *testing.T, when string, got, want map[string]string) {
	t.Helper()
	for path := range want {
		if got[path] != want[path] {
			t.Errorf("%s: %s differs: %.100q, want %.100q", when, path, got[path], want[path])
		}
	}
}

// TestFiles: the files are what is served.
func TestFiles(t *testing.T) {
	w := newWorld(t, strings.Replace(published, "window: 1h", "max_entries: 5", 1))
	w.fetch()
	p := feedout.New(w.Feeds(), feedout.Options{})
	n, stocks := 0, 0
	for file, err := range w.Feeds().Files(t.Context(), daemon.Extent{Archives: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(file.Name, "feeds/stock/") {
			stocks++
		} else {
			n++
		}
		if "/"+file.Name == daemon.IconPath {
			continue
		}
		path := "/" + strings.TrimSuffix(strings.TrimSuffix(file.Name, ".gz"), ".br")
		_, body, _ := strings.Cut(served(t, p, []string{path})["/"+file.Name], "\n")
		if !bytes.Equal(file.Data, []byte(body)) {
			t.Errorf("%s is not what is served", file.Name)
		}
	}
	// all, two categories, the source, with a month each; the search, the
	// corrections, the health; the list; the icon
	if n != 3*(3*(4*2+3)+1)+1 || stocks == 0 || stocks%9 != 0 {
		t.Errorf("%d files, and %d of stocks", n, stocks)
	}
}

// TestNotModifiedAfterConfigured: a start with another configuration does not tell
// readers that they have what they never saw, and one with the same does.
func TestNotModifiedAfterConfigured(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	w := newWorld(t, published)
	w.open(published, file)
	w.fetch()
	source := "/feeds/source/china.atom"
	since := map[string]string{}
	ask := func() map[string]int {
		load := w.Feeds()
		p := feedout.New(load, feedout.Options{Marks: load})
		codes := map[string]int{}
		for _, path := range []string{source, "/feeds/news.json", "/feeds.opml"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("If-Modified-Since", since[path])
			rec := httptest.NewRecorder()
			p.ServeHTTP(rec, r)
			codes[path], since[path] = rec.Code, rec.Header().Get("Last-Modified")
		}
		return codes
	}
	ask()
	for range 2 {
		w.store.Close()
		w.open(published, file)
		for path, code := range ask() {
			if code != http.StatusNotModified {
				t.Errorf("%s after the same configuration: status %d", path, code)
			}
		}
	}
	w.store.Close()
	w.open(strings.Replace(published, "name: china", "name: china\n    title: 中国", 1), file)
	for path, code := range ask() {
		if path != "/feeds/news.json" && code != http.StatusOK {
			t.Errorf("%s after another title: status %d", path, code)
		}
	}
}
