package feedout

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

// TestAbsent: what moved is found where it is, in the same format and behind
// any proxy, and what is gone is not asked for again.
func TestAbsent(t *testing.T) {
	var refusal error
	p := New(loader{feed: func(context.Context, string) (*Feed, error) {
		if refusal != nil {
			return nil, fmt.Errorf("slug: %w", refusal)
		}
		return sample(1), nil
	}}, Options{})
	for _, tt := range []struct {
		err            error
		status         int
		path, location string
	}{
		{&Moved{"money"}, 308, "/feeds/finance.atom", "/feeds/money.atom"},
		{&Moved{"money"}, 308, "/feeds/finance.rss", "/feeds/money.rss"},
		{&Moved{"stock/b"}, 308, "/feeds/stock/a.json", "/feeds/stock/b.json"},
		{&Moved{"money/2026-03"}, 308, "/feeds/finance/2026-03.atom", "/feeds/money/2026-03.atom"},
		{&Moved{"b"}, 308, "/feeds/stock/a.json", "/feeds/b.json"},
		{ErrGone, 410, "/feeds/finance.atom", ""},
		{ErrNoFeed, 404, "/feeds/finance.atom", ""},
	} {
		refusal = nil
		p.Changed()
		get(t, p, tt.path) // once it was there
		refusal = tt.err
		p.Changed()
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			got := ask(p, method, tt.path)
			if got.StatusCode != tt.status || got.Header.Get("Cache-Control") != "no-cache" || got.Header.Get("Etag") != "" {
				t.Errorf("%s %s: %v: got %d %v", method, tt.path, tt.err, got.StatusCode, got.Header)
			}
			if to := located(t, got, tt.path); to != tt.location {
				t.Errorf("%s: got %q, want %q", tt.path, to, tt.location)
			}
		}
		if len(p.slots) != 0 {
			t.Errorf("%v: a slot is kept", tt.err)
		}
	}
}

// located is where an answer from a path sends its reader; empty for nowhere.
func located(t *testing.T, got *http.Response, path string) string {
	t.Helper()
	location := got.Header.Get("Location")
	if location == "" {
		return ""
	}
	base := url.URL{Scheme: "https", Host: "x", Path: path}
	to, err := base.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return to.Path
}
