package daemon_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/normalize/article"
)

// TestFeedsNamePages: a feed names the page that shows the same, in each format, in
// its archives and in the list of feeds; one without a page of its own the front page.
func TestFeedsNamePages(t *testing.T) {
	w := newWorld(t, china+"feeds: {entries: 2, window: 1s, saved: [{slug: news, any: [的, 股, 新]}]}\ncategories: {金融: {slug: finance}}\n")
	w.fetch()
	p := feedout.New(w.Feeds(), feedout.Options{})
	get := func(path string) string {
		rec := httptest.NewRecorder()
		p.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != http.StatusOK {
			t.Errorf("%s: %d", path, rec.Code)
		}
		return rec.Body.String()
	}
	const site = "http://127.0.0.1:8080"
	formats := map[string]*regexp.Regexp{
		".atom": regexp.MustCompile(`<link rel="alternate" type="text/html" href="([^"]*)">`),
		".rss":  regexp.MustCompile(`<link>([^<]*)</link>`),
		".json": regexp.MustCompile(`"home_page_url": ?"([^"]*)"`),
	}
	month := time.Now().In(w.Zone()).Format("2006-01")
	for slug, page := range map[string]string{
		"finance": "/c/finance/", "finance/" + month: "/c/finance/", "news": "/c/news/",
		"all": "/", "all/" + month: "/", "corrections": "/", "source/china": "/",
	} {
		for suffix, link := range formats {
			if m := link.FindStringSubmatch(get("/feeds/" + slug + suffix)); m == nil || m[1] != site+page {
				t.Errorf("%s%s: names %q, want %s", slug, suffix, m, page)
			}
		}
		if !strings.Contains(get("/feeds/"+slug+".atom"), `<generator uri="`+site+`/">`) {
			t.Errorf("%s: the generator is not the site", slug)
		}
	}
	list := get("/feeds.opml")
	for slug, page := range map[string]string{"finance": "/c/finance/", "news": "/c/news/", "all": "/", "source/china": "/"} {
		if want := `xmlUrl="` + site + "/feeds/" + slug + `.atom" htmlUrl="` + site + page + `"`; !strings.Contains(list, want) {
			t.Errorf("the list lacks %s:\n%s", want, list)
		}
	}
}

// TestListings: what has a page is read on page by page; what has none is no page,
// and what moved tells where to.
func TestListings(t *testing.T) {
	w := newWorld(t, china+"feeds: {saved: [{slug: news, any: [的, 股, 新]}]}\n")
	w.fetch()
	all := w.articles()
	seen := map[string]article.Article{}
	for next := uint64(0); ; {
		l, err := w.Feeds().Listing("all", next, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range l.Articles {
			seen[a.Key] = a
		}
		if next = l.Next; next == 0 {
			break
		}
	}
	if len(seen) != len(all) {
		t.Errorf("%d articles of %d", len(seen), len(all))
	}
	if l, err := w.Feeds().Listing("news", 0, 5); err != nil || len(l.Articles) != 5 || l.Path != "/c/news/" || l.Next != 0 {
		t.Errorf("a saved search: %+v, %v", l, err)
	}
	for _, slug := range []string{"corrections", "health", "source/china", "stock/sz000931", "none", ""} {
		if _, err := w.Feeds().Listing(slug, 0, 5); !errors.Is(err, feedout.ErrNoFeed) {
			t.Errorf("%q: %v", slug, err)
		}
	}
	for slug, want := range map[string]string{"source/china": "/", "corrections": "/", "all": "/", "health": "/status", "news": "/c/news/"} {
		if got := daemon.PagePath(slug); got != want {
			t.Errorf("the page of %s: %s", slug, got)
		}
	}
}
