package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestMount: what is not a page reaches the feeds as it was asked for, below the
// path of base_url too, and nothing is redirected to where nothing is.
func TestMount(t *testing.T) {
	feeds := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Reached", r.Method+" "+r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	})
	h, err := New(slog.New(slog.DiscardHandler), Site{BaseURL: "https://example.net/news/"}, feeds)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, path string
		status       int
		reached      string
	}{
		{"GET", "/feeds/a.atom", 204, "GET /feeds/a.atom"},
		{"PUT", "/feeds/a.atom", 204, "PUT /feeds/a.atom"},
		{"OPTIONS", "/feeds.opml", 204, "OPTIONS /feeds.opml"},
		{"GET", "/feeds", 204, "GET /feeds"},
		{"GET", "/feeds/", 204, "GET /feeds/"},
		{"GET", "/news/feeds/a/2026-03.atom", 204, "GET /feeds/a/2026-03.atom"},
		{"GET", "/feeds/" + strings.Repeat("a", 8000), 414, ""},
		{"GET", "/feeds/a.atom?" + strings.Repeat("a", 8000), 414, ""},
		{"GET", "/healthz", 200, ""},
		{"GET", "/icon.png", 200, ""},
		{"HEAD", "/news/favicon.ico", 200, ""},
		{"POST", "/icon.png", 405, ""},
		{"HEAD", "/healthz", 200, ""},
		{"POST", "/healthz", 405, ""},
		{"POST", "/", 405, ""},
		{"GET", "/none", 404, ""},
		{"GET", "/news", 404, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
		if w.Code != tt.status || w.Header().Get("Reached") != tt.reached {
			t.Errorf("%s %.40s: got %d %q", tt.method, tt.path, w.Code, w.Header())
		}
		if tt.reached == "" && w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %.40s: got %q", tt.method, tt.path, w.Header())
		}
		if tt.status == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
			t.Errorf("%s %.40s: what is allowed is not told", tt.method, tt.path)
		}
	}
}

// TestIcon: a reader that has the picture is not sent it again.
func TestIcon(t *testing.T) {
	first := httptest.NewRecorder()
	icon(first, httptest.NewRequest("GET", "/icon.png", nil))
	if kind := http.DetectContentType(first.Body.Bytes()); kind != "image/png" || first.Header().Get("Content-Type") != kind {
		t.Errorf("got %s as %s", kind, first.Header())
	}
	r := httptest.NewRequest("GET", "/icon.png", nil)
	r.Header.Set("If-None-Match", first.Header().Get("Etag"))
	second := httptest.NewRecorder()
	icon(second, r)
	if second.Code != http.StatusNotModified || second.Body.Len() != 0 {
		t.Errorf("got %d", second.Code)
	}
}
