package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestMovedPages: the addresses of pages move and go as those of feeds do.
func TestMovedPages(t *testing.T) {
	w := newWorld(t, plain)
	w.add(article.Article{Key: "a", Title: "旧", Categories: []string{"美股", "余"}})
	w.configure(strings.Replace(plain, "slug: us", "slug: america", 1))
	for _, tt := range []struct {
		path     string
		status   int
		location string
	}{
		{"/c/finance", 308, "/news/c/finance/"},
		{"/news/c/finance", 308, "/news/c/finance/"},
		{"/c/none", 308, "/news/c/none/"},
		{"/c/us/", 308, "/news/c/america/"},
		{"/news/c/us/?before=2s", 308, "/news/c/america/?before=2s"},
		{"/c/america/", 200, ""},
		{"/news/c/america/", 200, ""},
		{"/c/all/", 308, "/news/"},
		{"/news/a/a", 200, ""},
		{"/news/a/a/", 404, ""},
		{"/c/", 404, ""},
		{"/a/", 404, ""},
	} {
		rec := w.get(tt.path)
		if rec.Code != tt.status || rec.Header().Get("Location") != tt.location {
			t.Errorf("%s: %d to %q", tt.path, rec.Code, rec.Header().Get("Location"))
		}
	}
	if _, err := w.store.Prune(t.Context(), storage.Retention{MaxArticles: 1}); err != nil {
		t.Fatal(err)
	}
	w.add(article.Article{Key: "b", Title: "新", Categories: []string{"金融"}})
	if _, err := w.store.Prune(t.Context(), storage.Retention{MaxArticles: 1}); err != nil {
		t.Fatal(err)
	}
	if rec := w.get("/c/yu/"); rec.Code != 410 || !strings.Contains(rec.Body.String(), "已经没有了") {
		t.Errorf("a category that is gone: %d", rec.Code)
	}
	if rec := w.get("/a/a"); rec.Code != 404 && rec.Code != 410 {
		t.Errorf("an article that was pruned: %d", rec.Code)
	}
}

// TestLinksLead: every link of ours on any page leads somewhere, below a path too.
func TestLinksLead(t *testing.T) {
	w := newWorld(t, plain)
	for i := range newest + 5 {
		w.add(article.Article{Key: fmt.Sprint("k", i), Title: fmt.Sprint("降息 ", i), Categories: []string{"金融"}, Tags: []string{"降 息&"},
			Stocks: []string{"sh600519"}, Content: "<p>x</p>"})
	}
	srv := httptest.NewServer(w)
	defer srv.Close()
	paths, seen := []string{"/news/", "/news/?q=降息", "/news/none"}, map[string]bool{}
	for ; len(paths) > 0; paths = paths[1:] {
		if seen[paths[0]] {
			continue
		}
		seen[paths[0]] = true
		res, err := http.Get(srv.URL + paths[0])
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != 200 && paths[0] != "/news/none" {
			t.Errorf("%s: %d, %v", paths[0], res.StatusCode, err)
		}
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			for _, href := range hrefs(t, body) {
				href, _, _ = strings.Cut(strings.TrimPrefix(href, "https://feeds.example.net"), "#")
				if href == "" { // on the same page
					continue
				}
				if !strings.HasPrefix(href, "/news/") {
					t.Errorf("%s leads out to %s", paths[0], href)
				}
				paths = append(paths, href)
			}
		}
	}
	for _, want := range []string{"/news/c/finance/", "/news/c/rates/", "/news/a/k0", "/news/icon.png", "/news/feeds.opml", "/news/feeds/rates.json", "/news/feeds/stock/sh600519.atom"} {
		if !seen[want] {
			t.Errorf("%s is linked from nowhere", want)
		}
	}
}

func hrefs(t *testing.T, page []byte) (list []string) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "action" {
				list = append(list, a.Val)
			}
		}
	}
	return list
}

var olderLink = regexp.MustCompile(`<a rel="next" href="([^"]+)">`)

// readOn gives the keys of all articles from a page on, page by page.
func (w *world) readOn(path string) (pages [][]string) {
	w.t.Helper()
	for path != "" && len(pages) < 20 {
		body := w.get(path).Body.String()
		var keys []string
		for _, m := range regexp.MustCompile(`href="/news/a/([^"]+)"`).FindAllStringSubmatch(body, -1) {
			keys = append(keys, m[1])
		}
		pages = append(pages, keys)
		path = ""
		if m := olderLink.FindStringSubmatch(body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
			if !strings.HasPrefix(path, "/news/") {
				w.t.Errorf("older ones at %s", path)
			}
		}
	}
	return pages
}

// TestReadingOn: whoever reads on to older articles meets each once.
func TestReadingOn(t *testing.T) {
	w := newWorld(t, plain)
	for i := range 2*newest + 3 {
		w.add(article.Article{Key: fmt.Sprint("k", i), Title: "降息", Categories: []string{"金融"}})
	}
	for path, size := range map[string]int{"/": newest, "/c/finance/": newest, "/?q=降息": mostFound} {
		pages := w.readOn(path)
		all := map[string]bool{}
		for i, keys := range pages {
			if i < len(pages)-1 && len(keys) != size {
				t.Errorf("%s: page %d has %d", path, i, len(keys))
			}
			for _, key := range keys {
				if all[key] {
					t.Errorf("%s: %s is there twice", path, key)
				}
				all[key] = true
			}
		}
		if len(all) != 2*newest+3 {
			t.Errorf("%s: %d articles", path, len(all))
		}
	}
}
