package simulated

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
)

// pageAnswer is the page of an article or a wire item.
func (o *Origin) pageAnswer(q *request) *answer {
	id, mobile, ok := docidIn(q.path)
	if !ok {
		return notFound(http.StatusNotFound)
	}
	a, key, ok := o.pageOf(id, q.now)
	if want := a.Path; !ok || !mobile && q.path != want || mobile && q.path != mobilePath(want) {
		return notFound(http.StatusNotFound)
	}
	if mobile {
		return htmlAnswer([]byte(mobilePage(&a)), "utf-8")
	}
	style := o.pageStyle(&a)
	key.base = q.base
	body := o.pages.get(key, func() []byte { return o.page(q, &a, style) })
	ans := htmlAnswer(body, "utf-8")
	if style.gbk {
		ans.kind = "text/html" // the page alone says what it is in
	}
	return ans
}

func htmlAnswer(body []byte, charset string) *answer {
	return &answer{kind: "text/html; charset=" + charset, body: body, fresh: "max-age=60"}
}

// pageOf finds whose page a docid is: an article's or a wire item's.
func (o *Origin) pageOf(id string, now time.Time) (a Article, key cacheKey, ok bool) {
	if i, found := o.docIndex(forID, id); found && i < o.articles.count(now) {
		return o.article(i, now), cacheKey{what: forID, index: i, state: o.state(i, now)}, true
	}
	if i, found := o.docIndex(forLive, id); found && i < o.live.count(now) {
		a := o.liveItem(i, now)
		return a, cacheKey{what: forLive, index: i, state: uint64(a.Updated.Unix())}, a.Withdrawn.IsZero()
	}
	return Article{}, cacheKey{}, false
}

// pageStyle is how the page of an article is made; a few are as they were
// made ten years ago.
type pageStyle struct {
	open, close string // of the body element
	gbk         bool
	original    bool // has a line with the original title
	table       bool
	stockbox    bool // an advertisement for accounts
	adlist      bool // comments that hold pictures
	author      string
	dice        dice
}

func (o *Origin) pageStyle(a *Article) pageStyle {
	d := roll(o.opts.Seed, forPage, int64(a.Index)+int64(a.Story[0])<<40)
	s := pageStyle{open: `<!-- 原始正文begin -->` + "\n" + `<div class="article" id="artibody">` + "\n", close: "</div>\n<!-- 原始正文end -->"}
	switch n := d.n(100); {
	case n < 6:
		s.open, s.close = `<div class="article">`+"\n", "</div>"
	case n < 20:
		s.open, s.close = `<div class="article" id="article">`+"\n", "</div>"
		s.author = "show_author"
	}
	s.gbk, s.original, s.table = d.share(0.05), d.share(0.15), d.share(0.12)
	s.stockbox, s.adlist = d.share(0.08), d.share(0.25)
	if s.author == "" && d.share(0.9) {
		s.author = "article-editor"
	}
	s.dice = d
	return s
}

// page is the whole page of an article.
func (o *Origin) page(q *request, a *Article, s pageStyle) []byte {
	charset := "utf-8"
	if s.gbk {
		charset = "gb2312"
	}
	title := html.EscapeString(a.Title)
	slots := map[string]string{
		"charset": charset, "title": title, "url": q.link(a.Path), "id": a.ID, "media": a.Media,
		"section": a.Path[1:strings.LastIndexByte(a.Path, '/')], "keywords": strings.Join(a.Tags, ","),
		"description": html.EscapeString(shorten(a.Paragraphs[0], 120)), "mobile": q.link(mobilePath(a.Path)),
		"created": a.Published.In(beijing).Format(time.DateTime), "changed": a.Updated.In(beijing).Format(time.DateTime),
		"shown": a.Published.In(beijing).Format("2006年01月02日 15:04"), "published": a.Listed.In(beijing).Format(time.RFC3339),
		"images": q.link("/image"), "keywordlinks": keywordLinks(a.Tags),
		"related": o.related(q, a), "comments": o.comments(a),
	}
	if a.Image != "" {
		slots["image"] = q.link(a.Image)
	}
	slots["body"] = o.body(q, a, &s)
	body := fill(make([]byte, 0, 48<<10), o.frame.page, slots)
	if s.gbk {
		return sharedGBK().encode(body)
	}
	return body
}

func keywordLinks(words []string) string {
	var b strings.Builder
	for _, w := range words {
		fmt.Fprintf(&b, `<a href="/tags/%s" target="_blank">%s</a> `, w, w)
	}
	return b.String()
}

// related are links to older articles: a page is full of titles that are not
// its own.
func (o *Origin) related(q *request, a *Article) string {
	var b strings.Builder
	newest := o.articles.count(a.Published) - 1
	for i := newest; i >= max(newest-8, 0); i-- {
		s, from := o.story(i)
		at := o.articles.at(i)
		d := roll(o.opts.Seed, forItem, i)
		o.tellWord(&d, "agency") // as article draws
		path := articlePath(&d, s.genre, at, o.docid(forID, i))
		title := o.title(i, &s, from, edits{}, q.now)
		fmt.Fprintf(&b, "\t\t\t<li><a href=\"%s\" target=\"_blank\">%s</a><span>%s</span></li>\n",
			q.link(path), html.EscapeString(title), at.In(beijing).Format("(01月02日 15:04)"))
	}
	return b.String()
}

// comments are what readers said; nothing of it is news either.
func (o *Origin) comments(a *Article) string {
	d := roll(o.opts.Seed, forPage, ^a.Index)
	t := o.grammar.newTeller(d, a.Published)
	var b strings.Builder
	for i := range 8 {
		fmt.Fprintf(&b, "\t\t\t\t<div class=\"item clearfix\" comment-type=\"item\"><div class=\"head\"><a href=\"/u/%d\"><img src=\"//tva.sinaimg.invalid/crop/%d/head.jpg\" alt=\"\"></a></div><div class=\"info\"><span class=\"name\">财友%s</span><span class=\"area\">[%s]</span></div><p class=\"txt\">%s走势这么猛，%s还会%s吗？%d楼说得对</p></div>\n",
			d.n(1e9), d.n(1e6), t.tell("person"), t.tell("city"), t.tell("sector"), t.tell("goods"), t.tell("updown"), i+1)
	}
	return b.String()
}

// mobilePage is the page for telephones, in short.
func mobilePage(a *Article) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%s_手机新浪网</title></head><body>\n<h1 class=\"art_tit_h1\">%[1]s</h1>\n<section class=\"art_pic_card art_content\" id=\"artibody\">\n", html.EscapeString(a.Title))
	for _, p := range a.Paragraphs {
		fmt.Fprintf(&b, "<p class=\"art_p\">%s</p>\n", html.EscapeString(p))
	}
	b.WriteString("</section>\n</body></html>\n")
	return b.String()
}
