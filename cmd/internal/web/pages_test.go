package web

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"aggregator/normalize/article"
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
