package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html"
)

// lists are roll lists as Sina has them, of articles that none of the others lists.
var lists = edition{Lists: 50, Items: 50}

// rollSources are sources of an origin's lists, whose pages are fetched.
func (o *origin) rollSources(e edition) string {
	var b strings.Builder
	for i := range e.Lists {
		fmt.Fprintf(&b, "  - {name: list-%d, kind: sina-roll, params: {pageid: 153, lid: %[1]d}, endpoint: \"%[2]s/roll\", categories: [新闻, 栏目 %[1]d]}\n", i, o.url)
	}
	return b.String()
}

func roll(b *bench) ([]pair, error) {
	o, err := b.origin(lists)
	if err != nil {
		return nil, err
	}
	defer o.close()
	n := lists.Lists * lists.Items
	return b.times(
		func(int) (cost, error) { return b.floor("pages", o, lists, "") },
		func(int) (cost, error) {
			if err := b.fresh(o.rollSources(lists)); err != nil {
				return cost{}, err
			}
			return b.ours(outcome{lists.Lists, n, n})
		})
}

// rollItem is an item of a list.
type rollItem struct {
	DocID string `json:"docid"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Intro string `json:"intro"`
	Media string `json:"media_name"`
	Words string `json:"keywords"`
	CTime string `json:"ctime"`
}

type rollAnswer struct {
	Result struct {
		Status struct {
			Code int    `json:"code"`
			Msg  string `json:"msg"`
		} `json:"status"`
		Data []rollItem `json:"data"`
	} `json:"result"`
}

// pages gets a list, and reads all pages of it.
func (f *floor) pages(res *http.Response) error {
	var list rollAnswer
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		return err
	}
	read := func(_ *floor, res *http.Response) error {
		_, err := html.Parse(res.Body)
		return err
	}
	for _, it := range list.Result.Data {
		if err := f.get(it.URL, read); err != nil {
			return err
		}
	}
	return nil
}

// docID is the id of an article: seven letters, seven digits.
func docID(list, item int) string {
	letters := []byte("aaaaaaa")
	for i := len(letters) - 1; list > 0; i, list = i-1, list/26 {
		letters[i] += byte(list % 26)
	}
	return fmt.Sprintf("%s%07d", letters, item)
}

func (c corpus) title(list, item int) string {
	return c[(list*7919+item*104729)%len(c)][:60]
}

// list answers for a page of a list; there is but one.
func (s *shelf) list(w http.ResponseWriter, r *http.Request) {
	var answer rollAnswer
	answer.Result.Status.Msg = "succ"
	answer.Result.Data = []rollItem{}
	list, err := strconv.Atoi(r.FormValue("lid"))
	e := s.now.Load().edition
	if err != nil || list >= e.Lists {
		http.NotFound(w, r)
		return
	}
	for i := 0; i < e.Items && r.FormValue("page") == "1"; i++ {
		n := e.Items - 1 - i
		answer.Result.Data = append(answer.Result.Data, rollItem{
			DocID: "comos:" + docID(list, n), URL: "http://" + r.Host + "/finance/china/2026-03-02/doc-i" + docID(list, n) + ".shtml",
			Title: s.text.title(list, n), Intro: s.text[(list+n)%len(s.text)], Media: "新浪财经", Words: "股市,银行",
			CTime: fmt.Sprint(newest.Add(time.Duration(n-e.Items) * 10 * time.Minute).Unix()),
		})
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(answer) // who asked has gone
}

// pageSize is how long a page is, in bytes.
const pageSize = 40_000

// page is that of an article, packed: its body of 4 to 8 KB among scripts, lists of
// links and what else stands on such pages.
func (c corpus) page(list, item int) []byte {
	title := c.title(list, item)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>%s_新浪财经_新浪网</title><meta name="keywords" content="股市,银行"><meta name="description" content="%[1]s">
<meta property="og:title" content="%[1]s"><meta property="article:published_time" content="2026-03-02T08:00:00+08:00">
<link rel="stylesheet" href="//n.sinaimg.cn/finance/style.css"><script>%[2]s</script></head><body>
`, title, strings.Repeat("var SINA_TEXT_PAGE_INFO = {channel: 'cj', newsid: 'comos', docID: 1, entity_comment: 1}; if (window.x < 1) { load(\"<b>\"); }\n", 60))
	c.links(&b, list, item, 40)
	fmt.Fprintf(&b, `<div class="main-content"><h1 class="main-title">%s</h1><div class="date-source"><span class="date">2026年03月02日 08:00</span> <a href="/media" class="source">新浪财经</a></div>
<!-- 原始正文begin -->
<div class="article" id="artibody">
%s<!-- news_keyword_pub,stock,sz000333&sz002129 -->
<p class="article-editor">责任编辑：某人 SF001</p>
</div><!-- 原始正文end -->
`, title, c.body(list, item))
	for b.Len() < pageSize-4000 {
		c.links(&b, list, item+b.Len(), 10)
	}
	b.WriteString("</div>" + strings.Repeat(`<script type="text/javascript" src="//n.sinaimg.cn/finance/x.js"></script>`+"\n", 20) + "</body></html>\n")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(b.Bytes()) // to memory
	_ = w.Close()
	return packed.Bytes()
}

func (c corpus) links(b *bytes.Buffer, list, item, n int) {
	b.WriteString(`<div class="blk-related"><ul class="list">` + "\n")
	for i := range n {
		fmt.Fprintf(b, `<li><a href="https://finance.sina.com.cn/china/2026-03-02/doc-i%s.shtml" target="_blank" data-sudaclick="x_%d">%s</a><span class="time">03-02 08:%02[2]d</span></li>`+"\n", docID(list, item+i), i%60, c.title(list+1, item+i))
	}
	b.WriteString("</ul></div>\n")
}
