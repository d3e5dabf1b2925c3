package simulated

import (
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sitePage is the page of a site's article.
func (o *Origin) sitePage(q *request, n int, rest string) *answer {
	name := rest[strings.LastIndexByte(rest, '/')+1:]
	number, err := strconv.Atoi(strings.TrimSuffix(name, ".html"))
	if index := number - 1000; err == nil && index >= 0 && index < o.sites[n-1].count(q.now) {
		if a := o.siteArticle(n, index, q.now); a.Path == q.path {
			ans := htmlAnswer(sitePageHTML(q, &a, n), "utf-8")
			ans.modified, ans.tagged = a.Updated, true
			return ans
		}
	}
	return notFound(http.StatusNotFound)
}

func sitePageHTML(q *request, a *Article, n int) []byte {
	var b strings.Builder
	siteHead(&b, q, n, a.Title+" - "+a.Media)
	fmt.Fprintf(&b, "<article class=\"post\" id=\"post-%d\">\n<header><h1 class=\"entry-title\">%s</h1>\n<p class=\"meta\"><time datetime=\"%s\">%s</time> 作者：%s</p></header>\n<div class=\"entry-content\">\n",
		a.Index, html.EscapeString(a.Title), a.Published.In(beijing).Format(time.RFC3339), a.Published.In(beijing).Format(time.DateTime), html.EscapeString(a.Media))
	for _, p := range a.Paragraphs {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(p))
	}
	b.WriteString("</div>\n<footer>标签：" + html.EscapeString(strings.Join(a.Tags, "、")) + "</footer>\n</article>\n")
	b.WriteString("<aside><h3>关于本站</h3><p>本站文章仅为软件测试而生成，不构成投资建议。</p></aside>\n</body></html>\n")
	return []byte(b.String())
}

// siteHead begins a page; its links let a reader discover the feeds.
func siteHead(b *strings.Builder, q *request, n int, title string) {
	prefix := fmt.Sprintf("/site/%d/", n)
	fmt.Fprintf(b, "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>%s</title>\n", html.EscapeString(title))
	for _, l := range [][2]string{{"application/rss+xml", "rss.xml"}, {"application/atom+xml", "atom.xml"}, {"application/feed+json", "feed.json"}} {
		fmt.Fprintf(b, "<link rel=\"alternate\" type=\"%s\" href=\"%s\">\n", l[0], q.link(prefix+l[1]))
	}
	fmt.Fprintf(b, "</head><body>\n<nav><a href=\"%s\">首页</a> <a href=\"%s\">订阅</a></nav>\n", q.link(prefix), q.link(prefix+"rss.xml"))
}

// siteFront is the front page of a site: a list of its newest articles.
func (o *Origin) siteFront(q *request, n int) *answer {
	f := o.feed(q, n)
	var b strings.Builder
	siteHead(&b, q, n, f.Title)
	b.WriteString("<ul class=\"posts\">\n")
	for i := range f.articles {
		a := &f.articles[i]
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a> <span>%s</span></li>\n", f.link(a.Path), html.EscapeString(a.Title), a.Published.In(beijing).Format("2006-01-02 15:04"))
	}
	b.WriteString("</ul>\n</body></html>\n")
	ans := htmlAnswer([]byte(b.String()), "utf-8")
	ans.modified, ans.tagged = f.modified, true
	return ans
}

// index is the front page of the origin, for a person who looks what is here.
func (o *Origin) index(q *request) *answer {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>模拟新闻源</title></head><body>\n<h1>模拟新闻源</h1>\n<p>这里的一切内容都由程序生成。</p>\n<ul>\n")
	for _, c := range columns {
		path := fmt.Sprintf("/api/roll/get?pageid=%d&lid=%d&num=50&page=1", c.PageID, c.LID)
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s（%d）</a></li>\n", html.EscapeString(path), c.Name, c.LID)
	}
	b.WriteString("<li><a href=\"/api/zhibo/feed?zhibo_id=152&amp;page=1&amp;page_size=20\">7x24</a></li>\n")
	for n, s := range o.opts.Sites {
		fmt.Fprintf(&b, "<li><a href=\"/site/%d/\">%s</a></li>\n", n+1, html.EscapeString(s.Title))
	}
	b.WriteString("</ul>\n</body></html>\n")
	return htmlAnswer([]byte(b.String()), "utf-8")
}
