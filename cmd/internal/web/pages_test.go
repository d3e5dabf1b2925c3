package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// plain is a site that fetches nothing, below a path.
const plain = `
site: {title: 测试站, base_url: "https://feeds.example.net/news/"}
sources: []
feeds: {saved: [{slug: rates, title: 利率, any: [降息]}]}
categories: {金融: {slug: finance, description: 国内外要闻}, 美股: {slug: us}}
`

// TestPages: what each page says and links to, with the status it has.
func TestPages(t *testing.T) {
	w := newWorld(t, plain)
	if rec := w.get("/"); rec.Code != 200 || !strings.Contains(rec.Body.String(), "还没有文章。") {
		t.Errorf("before the first article: %d\n%s", rec.Code, rec.Body)
	}
	at := time.Date(2026, 1, 1, 16, 30, 0, 0, time.UTC) // the next day in Shanghai
	w.add(
		article.Article{Key: "a1", Title: "央行降息", Link: "https://example.org/a1?x=1&y=2", Published: at, Via: []string{"https://m.example.com/a1"},
			Categories: []string{"金融"}, Tags: []string{"R&D"}, Stocks: []string{"sh600519"}, Author: "新浪财经", Origin: "新华社",
			Image: "https://example.org/i.png", Content: "<p>下调<b>0.1</b>个百分点</p>",
			Enclosures: []article.Enclosure{{URL: "https://example.org/f.pdf", Length: 2048}}},
		article.Article{Key: "a2", Title: "无事", Categories: []string{"美股"}},
		article.Article{Key: "gone", Title: "传闻", Link: "https://example.org/gone", Content: "<p>不再给人看</p>", Withdrawn: at},
	)
	for _, tt := range []struct {
		path     string
		status   int
		has, not []string
	}{
		{"/", 200, []string{
			`<html lang="zh-CN">`, "<title>测试站</title>", `<meta property="og:url" content="https://feeds.example.net/news/">`,
			`<link rel="alternate" type="application/atom+xml" title="测试站 (Atom)" href="https://feeds.example.net/news/feeds/all.atom">`,
			`<link rel="alternate" type="application/feed+json" title="测试站 (JSON)" href="https://feeds.example.net/news/feeds/all.json">`,
			`href="https://feeds.example.net/news/feeds/finance.rss"`, `<a href="/news/c/finance/">金融</a>`, `<a href="/news/c/rates/">利率</a>`,
			"https://feeds.example.net/news/feeds.opml", `href="/news/a/a1">央行降息</a>`, "2026年1月2日 星期五", ">00:30</time>", "新华社",
		}, []string{"传闻", "<script", "style=", "noindex", "更早的文章"}},
		{"/c/finance/", 200, []string{
			"<title>金融 · 测试站</title>", "国内外要闻", `href="/news/a/a1"`, `<link rel="canonical" href="https://feeds.example.net/news/c/finance/">`,
			`<link rel="alternate" type="application/rss+xml" title="金融 (RSS)" href="https://feeds.example.net/news/feeds/finance.rss">`,
		}, []string{"无事", "feeds/all."}},
		{"/c/rates/", 200, []string{"<h1>利率</h1>", "央行降息", "/feeds/rates.atom"}, []string{"无事"}},
		{"/a/a1", 200, []string{
			"<title>央行降息 · 测试站</title>", "<p>下调<b>0.1</b>个百分点</p>", `<meta property="og:type" content="article">`,
			`<meta property="og:title" content="央行降息">`, `<meta property="og:image" content="https://example.org/i.png">`,
			`<meta property="og:locale" content="zh_CN">`, `<meta property="article:published_time" content="2026-01-01T16:30:00Z">`,
			`<meta property="og:url" content="https://feeds.example.net/news/a/a1">`, `<link rel="canonical" href="https://example.org/a1?x=1&amp;y=2">`,
			`<meta name="description" content="下调0.1个百分点">`, `<a href="https://example.org/a1?x=1&amp;y=2" rel="noreferrer external">`,
			`href="https://feeds.example.net/news/feeds/stock/sh600519.atom"`, "m.example.com", "2026年1月2日 00:30", "f.pdf", "2.0 KiB",
			`<link rel="alternate" type="application/atom+xml" title="金融 (Atom)" href="https://feeds.example.net/news/feeds/finance.atom">`,
			`href="/news/?q=R%26D"`,
		}, []string{"noindex", "改动"}},
		{"/a/a2", 200, []string{"此文没有正文"}, []string{"原文</a>"}},
		{"/a/gone", 410, []string{"《传闻》", "2026年1月2日 00:30", "https://example.org/gone", "noindex"}, []string{"不再给人看", "og:"}},
		{"/a/none", 404, []string{"没有这个页面", "noindex"}, []string{"og:"}},
		{"/a/tag:feeds.example.net,2026:a1", 404, []string{"没有这个页面"}, nil},
		{"/none/at/all", 404, []string{"没有这个页面", `action="/news/"`}, nil},
		{"/c/none/", 404, []string{"没有这个页面"}, nil},
		{"/c/corrections/", 404, nil, nil},
		{"/c/source%2Fs/", 404, nil, nil},
		{"/c/stock%2Fsh600519/", 404, nil, nil},
		{"/?before=zz+", 404, nil, nil},
		{"/?before=-1", 404, nil, nil},
		{"/?before=1", 200, []string{"没有更早的文章了"}, []string{"央行降息"}},
		{"/style-000000000000.css", 404, nil, nil},
	} {
		rec := w.get(tt.path)
		body := rec.Body.String()
		if rec.Code != tt.status {
			t.Errorf("%s: %d, want %d", tt.path, rec.Code, tt.status)
		}
		for _, s := range tt.has {
			if !strings.Contains(body, s) {
				t.Errorf("%s lacks %s", tt.path, s)
			}
		}
		for _, s := range tt.not {
			if strings.Contains(body, s) {
				t.Errorf("%s has %s", tt.path, s)
			}
		}
		h := rec.Header()
		if h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			!strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none';") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") ||
			strings.Contains(h.Get("Content-Security-Policy"), "script") || (h.Get("Etag") != "") != (tt.status == 200) {
			t.Errorf("%s: headers %v", tt.path, h)
		}
	}
}

