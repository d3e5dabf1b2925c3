package simulated

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// listPage is a list for people as the finance roll once had: /finance/roll/,
// then index_2.shtml and so on, in GBK, with times that lack the year.
func (o *Origin) listPage(q *request) *answer {
	page := 1
	if name := strings.TrimPrefix(q.path, "/finance/roll/"); name != "" && name != "index.shtml" {
		if n, err := fmt.Sscanf(name, "index_%d.shtml", &page); n != 1 || err != nil || page < 1 {
			return notFound(http.StatusNotFound)
		}
	}
	const perPage = 40
	indexes, total := o.list(0, q.now, 0, o.articles.count(q.now), (page-1)*perPage, perPage)
	if q.empty() {
		indexes = nil
	}
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html><head><meta http-equiv=\"Content-type\" content=\"text/html; charset=gb2312\" /><title>财经滚动新闻_新浪网</title></head><body>\n<div class=\"nav\"><ul>\n" + navigation() + "</ul></div>\n<div class=\"listBlk\"><ul class=\"list_009\">\n")
	for _, i := range indexes {
		a := o.article(i, q.now)
		fmt.Fprintf(&b, "<li><a href=\"%s\" target=\"_blank\">%s</a><span>%s</span></li>\n", q.link(a.Path), html.EscapeString(a.Title), a.Published.In(beijing).Format("(01月02日 15:04)"))
	}
	b.WriteString("</ul></div>\n<div class=\"pagebox\">")
	if page > 1 {
		fmt.Fprintf(&b, "<a href=\"index_%d.shtml\">上一页</a> ", page-1)
	}
	if page*perPage < total {
		fmt.Fprintf(&b, "<a href=\"index_%d.shtml\">下一页</a>", page+1)
	}
	b.WriteString("</div>\n</body></html>\n")
	a := htmlAnswer(sharedGBK().encode([]byte(b.String())), "gb2312")
	a.kind = "text/html"
	return a
}
