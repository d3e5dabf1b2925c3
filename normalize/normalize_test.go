package normalize_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aggregator/fetcher"
	"aggregator/fetcher/simulated"
	"aggregator/normalize"
	"aggregator/normalize/article"
)

var now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func doc(body string) *fetcher.Document {
	return &fetcher.Document{URL: page, Status: 200, Body: []byte(body)}
}

// sinaPage is an article page with furniture around its body.
const sinaPage = `<!DOCTYPE html><html><head><title>页面标题_新浪财经_新浪网</title>
<meta name="keywords" content="甲,乙"><meta property="article:published_time" content="2026-11-24T10:00:00+08:00"></head><body>
<div class="nav"><a href="/">首页</a></div><h1 class="main-title">页面标题</h1>
<div class="date-source"><span class="date">2026年11月24日 09:59</span><span class="source">新华社</span></div>
<div class="article" id="artibody"><div class="new_style_article">广告语</div><ins class="sinaads"></ins>
<p class="ori_titlesource">　　原标题：旧题</p>
<p>　　正文第一段，<span id="stock_sz000931"><a href="https://finance.sina.com.cn/realstock/company/sz000931/nc.shtml">中关村</a></span><span id="quote_sz000931">(5.1, 0.2%)</span>上涨。</p>
<p>　　正文第二段，说的是同一件事情的另一个方面，好让它足够长，长到没有人会怀疑这就是一篇文章的正文。</p><!-- news_keyword_pub,stock,sh600519&hk00700 -->
<div class="appendQr_wrap"><img src="//n.sinaimg.cn/qr.png">扫码</div><p class="article-editor">责任编辑：某人 SF001</p></div>
<div class="article-bottom">相关阅读</div></body></html>`

func TestArticleOfAPage(t *testing.T) {
	it := fetcher.Item{
		ID: "comos:abcdefg1234567", Link: page, Title: " 列表 标题\n", Summary: "简介 & 其他",
		Published: now.Add(-time.Hour), Updated: now.Add(-time.Minute), Tags: []string{"丙"},
	}
	res := normalize.Article(it, doc(sinaPage), normalize.Options{Source: "s", Site: "sina", Categories: []string{"金融"}, Author: "新浪财经", Image: "https://e.org/default.png"}, now)
	a := res.Article
	for _, c := range []struct{ what, got, want string }{
		{"title", a.Title, "列表 标题"}, {"guid", a.GUID, "comos:abcdefg1234567"}, {"link", a.Link, page},
		{"author", a.Author, "新浪财经"}, {"origin", a.Origin, "新华社"}, {"summary", a.Summary, "简介 & 其他"},
		{"image", a.Image, "https://e.org/default.png"}, {"from", res.Verdict.From, "rule"},
		{"tags", strings.Join(a.Tags, " "), "丙 甲 乙"}, {"stocks", strings.Join(a.Stocks, " "), "sh600519 hk00700 sz000931"},
		{"published", a.Published.Format(time.RFC3339), "2026-11-24T07:00:00Z"}, {"updated", a.Updated.Format(time.RFC3339), "2026-11-24T07:59:00Z"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", c.what, c.got, c.want)
		}
	}
	for _, want := range []string{"原标题：旧题", "正文第一段", "责任编辑：某人", ">中关村</a>上涨"} {
		if !strings.Contains(a.Content, want) {
			t.Errorf("the body lacks %q: %s", want, a.Content)
		}
	}
	for _, not := range []string{"广告语", "扫码", "0.2%", "相关阅读", "首页", "qr.png"} {
		if strings.Contains(a.Content, not) {
			t.Errorf("the body has %q: %s", not, a.Content)
		}
	}
	if !strings.Contains(string(res.Raw.Body), "appendQr_wrap") {
		t.Error("the raw body is not as it came")
	}
}

func TestPageFillsWhatTheListLacks(t *testing.T) {
	a := normalize.Article(fetcher.Item{Link: page}, doc(sinaPage), normalize.Options{}, now).Article
	if a.Title != "页面标题" || a.Published.Format(time.RFC3339) != "2026-11-24T02:00:00Z" {
		t.Errorf("title %q, published %s", a.Title, a.Published)
	}
}