// TestPageConduct: a page in each coding has a tag of its own, and is not sent to
// who has it; HEAD says what GET does; nothing but these is allowed.
func TestPageConduct(t *testing.T) {
	w := newWorld(t, plain)
	w.add(article.Article{Key: "a", Title: "央行降息", Categories: []string{"金融"}, Content: "<p>降息</p>"})
	sheet := regexp.MustCompile(`href="/news(/style-[0-9a-f]{12}\.css)"`).FindStringSubmatch(w.get("/").Body.String())
	if sheet == nil {
		t.Fatal("no style sheet")
	}
	for path, cache := range map[string]string{
		"/": "no-cache", "/c/finance/": "no-cache", "/a/a": "no-cache", "/?q=降息": "no-cache",
		sheet[1]: "public, max-age=31536000, immutable",
	} {
		tags := map[string]bool{}
		plainBody := w.get(path).Body.Bytes()
		for _, coding := range []string{"", "gzip", "br"} {
			rec := w.get(path, "Accept-Encoding", coding)
			tag := rec.Header().Get("Etag")
			if rec.Code != 200 || tags[tag] || !strings.HasPrefix(tag, `"`) || rec.Header().Get("Content-Encoding") != coding ||
				rec.Header().Get("Vary") != "Accept-Encoding" || rec.Header().Get("Content-Length") != fmt.Sprint(rec.Body.Len()) || rec.Header().Get("Cache-Control") != cache {
				t.Errorf("%s as %q: %d %v", path, coding, rec.Code, rec.Header())
			}
			tags[tag] = true
			if coding == "gzip" {
				zr, err := gzip.NewReader(rec.Body)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(zr); err != nil || !bytes.Equal(got, plainBody) {
					t.Errorf("%s: gzip is another page: %v", path, err)
				}
			}
			for _, have := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
				again := w.get(path, "Accept-Encoding", coding, "If-None-Match", have)
				if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("Etag") != tag || again.Header().Get("Cache-Control") != cache {
					t.Errorf("%s with %s: %d %v", path, have, again.Code, again.Header())
				}
			}
			head := w.ask(http.MethodHead, path, "Accept-Encoding", coding)
			if head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("Etag") != tag || head.Header().Get("Content-Length") != rec.Header().Get("Content-Length") {
				t.Errorf("HEAD %s: %d %v", path, head.Code, head.Header())
			}
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
			if rec := w.ask(method, path); rec.Code != 405 || rec.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d %v", method, path, rec.Code, rec.Header())
			}
		}
	}
	if rec := w.ask(http.MethodHead, "/none"); rec.Code != 404 || rec.Body.Len() > 0 {
		t.Errorf("HEAD of nothing: %d", rec.Code)
	}
	if rec := w.get("/", "Accept-Encoding", "identity;q=0"); rec.Code != 200 || rec.Header().Get("Content-Encoding") != "" {
		t.Errorf("nothing acceptable: %d %v", rec.Code, rec.Header())
	}
}

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

