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
		{"GET", "/newsfeeds", 404, ""},
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

// TestRedirectsKeepPath: an address that is not clean leads below the path of
// base_url, through a proxy that strips it too, and pages may follow.
func TestRedirectsKeepPath(t *testing.T) {
	for _, tt := range []struct{ base, asked, want string }{
		{"/pa", "/pa//feeds/x.atom", "/pa/feeds/x.atom"},
		{"/pa", "//feeds/x.atom?a=b", "/pa/feeds/x.atom?a=b"},
		{"/pa", "//pa/feeds/x.atom", "/pa/feeds/x.atom"},
		{"/pa", "/pa", "/pa/"},
		{"/pa", "/pa?x=1", "/pa/?x=1"},
		{"/pa", "/pa//", "/pa/"},
		{"/pa", "/pa/./feeds/%E8%B4%B5%2F.atom", "/pa/feeds/%E8%B4%B5%2F.atom"},
		{"/pa", "/pa/../feeds/x.atom", "/pa/feeds/x.atom"},
		{"/pa", "//e.org/..//e.net/x", "/pa/e.net/x"},
		{"/新", "/%E6%96%B0//feeds/x.atom", "/%E6%96%B0/feeds/x.atom"},
		{"", "//feeds//x.atom", "/feeds/x.atom"},
		{"", "//e.org/", "/e.org/"},
		{"", "/", ""},
		{"/pa", "/", ""},
		{"/pa", "/pa/", ""},
	} {
		h := mount(tt.base, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
		r := httptest.NewRequest("GET", "http://example.net"+tt.asked, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		head := w.Header()
		if got := head.Get("Location"); got != tt.want || (w.Code == http.StatusPermanentRedirect) != (tt.want != "") {
			t.Errorf("%s at %q: got %d to %q, want %q", tt.asked, tt.base, w.Code, got, tt.want)
		}
		if tt.want != "" && (head.Get("Access-Control-Allow-Origin") != "*" || head.Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("%s: headers %v", tt.asked, head)
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