// TestBetterTextWins: a whole text of the feed is not given up for the page's
// furniture, and a teaser is given up for the page's text.
func TestBetterTextWins(t *testing.T) {
	const text = "<p>一段话，足够长，长到可以当作文章的正文来读，而且说了不止一件事情，还有第二件。</p>"
	other := `<html><body><div id="c">` + strings.Repeat(text, 8) + `</div></body></html>`
	d := &fetcher.Document{URL: "https://example.org/a/1", Status: 200, Body: []byte(other)}
	teaser := normalize.Article(fetcher.Item{Link: d.URL, Title: "t", Summary: "短"}, d, normalize.Options{}, now)
	if teaser.Verdict.From != "readability" || strings.Count(teaser.Article.Content, "一段话") != 8 {
		t.Errorf("from %s: %s", teaser.Verdict.From, teaser.Article.Content)
	}
	whole := normalize.Article(fetcher.Item{Link: d.URL, Title: "t", Content: strings.Repeat(text, 7)}, d, normalize.Options{}, now)
	if whole.Verdict.From != "feed" || strings.Count(whole.Article.Content, "一段话") != 7 {
		t.Errorf("from %s: %s", whole.Verdict.From, whole.Article.Content)
	}
}

// TestVerdict: what was looked at, what it was worth, and why it lost.
func TestVerdict(t *testing.T) {
	const text = "<p>一段话，足够长，长到可以当作文章的正文来读，而且说了不止一件事情，还有第二件。</p>" // 34 characters
	foreign := func(body string) *fetcher.Document {
		return &fetcher.Document{URL: "https://example.org/a/1", Status: 200, Body: []byte(`<title>t</title><div id="c">` + body + `</div>`)}
	}
	for _, test := range []struct {
		name, feed string
		doc        *fetcher.Document
		want       article.Verdict
	}{
		{"no page", "<p>短</p>", nil, article.Verdict{From: "feed", Candidates: []article.Candidate{{From: "feed", Score: 1}}}},
		{"nothing at all", "", nil, article.Verdict{Candidates: []article.Candidate{{From: "feed", Why: "yields nothing"}}}},
		{"the rule's", "<p>短</p>", doc(`<div id="artibody">` + text + text + `</div>`), article.Verdict{From: "rule", Candidates: []article.Candidate{
			{From: "feed", Score: 1, Why: "has no more to read"}, {From: "rule", Score: 68}}}},
		{"the feed's is longer than the rule's", strings.Repeat(text, 3), doc(`<div id="artibody">` + text + text + `</div>`), article.Verdict{From: "feed", Candidates: []article.Candidate{
			{From: "feed", Score: 102}, {From: "rule", Score: 68, Why: "has no more to read"}}}},
		{"no rule", "<p>短</p>", foreign(strings.Repeat(text, 6)), article.Verdict{From: "readability", Candidates: []article.Candidate{
			{From: "feed", Score: 1, Why: "has no more to read"}, {From: "rule", Why: "yields nothing"}, {From: "json-ld", Why: "yields nothing"}, {From: "readability", Score: 204}}}},
		{"a guess that has little more", strings.Repeat(text, 5), foreign(strings.Repeat(text, 6)), article.Verdict{From: "feed", Candidates: []article.Candidate{
			{From: "feed", Score: 170}, {From: "rule", Why: "yields nothing"}, {From: "json-ld", Why: "yields nothing"},
			{From: "readability", Score: 204, Why: "has little more than the feed, which is without furniture"}}}},
		{"a feed that goes on at its page", strings.Repeat(text, 5) + "<p>这一篇…… <a href='/x'>阅读全文 »</a></p>", foreign(strings.Repeat(text, 6)), article.Verdict{From: "readability", Candidates: []article.Candidate{
			{From: "feed", Score: 174, Why: "has no more to read"}, {From: "rule", Why: "yields nothing"}, {From: "json-ld", Why: "yields nothing"}, {From: "readability", Score: 204}}}},
		{"a page of links", "<p>一句话的简介，说的是这篇文章讲了什么，为了什么，以及后来怎样。</p>", foreign("<ul>" + strings.Repeat(`<li><a href="/x">另一篇文章的标题</a></li>`, 10) + "</ul>"), article.Verdict{From: "feed", Candidates: []article.Candidate{
			{From: "feed", Score: 27}, {From: "rule", Why: "yields nothing"}, {From: "json-ld", Why: "yields nothing"}, {From: "readability", Score: 20, Why: "has no more to read"}}}},
		{"refused", "<p>短</p>", foreign("<p>Verify you are human</p>"), article.Verdict{From: "feed", Refused: article.Challenge, Candidates: []article.Candidate{{From: "feed", Score: 1}}}},
	} {
		it := fetcher.Item{Link: page, Title: "题", Content: test.feed}
		got := normalize.Article(it, test.doc, normalize.Options{}, now).Verdict
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestKeyKinds(t *testing.T) {
	o := normalize.Options{Source: "s", Site: "sina"}
	for _, test := range []struct {
		it   fetcher.Item
		o    normalize.Options
		want string
	}{
		{fetcher.Item{ID: "comos:nihefve8236522", Link: page}, o, "origin id, canonical URL"},
		{fetcher.Item{ID: "zhibo:152:4155848"}, o, "origin id"},
		{fetcher.Item{ID: "7"}, normalize.Options{Source: "s.t", Apart: true}, "origin id"},
		{fetcher.Item{Link: "https://e.org/a"}, normalize.Options{Source: "s", Apart: true}, "canonical URL, canonical URL"},
		{fetcher.Item{Title: "t"}, normalize.Options{Source: "s"}, "words of the list"},
	} {
		var kinds []string
		for _, key := range normalize.Identities([]fetcher.Item{test.it}, test.o)[0].Keys {
			kinds = append(kinds, normalize.KeyKind(key))
		}
		if got := strings.Join(kinds, ", "); got != test.want {
			t.Errorf("%+v: %s, want %s", test.it, got, test.want)
		}
	}
	if got := normalize.KeyKind("archived:1:题"); got != "archive" {
		t.Error(got)
	}
}

func TestDatesThatCannotBeTrue(t *testing.T) {
	for _, test := range []struct {
		name               string
		published, updated time.Time
		want, wantUpdated  time.Time
	}{
		{"none", time.Time{}, time.Time{}, now, now},
		{"future", now.Add(time.Hour), time.Time{}, now, now},
		{"a clock ahead", now.Add(5 * time.Minute), time.Time{}, now.Add(5 * time.Minute), now.Add(5 * time.Minute)},
		{"1970", time.Unix(0, 0), time.Time{}, now, now},
		{"updated only", time.Time{}, now.Add(-time.Hour), now.Add(-time.Hour), now.Add(-time.Hour)},
		{"updated before published", now.Add(-time.Hour), now.Add(-2 * time.Hour), now.Add(-time.Hour), now.Add(-time.Hour)},
	} {
		a := normalize.Article(fetcher.Item{Title: "t", Published: test.published, Updated: test.updated}, nil, normalize.Options{}, now).Article
		if !a.Published.Equal(test.want) || !a.Updated.Equal(test.wantUpdated) {
			t.Errorf("%s: published %s, updated %s", test.name, a.Published, a.Updated)
		}
	}
}

func TestIdentities(t *testing.T) {
	sina := normalize.Options{Source: "s", Site: "sina"}
	feed := normalize.Options{Source: "f"}
	for _, test := range []struct {
		name string
		it   fetcher.Item
		o    normalize.Options
		keys string
		key  string
	}{
		{"docid with prefix, whose address tells it too", fetcher.Item{ID: "comos:nihefve8236522", Link: "https://finance.sina.com.cn/china/doc-inihefve8236522.shtml"}, sina, "sina:inihefve8236522", "inihefve8236522"},
		{"docid without link", fetcher.Item{ID: "nihefve8236522"}, sina, "sina:inihefve8236522", "inihefve8236522"},
		{"docid of a mirror", fetcher.Item{ID: "comos:nihefve8236522", Link: "http://127.0.0.1:80/doc-inihefve8236522.shtml"}, sina, "sina:inihefve8236522 url:127.0.0.1/doc-inihefve8236522.shtml", "inihefve8236522"},
		{"mobile page", fetcher.Item{ID: "x", Link: "https://finance.sina.cn/a/detail-inihefve8236522.d.html?vt=4"}, feed, "sina:inihefve8236522", "inihefve8236522"},
		{"live wire", fetcher.Item{ID: "zhibo:152:4155848"}, sina, "zhibo:152:4155848", "zhibo-152-4155848"},
		{"guid", fetcher.Item{ID: "7", Link: "http://www.Example.org:80/a/?utm_source=x&id=1#c"}, feed, "guid:f:7 url:example.org/a/?id=1#c", "euxxw4kcitshj"},
		{"link only", fetcher.Item{Link: "https://example.org/a"}, feed, "link:f:example.org/a url:example.org/a", "euxt5qewh3was"},
		{"a site's front page tells nothing", fetcher.Item{ID: "8", Link: "https://example.org/"}, feed, "guid:f:8", "euxwusmxyhklc"},
		{"apart", fetcher.Item{ID: "7"}, normalize.Options{Source: "f", Apart: true}, "f guid:f:7", "euxxw4kcitshj"},
	} {
		got := normalize.Identities([]fetcher.Item{test.it}, test.o)[0]
		if keys := strings.Join(got.Keys, " "); keys != test.keys {
			t.Errorf("%s: keys %s\nwant %s", test.name, keys, test.keys)
		}
		if got.Name != test.key {
			t.Errorf("%s: name %s, want %s", test.name, got.Name, test.key)
		}
	}
}

// TestRepeatedIDsAndLinks: what several items of a document share tells none
// of them apart.
func TestRepeatedIDsAndLinks(t *testing.T) {
	ids := normalize.Identities([]fetcher.Item{
		{ID: "same", Link: "https://e.org/1", Title: "a"}, {ID: "same", Link: "https://e.org/2", Title: "b"},
		{ID: "3", Link: "https://e.org/list"}, {ID: "4", Link: "https://e.org/list"}, {Title: "c"}, {Title: "d"},
	}, normalize.Options{Source: "f"})
	seen := map[string]bool{}
	for i, id := range ids {
		for _, key := range id.Keys {
			if seen[key] {
				t.Errorf("item %d shares key %s", i, key)
			}
			seen[key] = true
		}
	}
}

func TestPrintChangesWithWhatIsShown(t *testing.T) {
	it := fetcher.Item{ID: "1", Title: "t", Summary: "s", Updated: now}
	print := func(it fetcher.Item) uint64 {
		return normalize.Identities([]fetcher.Item{it}, normalize.Options{})[0].Print
	}
	same, retitled, revised := it, it, it
	same.Tags = []string{"x"}
	retitled.Title = "u"
	revised.Updated = now.Add(time.Second)
	if print(same) != print(it) || print(retitled) == print(it) || print(revised) == print(it) {
		t.Error("the print is not of title, texts and revision")
	}
}

func TestStock(t *testing.T) {
	for in, want := range map[string]string{
		"sz000931": "sz000931", "stock_sh600519": "sh600519", "SH600519": "sh600519", "600519.SH": "sh600519",
		"hk00700": "hk00700", "hkstock_700": "hk00700", "0700.HK": "hk00700", "usAAPL": "usAAPL", "usstock_JPM": "usJPM",
		"gb_jpm": "usJPM", "nf_t0": "", "fund": "", "": "",
	} {
		if got := normalize.Stock(in); got != want {
			t.Errorf("Stock(%q) = %q, want %q", in, got, want)
		}
	}
}

// realData is the folder of what was captured from Sina.
func realData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("AGGREGATOR_SINA_DATA")
	if dir == "" {
		dir = "../../shared/sina/data" // beside the checkout
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no real data: %v; AGGREGATOR_SINA_DATA names their folder", err)
	}
	return dir
}

// TestRealFragment reads a body of 2015, whose attributes have no quotes.
func TestRealFragment(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(realData(t), "article_html", "fragment_2015-03-16_finance_body.html"))
	if err != nil {
		t.Skip(err)
	}
	// It begins with the end of a block before it, which would end the body's too.
	_, fragment, _ := strings.Cut(string(body), "</div>")
	res := normalize.Article(fetcher.Item{Link: page, Title: "t"}, doc(`<div id="artibody">`+fragment+`</div>`), normalize.Options{}, now)
	if got, want := strings.Join(res.Article.Stocks, " "), "sz300036 sz300053 sz002383 sz300075 sz002405 sz002465"; got != want {
		t.Errorf("stocks %s, want %s", got, want)
	}
	if got := strings.Count(res.Article.Content, `<a href="http://finance.sina.com.cn/realstock/company/`); got != 6 || strings.Count(res.Article.Content, "<p>") != 3 || res.Verdict.From != "rule" {
		t.Errorf("%d stock links, from %s: %s", got, res.Verdict.From, res.Article.Content)
	}
	checkClean(t, fragment, res.Article.Content)
}

