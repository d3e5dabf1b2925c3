package fetcher_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"aggregator/fetcher"
)

var page = fetcher.Source{Name: "p", Kind: "html", URL: "https://example.org/news/index_{page}.html", MaxPages: 3, Zone: shanghai, Rules: &fetcher.Rules{
	FirstPage: 1,
	Items:     "ul.list > li",
	Fail:      ".error",
	Fields: map[string]string{
		"id": "@data-id", "link": "a@href", "title": "a", "published": "span", "summary": ".lead", "author": ".by", "image": "img@src",
		"tags": ".tag", "content": ".text", "withdrawn": ".gone",
	},
	Empty: []string{"暂时没有"},
}}

// TestPageQuirks are lists on pages, one each.
func TestPageQuirks(t *testing.T) {
	const item = `<li data-id=7><a href="a.html">A &amp;
	<b>B</b></a> <span>（2026-11-24 16:00）</span></li>`
	want := fetcher.Item{ID: "7", Link: "https://example.org/news/a.html", Title: "A & B", Published: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), Base: "https://example.org/news/index_1.html"}
	with := func(change func(*fetcher.Item)) []fetcher.Item {
		it := want
		change(&it)
		return []fetcher.Item{it}
	}
	edit := func(more string) string {
		return `<ul class=list>` + strings.Replace(item, "</li>", more+"</li>", 1) + `</ul>`
	}
	for _, tt := range []struct {
		name, body string
		want       []fetcher.Item
	}{
		{"plain", edit(""), []fetcher.Item{want}},
		{"not closed", `<ul class="x list"><li data-id=7><a href=a.html>A & B</a><span>2026-11-24 16:00`, []fetcher.Item{want}},
		{"another list", `<ul><li><a href=menu.html>menu</a></ul>` + edit(""), []fetcher.Item{want}},
		{"an item that is none", `<ul class=list><li class=line></li></ul>` + edit(""), []fetcher.Item{want}},
		{"base", `<base href="/other/">` + edit(""), with(func(it *fetcher.Item) {
			it.Link, it.Base = "https://example.org/other/a.html", "https://example.org/other/"
		})},
		{"summary and author", edit("<p class=lead>Words <i>of</i> it<script>x()</script> &lt;3</p><i class=by>Li</i>"), with(func(it *fetcher.Item) { it.Summary, it.Author = "Words of it &lt;3", "Li" })},
		{"picture and tags", edit("<img src=//img.example/a.png><i class=tag>a</i><i class=tag> </i><i class=tag>b</i>"), with(func(it *fetcher.Item) {
			it.Image, it.Tags = "https://img.example/a.png", []string{"a", "b"}
		})},
		{"content", edit("<div class=text><p>a<p>b</div>"), with(func(it *fetcher.Item) { it.Content = "<p>a</p><p>b</p>" })},
		{"withdrawn", edit("<i class=gone>x</i>"), with(func(it *fetcher.Item) { it.Withdrawn = true })},
		{"empty", `<p>暂时没有新闻`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := newReader(t, page).Read(document("https://example.org/news/index_1.html", tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, list.Items); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPageRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       fetcher.Reason
	}{
		{"rebuilt", `<html><body><div class=news>…</div>`, fetcher.ReasonNoMatch},
		{"items without anything", `<html><ul class=list><li><li></ul>`, fetcher.ReasonNoMatch},
		{"its own error", `<html><p class=error>closed today</p>`, fetcher.ReasonRefused},
		{"a login", `<html><title>登录</title><input type="password">`, fetcher.ReasonLogin},
		{"nothing", " ", fetcher.ReasonNotList},
		{"JSON", `{"a":1}`, fetcher.ReasonNotList},
		{"too deep", strings.Repeat("<div>", 5000), fetcher.ReasonParse},
	} {
		list, err := newReader(t, page).Read(document("https://example.org/", tt.body))
		if err == nil || fetcher.ReasonOf(err) != tt.want {
			t.Errorf("%s: %v, %v; want %s", tt.name, list, err, tt.want)
		}
	}
}

func TestPageRulesAreChecked(t *testing.T) {
	for _, change := range []func(*fetcher.Rules){
		func(r *fetcher.Rules) { r.Items = "" },
		func(r *fetcher.Rules) { r.Items = "li[" },
		func(r *fetcher.Rules) { r.Fail = "p:nope(" },
		func(r *fetcher.Rules) { r.Fields = map[string]string{"titel": "a"} },
		func(r *fetcher.Rules) { r.Fields = map[string]string{"title": "a >> b"} },
		func(r *fetcher.Rules) { r.Empty = []string{"("} },
	} {
		src, rules := page, *page.Rules
		change(&rules)
		src.Rules = &rules
		if _, err := fetcher.NewReader(src); err == nil {
			t.Errorf("%+v is taken", rules)
		}
	}
}

// TestStockPage reads the list of one share as Sina sends it, in GBK.
func TestStockPage(t *testing.T) {
	src := fetcher.Source{Name: "s", Kind: "sina-stock", Params: map[string]string{"symbol": "sh600519"}, MaxPages: 20, Zone: shanghai}
	r := newReader(t, src)
	if got := r.URL(2); got != "https://vip.stock.finance.sina.com.cn/corp/view/vCB_AllNewsStock.php?symbol=sh600519&Page=2" {
		t.Errorf("URL %s", got)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(`<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312" /></head><body>
<div class="datelist"><ul>
			&nbsp;&nbsp;&nbsp;&nbsp;2026-07-25&nbsp;14:30&nbsp;&nbsp;<a target='_blank' href='https://finance.sina.com.cn/stock/doc-inihefve8236522.shtml'>贵州茅台：公告</a> <br>
			&nbsp;&nbsp;&nbsp;&nbsp;2026-07-24&nbsp;09:05&nbsp;&nbsp;<a target='_blank' href='//finance.sina.com.cn/stock/doc-inihefve8236523.shtml'>白酒股走强</a> <br>
</ul></div><div class="page"><a href="?Page=2">下一页</a></div></body></html>`)
	if err != nil {
		t.Fatal(err)
	}
	body, charset := fetcher.UTF8([]byte(gbk), "text/html", "")
	list, err := r.Read(document(r.URL(1), string(body)))
	if err != nil || charset != "gb18030" {
		t.Fatalf("%v, charset %s", err, charset)
	}
	want := []fetcher.Item{
		{Link: "https://finance.sina.com.cn/stock/doc-inihefve8236522.shtml", Title: "贵州茅台：公告", Published: time.Date(2026, 7, 25, 6, 30, 0, 0, time.UTC)},
		{Link: "https://finance.sina.com.cn/stock/doc-inihefve8236523.shtml", Title: "白酒股走强", Published: time.Date(2026, 7, 24, 1, 5, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, list.Items); diff != "" {
		t.Error(diff)
	}
	if list, err := r.Read(document(r.URL(9), "<html><body>暂时没有数据！</body></html>")); err != nil || len(list.Items) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestDataQuirks are the answers of public_news_data, one each.
func TestDataQuirks(t *testing.T) {
	src := fetcher.Source{Name: "d", Kind: "sina-data", Params: map[string]string{"cids": "57045,57046"}, MaxPages: 20, Zone: shanghai}
	r := newReader(t, src)
	if got := r.URL(1); !strings.Contains(got, "cids=57045%2C57046&") || !strings.Contains(got, "up=0&") {
		t.Errorf("URL %s", got)
	}
	const item = `{"docid":"nihefve8236522","title":"T","stitle":"S","url":"https:\/\/finance.sina.com.cn\/doc-inihefve8236522.shtml","wapurl":"https:\/\/finance.sina.cn\/x","ctime":1631716155,"media":"新华社","author":"0","thumb":"\/\/n.sinaimg.cn\/a.jpg","tags":["a","b"],"intro":"i"}`
	want := []fetcher.Item{{
		ID: "nihefve8236522", Link: "https://finance.sina.com.cn/doc-inihefve8236522.shtml", Title: "T", Published: time.Unix(1631716155, 0).UTC(),
		Summary: "i", Origin: "新华社", Image: "https://n.sinaimg.cn/a.jpg", Tags: []string{"a", "b"},
	}}
	for name, tt := range map[string]struct {
		body string
		want []fetcher.Item
	}{
		"plain":     {`{"status":{"code":0,"msg":"ok"},"data":[` + item + `]}`, want},
		"JSONP":     {`cb({"status":{"code":0,"msg":"ok"},"data":[` + item + `]});`, want},
		"data null": {`{"status":{"code":0},"data":null}`, nil},
		"by number": {`{"status":{"code":"0"},"data":{"0":` + item + `}}`, want},
	} {
		list, err := r.Read(document("https://interface.sina.cn/pc_api/public_news_data.d.json", tt.body))
		if diff := cmp.Diff(tt.want, list.Items); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	for _, body := range []string{`{"status":{"code":5,"msg":"no"},"data":null}`, `{"status":{"code":0}}`, `[]`, `{"status":{"code":0},"data":"x"}`} {
		if _, err := r.Read(document("https://interface.sina.cn/", body)); fetcher.ReasonOf(err) != fetcher.ReasonRefused {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestAppQuirks are the answers of the finance app's gateway: an item as it was
// captured, in what its answers may be wrapped in.
func TestAppQuirks(t *testing.T) {
	r := newReader(t, fetcher.Source{Name: "a", Kind: "sina-app", Params: map[string]string{"flow": "sinafinance_forex_yw_feed"}, MaxPages: 20, Zone: shanghai})
	if got := r.URL(1); !strings.Contains(got, "smartFlow=sinafinance_forex_yw_feed&up=0&") {
		t.Errorf("URL %s", got)
	}
	const item = `{"allCIDs":[56977,257],"author":"","ctime":1728961250,"docid":"ncsrcxx1255499","f_docid":"comos:ncsrcxx1255499","is_ad":0,"media":"市场资讯","short_intro":"","stitle":"",` +
		`"surl":"https://finance.sina.com.cn/doc-incsrcxx1255499.shtml?cre=fantian&mod=finapp","thumb":"","thumbs":[],"title":"T","type":1,"url":"https://finance.sina.com.cn/doc-incsrcxx1255499.shtml"}`
	want := []fetcher.Item{{ID: "ncsrcxx1255499", Link: "https://finance.sina.com.cn/doc-incsrcxx1255499.shtml", Title: "T", Published: time.Unix(1728961250, 0).UTC(), Origin: "市场资讯"}}
	for name, tt := range map[string]struct {
		body string
		want []fetcher.Item
	}{
		"plain":     {`{"status":{"code":0},"data":[` + item + `]}`, want},
		"JSONP":     {`try{cb({"result":{"status":{"code":0},"data":{"feed":[` + item + `]}}});}catch(e){};`, want},
		"ad":        {`{"data":{"top":[],"feed":[{"docid":"x","title":"buy","is_ad":1},` + item + `]}}`, want},
		"surl only": {`{"data":[` + strings.Replace(item, `"url":"https`, `"no":"https`, 1) + `]}`, want},
		"data null": {`{"status":{"code":0},"data":null}`, nil},
		"empty":     {`{"data":[]}`, nil},
	} {
		list, err := r.Read(document("https://api.cj.sina.cn/transmit", tt.body))
		if diff := cmp.Diff(tt.want, list.Items); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	for _, body := range []string{`{"status":{"code":5,"msg":"no"},"data":null}`, `{"result":{"status":{"code":1}}}`, `{"status":{"code":0}}`, `[]`} {
		if _, err := r.Read(document("https://api.cj.sina.cn/", body)); fetcher.ReasonOf(err) != fetcher.ReasonRefused {
			t.Errorf("%s: %v", body, err)
		}
	}
}
