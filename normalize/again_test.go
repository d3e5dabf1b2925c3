package normalize_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
)

// TestAgain: by the rules that it was made by an article is made the same again,
// whatever gave its body; by other rules only what those are about changes.
func TestAgain(t *testing.T) {
	const text = "<p>一段话，足够长，长到可以当作文章的正文来读，而且说了不止一件事情，还有第二件。</p>"
	item := fetcher.Item{Link: page, Title: "题", Image: "/list.png", Stocks: []string{"sz000001"}}
	feed := item
	feed.Content, feed.Base = `<p>全文<img src="a.png"><b class="ad">广</b></p><div class="x">杂</div>`, "https://e.org/feed/"
	plain := item
	plain.Summary = "只有一句话 & 没有别的"
	based := strings.Replace(sinaPage, "<head>", `<head><base href="https://mirror.example/b/">`, 1)
	based = strings.Replace(based, "　　正文第二段", `<img src="p.png"><b class="x">杂</b>　　正文第二段`, 1)
	for name, test := range map[string]struct {
		it   fetcher.Item
		doc  *fetcher.Document
		from string
	}{
		"rule": {item, doc(sinaPage), "rule"},
		"base": {item, doc(based), "rule"},
		"feed": {feed, nil, "feed"},
		"text": {plain, nil, "feed"},
		"feed beside a page": {
			fetcher.Item{Link: page, Title: "题", Content: strings.Repeat(text, 9)}, doc(`<div id="artibody">` + text + `<!-- news_keyword_pub,stock,sh600519 --></div>`), "feed",
		},
		"readability": {item, &fetcher.Document{URL: "https://e.org/a/1", Body: []byte(`<title>t</title><div id="c"><img src="/p.png">` + strings.Repeat(text, 6) + `</div>`)}, "readability"},
		"json-ld": {item, &fetcher.Document{URL: "https://e.org/a/1", Body: []byte(`<title>t</title><script type="application/ld+json">{"articleBody":"` +
			strings.Repeat("一句说了一件事情的话。\\n\\n", 20) + `"}</script><div id="app"></div>`)}, "json-ld"},
	} {
		o := normalize.Options{Source: "s", Image: "https://e.org/default.png"}
		res := normalize.Article(test.it, test.doc, o, now)
		if res.Verdict.From != test.from {
			t.Errorf("%s: from %q: %s", name, res.Verdict.From, res.Article.Content)
		}
		if diff := cmp.Diff(res.Article, normalize.Again(res.Article, res.Raw, o)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		// The image of a body is the body's; another default is nobody's else.
		bare := article.Article{Title: res.Article.Title, Link: res.Article.Link}
		if a := normalize.Again(bare, res.Raw, o); a.Content != res.Article.Content || a.Image != res.Article.Image || !cmp.Equal(a.Stocks, res.Article.Stocks) {
			t.Errorf("%s: made of the body alone: %+v\nwant %+v", name, a, res.Article)
		}
		// A rule that leaves nothing is not believed.
		o.Rule = &normalize.Rule{Body: []string{"body"}, Remove: []string{"p", "span"}}
		if a := normalize.Again(res.Article, res.Raw, o); a.Content == "" {
			t.Errorf("%s: the text is gone", name)
		}
	}
	res := normalize.Article(item, doc(based), normalize.Options{Source: "s"}, now)
	want := res.Article
	want.Content = strings.Replace(want.Content, "<b>杂</b>", "", 1)
	got := normalize.Again(res.Article, res.Raw, normalize.Options{Source: "s", Rule: &normalize.Rule{Remove: []string{".x"}}})
	if diff := cmp.Diff(want, got); diff != "" || want.Content == res.Article.Content {
		t.Errorf("with .x removed: %s", diff)
	}
}