// TestEdits: what a publisher changed can be read.
func TestEdits(t *testing.T) {
	w := newWorld(t, plain)
	for _, rate := range []string{"0.1", "0.25", "0.3"} {
		w.add(article.Article{Key: "a", Title: "央行降息<" + rate + ">", Content: "<p>下调" + rate + "个百分点</p>"})
	}
	body := w.get("/a/a").Body.String()
	if strings.Count(body, "<del>") != 4 || !strings.Contains(body, "<del>0.25</del><ins>0.3</ins>") || strings.Index(body, "<ins>0.3</ins>") > strings.Index(body, "<ins>0.25</ins>") {
		t.Errorf("edits:\n%s", body[strings.Index(body, "<article"):])
	}
	if !strings.Contains(body, "更新于") {
		t.Error("when it was updated is not told")
	}
}

// TestSearch: words are found in titles and text, Chinese and other, and marked; a
// search that finds nothing says so.
func TestSearch(t *testing.T) {
	w := newWorld(t, plain)
	w.add(
		article.Article{Key: "a", Title: "美联储<b>宣布</b>降息", Content: "<p>Fed cuts <i>rates</i> by 25bp</p>"},
		article.Article{Key: "b", Title: "市场反应", Content: "<p>" + strings.Repeat("长", 300) + "受降<b>息</b>影响 A&amp;B" + strings.Repeat("尾", 300) + "</p>"},
		article.Article{Key: "c", Title: "撤回的降息", Content: "<p>x</p>", Withdrawn: w.clock},
		article.Article{Key: "d", Title: "无关", Content: "<p class=\"fed\">无</p>"},
	)
	for _, tt := range []struct {
		q    string
		keys string
		has  []string
	}{
		{"降息", "b a", []string{"找到 2 篇", "&lt;b&gt;宣布&lt;/b&gt;<mark>降息</mark>", "长受<mark>降息</mark>影响", `value="降息"`, "all: [&#39;降息&#39;]"}},
		{"FED", "a", []string{"<mark>Fed</mark> cuts rates"}},
		{"　降息   rates ", "a", []string{`value="降息 rates"`}},
		{"a&b", "b", []string{"<mark>A&amp;B</mark>"}},
		{"降息 无", "", []string{"没有找到。"}},
		{`"><script>alert(1)</script>`, "", []string{"没有找到。"}},
		{strings.Repeat("长", 70), "b", nil},
		{"撤回", "", nil},
	} {
		body := w.get("/?q=" + url.QueryEscape(tt.q)).Body.String()
		var keys []string
		for _, m := range regexp.MustCompile(`href="/news/a/([^"]+)"`).FindAllStringSubmatch(body, -1) {
			keys = append(keys, m[1])
		}
		if got := strings.Join(keys, " "); got != tt.keys || strings.Contains(body, "<script") {
			t.Errorf("%q: got %q, want %q", tt.q, got, tt.keys)
		}
		for _, s := range tt.has {
			if !strings.Contains(body, s) {
				t.Errorf("%q: lacks %s", tt.q, s)
			}
		}
	}
	if body := w.get("/?q=+%E3%80%80").Body.String(); !strings.Contains(body, `id="feeds"`) {
		t.Error("a search for nothing is not the front page")
	}
}

