package web

import (
	"context"
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
	"aggregator/normalize/article"
)

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
