package simulated_test

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"aggregator/fetcher/simulated"
)

var beijing = time.FixedZone("CST", 8*60*60)

func TestPageHoldsTheArticle(t *testing.T) {
	o, _ := world(simulated.Options{})
	for i := range 30 {
		a := o.Article(1000 + i)
		res, page := get(t, o, a.URL)
		if n := len(page); n < 30_000 || n > 80_000 {
			t.Errorf("page of %d bytes, want about 40 KB", n)
		}
		if !utf8.ValidString(page) {
			if res.Header.Get("Content-Type") != "text/html" || !strings.Contains(page, `charset="gb2312"`) {
				t.Errorf("%s is neither UTF-8 nor declared as GBK", a.URL)
			}
			continue
		}
		for _, want := range []string{
			"<h1 class=\"main-title\">" + html.EscapeString(a.Title), `<meta name="publishid" content="` + a.ID + `"`,
			a.Published.In(beijing).Format("2006年01月02日 15:04"), "<!-- news_keyword_pub,stock," + strings.Join(a.Stocks, "&") + " -->",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", a.URL, want)
			}
		}
		if len(a.Stocks) == 0 && !strings.Contains(page, "　　"+html.EscapeString(a.Paragraphs[1])) {
			t.Errorf("%s lacks the paragraph %q", a.URL, a.Paragraphs[1])
		}
	}
}

func TestPageFurniture(t *testing.T) {
	o, _ := world(simulated.Options{})
	found := make(map[string]int)
	kinds := []string{`id="artibody"`, `id="article"`, `<div class="article">`, "ori_titlesource", "<table border", `<span id="stock_`, "<span id=stock_",
		"article_adlist[", "appendQr_wrap", "app-kaihu-qr", "article-editor", "show_author", "sinaads", "new_style_article", "data-src=", "real_src=",
		`src="//`, "img_wrapper", `class="blk-comment`, `charset="gb2312"`}
	for i := range 90 {
		_, page := get(t, o, o.Article(i).URL)
		for _, k := range kinds {
			found[k] += count(strings.Contains(page, k))
		}
	}
	for _, k := range kinds {
		if found[k] == 0 {
			t.Errorf("no page with %s", k)
		}
	}
}

func TestWrongAddress(t *testing.T) {
	o, _ := world(simulated.Options{})
	a := o.Article(10)
	for _, path := range []string{strings.Replace(a.URL, "2026", "2025", 1), strings.Replace(a.URL, a.ID, "nabcdef0000000", 1), "http://localhost:1/finance/", fmt.Sprintf("http://localhost:1/finance/china/2026-11-24/doc-i%s.shtml", "n")} {
		if res, _ := get(t, o, path); res.StatusCode != 404 {
			t.Errorf("%s answers %d, want 404", path, res.StatusCode)
		}
	}
}

func TestListPage(t *testing.T) {
	o, _ := world(simulated.Options{})
	_, first := get(t, o, "http://localhost:1/finance/roll/")
	_, second := get(t, o, "http://localhost:1/finance/roll/index_2.shtml")
	if strings.Count(first, "doc-i") != 40 || strings.Count(second, "doc-i") != 40 || strings.Contains(second, o.Article(o.Len()-1).ID) {
		t.Errorf("pages with %d and %d links", strings.Count(first, "doc-i"), strings.Count(second, "doc-i"))
	}
	if utf8.ValidString(first) {
		t.Error("the list page is not GBK")
	}
}