// TestSearchBecomesFeed: the lines that the page of a search shows are configuration,
// and what they make is a feed and a page, where the page said.
func TestSearchBecomesFeed(t *testing.T) {
	w := newWorld(t, plain)
	w.add(article.Article{Key: "a", Title: "it's 降息: [#1] {x}"}, article.Article{Key: "b", Title: "无关"})
	for _, q := range []string{"降息", "it's [#1]", "{x}", "all", "：'", "-", strings.Repeat("降息一带一路", 12)} {
		body := html.UnescapeString(w.get("/?q=" + url.QueryEscape(q)).Body.String())
		_, rest, _ := strings.Cut(body, "<pre><code>")
		lines, _, _ := strings.Cut(rest, "</code></pre>")
		yaml := strings.Replace(plain, "feeds: {saved: [{slug: rates, title: 利率, any: [降息]}]}\n", lines, 1)
		cfg, err := config.Parse("config.yaml", []byte(yaml))
		if err != nil {
			t.Errorf("%q: %v\n%s", q, err, lines)
			continue
		}
		saved := cfg.Feeds.Saved[0]
		if saved.Title != strings.Join(searchWords(q), " ") || !slices.Equal(saved.All, searchWords(q)) || len(saved.None) > 0 {
			t.Errorf("%q: saved as %+v", q, saved)
		}
		if !strings.Contains(body, "https://feeds.example.net/news/feeds/"+saved.Slug+".atom") {
			t.Errorf("%q: not told where", q)
		}
		if q == "it's [#1]" {
			w.configure(yaml)
			for _, path := range []string{"/c/" + saved.Slug + "/", "/feeds/" + saved.Slug + ".atom"} {
				if rec := w.get(path); rec.Code != 200 || !strings.Contains(rec.Body.String(), "降息") || strings.Contains(rec.Body.String(), "无关") {
					t.Errorf("%s: %d", path, rec.Code)
				}
			}
		}
	}
}

// TestBusySearch: only some searches run at a time, and who finds no turn is told
// to come again.
func TestBusySearch(t *testing.T) {
	w := newWorld(t, plain)
	p, err := newPages(discard, Site{Feeds: w.daemon.Feeds(), Zone: time.UTC, Slug: strings.ToLower}, "")
	if err != nil {
		t.Fatal(err)
	}
	for range mostSearches {
		p.searches <- struct{}{}
	}
	begin := time.Now()
	rec := httptest.NewRecorder()
	p.handler(p.home).ServeHTTP(rec, httptest.NewRequest("GET", "/?q=x", nil))
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") != "5" {
		t.Errorf("got %d %v", rec.Code, rec.Header())
	}
	if d := time.Since(begin); d < longestSearch || d > longestSearch+5*time.Second {
		t.Errorf("told after %s", d)
	}
	<-p.searches
	rec = httptest.NewRecorder()
	p.handler(p.home).ServeHTTP(rec, httptest.NewRequest("GET", "/?q=x", nil))
	if rec.Code != http.StatusOK {
		t.Errorf("with a turn: %d", rec.Code)
	}
}

// TestLongSearch: a search whose time is over says so, and where it goes on.
func TestLongSearch(t *testing.T) {
	w := newWorld(t, plain)
	w.add(article.Article{Key: "a", Title: "降息"})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequestWithContext(over, "GET", "/?q=降息", nil))
	m := olderLink.FindStringSubmatch(rec.Body.String())
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "更早的还没有找") || m == nil {
		t.Fatalf("%d\n%s", rec.Code, rec.Body)
	}
	if body := w.get(html.UnescapeString(m[1])).Body.String(); !strings.Contains(body, "/a/a") {
		t.Errorf("not found at %s:\n%s", m[1], body)
	}
}

