package daemon_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"aggregator/feedout"
)

// TestRenamed: a category that is given another slug keeps its id, and its
// readers are sent to the new address; one that no source has any more stays
// while there are articles in it, but a source that was taken out is gone.
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
	if _, err := w.Feeds().Feed(t.Context(), "money"); err != nil {
		t.Errorf("with articles in it: %v", err)
	}
	if _, err := w.Feeds().Feed(t.Context(), "source/china"); !errors.Is(err, feedout.ErrGone) {
		t.Errorf("source: %v, want gone", err)
	}
}