// TestRealPages reads pages saved from Sina: title, date, source, and a body
// without furniture, which a feed's teaser does not replace.
func TestRealPages(t *testing.T) {
	dir := realData(t)
	furniture := []string{"点击投票", "网友评论", "我要反馈", "文章关键词", "众测", "二维码", "QQ空间", "自动播放", "sinaads", "document.", "function"}
	for _, test := range []struct{ file, url, title, published, origin, first, last string }{
		{"gne_finance_20181228_hqfskcn2160999.html", "https://finance.sina.com.cn/roll/2018-12-28/doc-ihqfskcn2160999.shtml",
			"60万\"12306账号\"外泄? 中铁总辟谣称消息不实", "2018-12-28T11:56:29Z", "新京报", "新京报快讯（记者 裴剑飞）今日", "责任编辑：霍琦"},
		{"gne_news_20190907_icezzrq4076655.html", "https://news.sina.com.cn/c/2019-09-07/doc-iicezzrq4076655.shtml",
			"最强“中国芯”本月商用 华为抢跑5G芯片大战", "2019-09-06T22:52:51Z", "北京日报", "原标题：最强“中国芯”本月商用", "责任编辑：张申"},
		{"gne_tech_20190911_icezzrq4972166.html", "https://tech.sina.com.cn/mobile/n/n/2019-09-11/doc-iicezzrq4972166.shtml",
			"苹果发布新iPhone 11：64GB售5499元 256GB售6799元", "", "新浪科技", "", ""},
	} {
		body, err := os.ReadFile(filepath.Join(dir, "article_html", test.file))
		if err != nil {
			t.Skip(err)
		}
		d := &fetcher.Document{URL: test.url, Status: 200, Body: body}
		res := normalize.Article(fetcher.Item{Link: test.url, Summary: "一句话的简介。"}, d, normalize.Options{}, now)
		a := res.Article
		checkClean(t, test.file, a.Content)
		checkVerdict(t, res)
		if v := res.Verdict; v.Refused != "" || len(v.Candidates) != 2 || v.Score() < 150 {
			t.Errorf("%s: %+v", test.file, v)
		}
		if a.Title != test.title || a.Origin != test.origin || res.Verdict.From != "rule" {
			t.Errorf("%s: title %q, origin %q, from %s", test.file, a.Title, a.Origin, res.Verdict.From)
		}
		if got := a.Published.Format(time.RFC3339); test.published != "" && got != test.published {
			t.Errorf("%s: published %s, want %s", test.file, got, test.published)
		}
		text := fetcher.PlainText(a.Content)
		if len(text) < 300 || !strings.Contains(text, test.first) || !strings.Contains(text, test.last) {
			t.Errorf("%s: body is %s", test.file, text)
		}
		for _, not := range furniture {
			if strings.Contains(text, not) {
				t.Errorf("%s: the body has %q: %s", test.file, not, text)
			}
		}
	}
}

// simulatedPages are pages of Sina articles of 40 KB and more.
func simulatedPages(t testing.TB, n int) (docs []*fetcher.Document) {
	t.Helper()
	origin := simulated.New(simulated.Options{Seed: 1, Start: now, Now: func() time.Time { return now }, Backlog: 200})
	client, err := fetcher.NewClient(fetcher.Options{Transport: origin.Transport(), PerHost: 8})
	if err != nil {
		t.Fatal(err)
	}
	for a := range origin.Articles(0, time.Time{}, now) {
		d, err := client.Get(t.Context(), fetcher.Request{URL: a.URL, Page: true})
		if err != nil {
			t.Fatal(err)
		}
		if docs = append(docs, d); len(docs) == n {
			break
		}
	}
	return docs
}

// BenchmarkArticle50 makes 50 articles of pages.
func BenchmarkArticle50(b *testing.B) {
	docs := simulatedPages(b, 50)
	for b.Loop() {
		for _, d := range docs {
			if res := normalize.Article(fetcher.Item{Link: d.URL, Title: "t"}, d, normalize.Options{Site: "sina"}, now); res.Verdict.From != "rule" {
				b.Fatalf("%s from %q", d.URL, res.Verdict.From)
			}
		}
	}
}