// TestHostileArticle: whatever strangers put into an article, its page runs and
// breaks nothing.
func TestHostileArticle(t *testing.T) {
	w := newWorld(t, plain)
	evil := `"'><script>alert(1)</script>{{.}}<!--`
	w.add(article.Article{
		Key: "a", Title: evil, Link: "javascript:alert(1)", Via: []string{"javascript:alert(1)", "data:text/html,x", `https://e.org/"><script>`},
		Categories: []string{evil}, Tags: []string{evil}, Stocks: []string{evil}, Author: evil, Origin: evil, Image: "javascript:alert(1)", Summary: evil,
		Enclosures: []article.Enclosure{{URL: "javascript:alert(1)", Type: evil}, {URL: "https://e.org/%2F..%2F\"><script>", Length: -1}},
	})
	for _, path := range []string{"/", "/a/a", "/?q=script", "/c/" + slugOf(t, w, evil) + "/"} {
		rec := w.get(path)
		body := rec.Body.String()
		if rec.Code != 200 || strings.Contains(body, "<script") || strings.Contains(body, `="javascript`) || strings.Contains(body, "data:text") || strings.Contains(body, "<!--") {
			t.Errorf("%s: %d\n%s", path, rec.Code, body)
		}
	}
}

func slugOf(t *testing.T, w *world, name string) string {
	t.Helper()
	list, err := w.store.Categories()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Name == name {
			return c.Slug
		}
	}
	t.Fatalf("no category %q", name)
	return ""
}

// TestSecretsStayHidden: a password in the address of a source, or in those that
// it gives, is on no page.
func TestSecretsStayHidden(t *testing.T) {
	w := newWorld(t, `
site: {base_url: "https://feeds.example.net/"}
fetch: {per_host: {interval: 0s}, full_text: false}
sources:
  - {name: own, kind: feed, url: "https://reader:hunter2@example.org/feed.xml?token=hunter2", headers: {X-Key: hunter2}, categories: [自己]}
`)
	w.net = roundTrip(`<rss version="2.0"><channel><title>x</title><item><guid>1</guid><link>/a</link><title>t</title>
<enclosure url="https://reader:hunter2@example.org/f.mp3" length="1" type="audio/mpeg"/>
<description>&lt;p&gt;text &lt;a href="b"&gt;b&lt;/a&gt; &lt;img src="https://reader:hunter2@example.org/c.png"&gt;&lt;/p&gt;</description></item></channel></rss>`)
	err := w.daemon.Once(t.Context(), nil, daemon.Options{}, func(r daemon.Report) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.add(article.Article{Key: "more", Title: "t", Link: "https://reader:hunter2@example.org/", Via: []string{"https://reader:hunter2@example.org/2"}, Image: "https://reader:hunter2@example.org/i.png"})
	paths := []string{"/", "/?q=t", "/c/zi-ji/"}
	for a, err := range w.store.Articles(storage.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, articlePath(a.Key))
	}
	if len(paths) != 5 {
		t.Errorf("pages %q", paths)
	}
	for _, path := range paths {
		if rec := w.get(path); rec.Code != 200 || strings.Contains(rec.Body.String(), "hunter2") {
			t.Errorf("%s: %d\n%s", path, rec.Code, rec.Body)
		}
	}
}

// TestEnglish: a site in another language speaks English.
func TestEnglish(t *testing.T) {
	w := newWorld(t, "site: {title: News, language: en-GB, timezone: UTC}\nsources: []\n")
	w.add(article.Article{Key: "a", Title: "Rates cut", Published: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)})
	body := w.get("/").Body.String()
	for _, s := range []string{`<html lang="en-GB">`, "Friday", "2 January 2026", "Subscribe", `content="en_GB"`} {
		if !strings.Contains(body, s) {
			t.Errorf("lacks %s", s)
		}
	}
	if han := regexp.MustCompile(`\p{Han}+`).FindString(body); han != "" {
		t.Errorf("says %s", han)
	}
}
