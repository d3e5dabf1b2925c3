package daemon_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/fetcher"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestRenamed: a category that is given another slug keeps its id, and its
// readers are sent to the new address; one that no source has any more is gone, as
// is a source that was taken out.
func TestRenamed(t *testing.T) {
	w := newWorld(t, china)
	file := filepath.Join(t.TempDir(), "a.db")
	slugs := []string{"finance", "money"}
	var ids []string
	for _, slug := range slugs {
		w.open(china+"categories: {金融: {slug: "+slug+"}}\n", file)
		if len(ids) == 0 {
			w.fetch()
		}
		f, err := w.Feeds().Feed(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, f.ID)
		if slug != slugs[1] {
			w.store.Close()
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("ids %q", ids)
	}
	p := feedout.New(w.Feeds(), feedout.Options{})
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/feeds/finance.rss", nil))
	if rec.Code != http.StatusPermanentRedirect || rec.Header().Get("Location") != "money.rss" {
		t.Errorf("got %d %v", rec.Code, rec.Header())
	}
	w.store.Close()
	w.open("  - {name: other, kind: feed, url: \"http://feeds.example/\"}\n", file)
	if _, err := w.Feeds().Feed(t.Context(), "money"); !errors.Is(err, feedout.ErrGone) {
		t.Errorf("category: %v, want gone", err)
	}
	if _, err := w.Feeds().Feed(t.Context(), "source/china"); !errors.Is(err, feedout.ErrGone) {
		t.Errorf("source: %v, want gone", err)
	}
}

// TestGone: a category that nothing is left of is gone, unless somebody still
// speaks of it, and its address is free for a saved search.
func TestGone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	w := newWorld(t, china)
	for _, tt := range []struct {
		name, more string
		want       error
	}{
		{"left", "", feedout.ErrGone},
		{"configured", "categories: {old: {title: 旧闻}}\n", nil},
		{"saved", "feeds: {saved: [{slug: old, any: [的]}]}\n", nil},
	} {
		w.open(china+tt.more, file)
		_, err := w.store.Add(storage.Batch{Source: "china", Entries: []storage.Entry{{
			Identity: article.Identity{Keys: []string{"withdrawn"}, Name: "withdrawn"},
			Article:  article.Article{Title: "x", Categories: []string{"old"}, Withdrawn: time.Now()},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Feeds().Feed(t.Context(), "old"); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		list, err := w.Feeds().List()
		if want := map[string]int{"left": 1, "configured": 2, "saved": 1}[tt.name]; err != nil || len(list) != want {
			t.Errorf("%s: list %v, %v, want %d", tt.name, list, err, want)
		}
		w.store.Close()
	}
}

// TestHidden: a saved search at the address of a category that was there first is
// told of, and the address is listed once.
func TestHidden(t *testing.T) {
	w := newWorld(t, china)
	file := filepath.Join(t.TempDir(), "a.db")
	w.open(china, file)
	w.fetch()
	list, err := w.Feeds().List()
	if err != nil || len(list) < 2 {
		t.Fatal(list, err)
	}
	slug := list[1].Slug
	w.store.Close()
	for saved, want := range map[string]bool{slug: true, "other": false} {
		w.open(china+"feeds: {saved: [{slug: "+saved+", any: [的]}]}\n", file)
		var log bytes.Buffer
		cfg, err := config.Parse("config.yaml", []byte("sources:\n"+china+"feeds: {saved: [{slug: "+saved+", any: [的]}]}\n"))
		if err != nil {
			t.Fatal(err)
		}
		client, err := fetcher.NewClient(fetcher.Options{Transport: w})
		if err != nil {
			t.Fatal(err)
		}
		d, err := daemon.New(slog.New(slog.NewTextHandler(&log, nil)), cfg, client, w.store)
		if err != nil {
			t.Fatal(err)
		}
		_, outlines, err := d.Feeds().Outlines(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		addresses := map[string]bool{}
		for _, o := range outlines {
			if addresses[o.Feed] {
				t.Errorf("%s: twice in the list: %s", saved, o.Feed)
			}
			addresses[o.Feed] = true
		}
		if got := strings.Contains(log.String(), "saved search hidden"); got != want {
			t.Errorf("%s: told is %v, want %v:\n%s", saved, got, want, log.String())
		}
		w.store.Close()
	}
}

// TestSearchTakenOut: a saved search that is taken out is gone, as far as the store
// remembers, and there again when it is put back.
func TestSearchTakenOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	w := newWorld(t, china)
	for _, tt := range []struct {
		saved string
		want  error
	}{{"", feedout.ErrNoFeed}, {"{slug: news, any: [的]}", nil}, {"", feedout.ErrGone}, {"{slug: other, any: [的]}", feedout.ErrGone}, {"{slug: news, any: [的]}", nil}} {
		w.open(china+"feeds: {saved: ["+tt.saved+"]}\n", file)
		if _, err := w.Feeds().Feed(t.Context(), "news"); !errors.Is(err, tt.want) {
			t.Errorf("saved %q: %v, want %v", tt.saved, err, tt.want)
		}
		w.store.Close()
	}
}
