package fetcher_test

import (
	"slices"
	"testing"

	"aggregator/fetcher"
)

func TestPagesNameTheirFeeds(t *testing.T) {
	for _, tt := range []struct {
		body string
		want []string
	}{
		{`<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml">`, []string{"https://example.org/rss.xml"}},
		{`<html><head><base href="https://cdn.example/x/"><LINK REL="Alternate home" TYPE="application/atom+xml; charset=utf-8" HREF=atom.xml>`, []string{"https://cdn.example/x/atom.xml"}},
		{`<html><link rel=alternate type=application/rss+xml title="Comments" href=/c><link rel=alternate type=application/feed+json href=/f>`, []string{"https://example.org/f", "https://example.org/c"}},
		{`<html><link rel=alternate hreflang=en href=/en><link rel=stylesheet type=text/css href=/s><link rel=alternate type=text/html href=/m>`, nil},
		{`<html><link rel=alternate type=application/rss+xml href="javascript:x"><link rel=alternate type=application/rss+xml href="">`, nil},
		{`<html><link rel=alternate type=application/rss+xml href="/">`, nil}, // itself
		{`no page`, nil},
	} {
		_, err := newReader(t, fetcher.Source{Name: "f", Kind: "feed", URL: "https://example.org/"}).Read(document("https://example.org/", tt.body))
		if got := fetcher.Feeds(err); err == nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q (%v)", tt.body, got, tt.want, err)
		}
	}
}
