package normalize_test

import (
	"strings"
	"testing"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"
)

// TestDateWithoutAZone: a source without a time zone is read in UTC.
func TestDateWithoutAZone(t *testing.T) {
	d := &fetcher.Document{URL: "https://example.org/a", Status: 200,
		Body: []byte(`<meta property="article:published_time" content="2026-01-02 10:00"><p>文</p>`)}
	a := normalize.Article(fetcher.Item{Link: d.URL}, d, normalize.Options{}, now).Article
	if got := a.Published.Format(time.RFC3339); got != "2026-01-02T10:00:00Z" {
		t.Errorf("published %s", got)
	}
}

// TestOwnersRuleOnASinaSource: who says where the body is says nothing of
// title, keywords and time zone; those are Sina's on a mirror too.
func TestOwnersRuleOnASinaSource(t *testing.T) {
	d := &fetcher.Document{URL: "http://127.0.0.1:8000/doc-iabcdefg1234567.shtml", Status: 200, Body: []byte(sinaPage)}
	o := normalize.Options{Site: "sina", Rule: &normalize.Rule{Body: []string{"#artibody"}, Remove: []string{".appendQr_wrap"}}}
	a := normalize.Article(fetcher.Item{Link: d.URL}, d, o, now).Article
	if a.Title != "页面标题" || strings.Join(a.Tags, " ") != "甲 乙" || a.Origin != "新华社" {
		t.Errorf("title %q, tags %q, origin %q", a.Title, a.Tags, a.Origin)
	}
}
