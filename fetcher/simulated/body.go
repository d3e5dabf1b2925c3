package simulated

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// body is the body element of a page with everything that stands in it.
func (o *Origin) body(q *request, a *Article, s *pageStyle) string {
	var b strings.Builder
	b.WriteString(s.open)
	link := o.linker(q, a, s)
	if s.original {
		d := s.dice
		t := o.grammar.newTeller(d, a.Published)
		t.facts = []fact{{key: "CORE", value: a.Title}}
		fmt.Fprintf(&b, "<p class=\"ori_titlesource\">　　原标题：%s</p>\n", link(t.tell("ori")))
	}
	for i, text := range a.Paragraphs {
		fmt.Fprintf(&b, "<p%s>　　%s</p>\n", fontMark(s, i), link(text))
		o.between(&b, q, a, s, i)
	}
	fmt.Fprintf(&b, "<!-- news_keyword_pub,stock,%s -->", strings.Join(a.Stocks, "&"))
	if s.stockbox {
		b.WriteString(`<div class="app-kaihu-qr" style="text-align:center;"><a href="/finance/kaihu"><img src="` + q.link("/image/finance/w400h180/kaihu.png") + `"></a><p>股市开户福利，扫码领取</p></div>`)
	}
	b.Write(fill(nil, o.frame.tail, map[string]string{"images": q.link("/image"), "editor": o.editor(s)}))
	b.WriteString(s.close)
	return b.String()
}

func fontMark(s *pageStyle, i int) string {
	if s.dice&3 == 0 && i > 0 {
		return ` cms-style="font-L"`
	}
	return ""
}

// between is what stands after a paragraph: pictures, a table,
// advertisements in comments.
func (o *Origin) between(b *strings.Builder, q *request, a *Article, s *pageStyle, i int) {
	switch i {
	case 0, 2, 4:
		if path := o.picture(a.Index, i/2, a.Published); a.Image != "" && path != "" {
			writePicture(b, q.link(path), i, int(s.dice>>4&3))
		}
	case 1:
		if s.adlist {
			fmt.Fprintf(b, "<!--article_adlist[<a href=\"/ad/1\"><img src=\"%s\" alt=\"推广\"></a>]article_adlist-->\n<div id=\"left_hzh_ad\"></div>\n", q.link("/image/ad/w300h250/adlist.png"))
		}
	case 3:
		if s.table {
			b.WriteString(table(s.dice))
		}
		if s.adlist {
			b.WriteString("<!--mce-plugin-videoList[{\"videoid\":\"0\",\"html\":\"<img src=x>\"}]-->\n")
		}
	}
}

// writePicture writes a picture in one of the ways that occur: plain,
// protocol-relative, and two lazy ones.
func writePicture(b *strings.Builder, address string, n, way int) {
	src := fmt.Sprintf(`src="%s" alt=""`, address)
	switch way {
	case 1:
		src = fmt.Sprintf(`src="%s" alt="" data-link=""`, address[strings.Index(address, "//"):])
	case 2:
		src = fmt.Sprintf(`src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" data-src="%s" alt=""`, address)
	case 3:
		src = fmt.Sprintf(`real_src="%s" alt=""`, address)
	}
	fmt.Fprintf(b, "<div class=\"img_wrapper\"><img id=\"%d\" %s><span class=\"img_descr\">图为示意</span></div>\n", n, src)
}

func table(d dice) string {
	var b strings.Builder
	b.WriteString("<table border=\"1\"><thead><tr><th>项目</th><th>本期</th><th>上年同期</th><th>变动</th></tr></thead><tbody>\n")
	for _, name := range []string{"营业收入", "营业成本", "净利润", "每股收益"} {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%.2f</td><td>%.2f</td><td>%+.1f%%</td></tr>\n", name, d.between(1, 900, 2), d.between(1, 900, 2), d.between(-30, 60, 1))
	}
	b.WriteString("</tbody></table>\n")
	return b.String()
}

// editor is the line that names who answers for the page.
func (o *Origin) editor(s *pageStyle) string {
	if s.author == "" {
		return ""
	}
	d := s.dice
	t := o.grammar.newTeller(d, time.Time{})
	return fmt.Sprintf(`<p class="%s">责任编辑：%s SF%03d</p>`, s.author, t.tell("person"), d.n(200))
}

// linker escapes text and makes stock links of the companies in it, as Sina's
// does; old pages leave out the quotes of the attributes.
func (o *Origin) linker(q *request, a *Article, s *pageStyle) func(string) string {
	form := `<span id="stock_%[1]s"><a href="%[2]s" class="keyword" target="_blank" data-sudaclick="content_marketkeywords_p">%[3]s</a></span><span id="quote_%[1]s"></span>`
	if s.gbk {
		form = `<span id=stock_%[1]s><a href=%[2]s class="keyword" target=_blank>%[3]s</a></span><span id=quote_%[1]s></span>`
	}
	// Of two names that begin alike the longer one is meant.
	firms := slices.SortedFunc(slices.Values(a.companies), func(x, y company) int { return len(y.Name) - len(x.Name) })
	var pairs []string
	for _, f := range firms {
		address := q.link("/finance/realstock/company/" + f.Code + "/nc.shtml")
		pairs = append(pairs, f.Name, fmt.Sprintf(form, f.Code, address, f.Name))
	}
	r := strings.NewReplacer(pairs...)
	return func(text string) string { return r.Replace(html.EscapeString(text)) }
}
