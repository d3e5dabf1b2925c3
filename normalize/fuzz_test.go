package normalize_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
)

// FuzzArticle: whatever page and item come, the article is clean, the same each
// time, and told where it is from; a page that is refused gives it nothing.
func FuzzArticle(f *testing.F) {
	f.Add(sinaPage, "标题", "<p>简介</p>")
	f.Add(`<title>t</title><script type="application/ld+json">[{"@type":"NewsArticle","isAccessibleForFree":"false","articleBody":"`+strings.Repeat("一句话。", 40)+`","datePublished":"2026-11-20T10:00:00+08:00"}]</script>`, "t", "")
	f.Add(`<title>Just a moment...</title><p>Checking your browser</p>`, "t", "短")
	f.Add(`<base href="//e.org/x/"><meta name=author content=a><meta property="article:published_time" content="2026-13-45 99:99"><div class=article>`+strings.Join(hostile, "")+`</div>`, "", strings.Join(hostile, ""))
	f.Add(`<html><head><title>页面不存在</title></head><body><div id="artibody"><!-- news_keyword_pub,usstock,AAPL&&WB --><span id="stock_"></span></div>`, "", "")
	f.Fuzz(func(t *testing.T, body, title, content string) {
		if !utf8.ValidString(body) {
			t.Skip("documents are UTF-8")
		}
		it := fetcher.Item{ID: title, Link: page, Title: title, Content: content, Summary: content, Image: content, Published: now}
		o := normalize.Options{Source: "s", Categories: []string{"c"}}
		res := normalize.Article(it, doc(body), o, now)
		if again := normalize.Article(it, doc(body), o, now); !reflect.DeepEqual(again, res) {
			t.Errorf("the same page gives another article\n%+v\n%+v", res, again)
		}
		a := res.Article
		checkClean(t, body+content, a.Content)
		for _, s := range append([]string{a.Title, a.Author, a.Origin, a.Image, a.Summary}, append(a.Tags, a.Stocks...)...) {
			if s != article.CleanTitle(s) {
				t.Errorf("%q is no line of text", s)
			}
		}
		checkVerdict(t, res)
		if again := normalize.Again(a, res.Raw, o); !reflect.DeepEqual(again, a) {
			t.Errorf("of its body comes another article\n%+v\n%+v", a, again)
		}
		if feed := normalize.Article(it, nil, o, now); res.Verdict.Refused != "" && feed.Article.Content != a.Content {
			t.Errorf("a page refused as %s gave %q", res.Verdict.Refused, a.Content)
		}
	})
}

// checkVerdict: exactly the winner has no reason to have lost.
func checkVerdict(t *testing.T, res normalize.Result) {
	t.Helper()
	winners := 0
	for _, c := range res.Verdict.Candidates {
		if c.Why == "" {
			winners++
		}
		if (c.Why == "") != (c.From == res.Verdict.From) {
			t.Errorf("verdict %+v", res.Verdict)
		}
	}
	if (winners == 1) != (res.Article.Content != "") {
		t.Errorf("%d winners for the content %q", winners, res.Article.Content)
	}
}
