package daemon_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aggregator/feedout"
)

// TestFeedsOnOffer: each kind of slug finds its feed, with an id of its own, and
// nothing else does.
func TestFeedsOnOffer(t *testing.T) {
	w := newWorld(t, china+"feeds: {entries: 5, window: 1h, saved: [{slug: news, title: 要闻, any: [的, 股, 新]}]}\n")
	w.now.advance(time.Hour)
	w.fetch()
	slugs := []string{"all", "金融", "news", "source/china"}
	for _, a := range w.articles() {
		for _, code := range a.Stocks {
			slugs = append(slugs[:4:4], "stock/"+code)
		}
	}
	if len(slugs) < 5 {
		t.Error("no article mentions a stock")
	}
	ids := map[string]bool{}
	for _, slug := range slugs {
		if slug == "金融" { // its slug is made safe for addresses
			list, err := w.Feeds().List()
			if err != nil || len(list) < 2 {
				t.Fatal(list, err)
			}
			slug = list[1].Slug
		}
		f, err := w.Feeds().Feed(t.Context(), slug)
		if err != nil || len(f.Articles) == 0 || f.Title == "" || ids[f.ID] {
			t.Errorf("%s: got %+v, %v", slug, f, err)
			continue
		}
		ids[f.ID] = true
	}
	for _, slug := range []string{"none", "stock/xx999999", "stock/", "stock/a\x00b", "source/none", "source/", "health/x"} {
		if _, err := w.Feeds().Feed(t.Context(), slug); !errors.Is(err, feedout.ErrNoFeed) {
			t.Errorf("%q: %v, want no feed", slug, err)
		}
	}
	_, outlines, err := w.Feeds().Outlines(t.Context())
	for _, want := range []string{"/feeds/all.atom", "/feeds/news.atom", "/feeds/source/china.atom"} {
		if !strings.Contains(fmt.Sprint(outlines), want) {
			t.Errorf("outlines %v, %v lack %s", outlines, err, want)
		}
	}
}

// TestFeedsFollow: what was served is rendered anew once a cycle changed it.
func TestFeedsFollow(t *testing.T) {
	w := newWorld(t, china+"feeds: {saved: [{slug: news, any: [的, 股, 新]}]}\n")
	p := feedout.New(w.Feeds(), feedout.Options{})
	w.Changed = p.Changed
	paths := []string{"/feeds/all.json", "/feeds/source/china.rss", "/feeds/news.atom"}
	var before []string
	get := func(path string) string {
		rec := httptest.NewRecorder()
		p.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != http.StatusOK {
			t.Errorf("%s: %d", path, rec.Code)
		}
		return rec.Header().Get("Etag")
	}
	w.fetch()
	for _, path := range paths {
		before = append(before, get(path))
	}
	w.now.advance(2 * time.Hour)
	w.fetch()
	for i, path := range paths {
		if get(path) == before[i] {
			t.Errorf("%s did not change", path)
		}
	}
}

// TestRights: who holds the rights is told by feeds and their archives, and an
// archive that tells it has another address than the one that did not.
func TestRights(t *testing.T) {
	w := newWorld(t, china+few)
	w.past(20, time.Date(2026, time.January, 1, 0, 0, 0, 0, w.Zone()), "金融")
	before := must(w.Feeds().Feed(t.Context(), "finance")).History.Previous
	w.Config().Site.Rights = "© 2026 例 & Co"
	after := must(w.Feeds().Feed(t.Context(), "finance")).History.Previous
	if before == "" || after == "" || before == after {
		t.Errorf("the revision was %q, then %q", before, after)
	}
	p := feedout.New(w.Feeds(), feedout.Options{})
	for path, want := range map[string]string{
		"/feeds/finance.atom":         "<rights type=\"text\">© 2026 例 &#x26; Co</rights>",
		"/feeds/finance.rss":          "<copyright>© 2026 例 &#x26; Co</copyright>",
		"/feeds/finance/2026-01.atom": "<rights type=\"text\">© 2026 例 &#x26; Co</rights>",
	} {
		if doc, err := p.Document(t.Context(), path); err != nil || !strings.Contains(string(doc.Body), want) {
			t.Errorf("%s: %v, lacks %s", path, err, want)
		}
	}
}
