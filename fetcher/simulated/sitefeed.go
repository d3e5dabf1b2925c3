package simulated

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"time"
)

// feed is what all three forms of a site's feed are made from.
type feed struct {
	*request
	Site
	prefix   string // of the site's paths
	articles []Article
	modified time.Time
}

// feed collects the newest articles of a site.
func (o *Origin) feed(q *request, n int) *feed {
	f := &feed{request: q, Site: o.opts.Sites[n-1], prefix: fmt.Sprintf("/site/%d/", n), modified: o.sites[n-1].origin}
	count := o.sites[n-1].count(q.now)
	if q.empty() {
		return f
	}
	for i := count - 1; i >= max(count-cmp.Or(f.Window, 20), 0); i-- {
		a := o.siteArticle(n, i, q.now)
		if o.opts.Sites[n-1].NoGUID {
			a.ID = ""
		}
		if a.Updated.After(f.modified) {
			f.modified = a.Updated
		}
		f.articles = append(f.articles, a)
	}
	return f
}

func (f *feed) answer(kind string, body []byte) *answer {
	return &answer{kind: kind, body: body, modified: f.modified, tagged: true, fresh: "max-age=60"}
}

// content is the HTML of an article.
func (f *feed) content(a *Article) string {
	if f.SummaryOnly {
		return "<p>" + html.EscapeString(shorten(a.Paragraphs[0], 80)) + "……</p>"
	}
	var b strings.Builder
	for _, p := range a.Paragraphs {
		b.WriteString("<p>" + html.EscapeString(p) + "</p>\n")
	}
	return b.String()
}

// escape makes text safe in XML.
func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

func (o *Origin) rss(q *request, n int) *answer {
	f := o.feed(q, n)
	var b bytes.Buffer
	charset := "UTF-8"
	if f.Legacy {
		charset = "GBK"
	}
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"%s\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n", charset)
	fmt.Fprintf(&b, "<title>%s</title>\n<link>%s</link>\n<description>%[1]s的最新文章</description>\n<language>zh-CN</language>\n<ttl>10</ttl>\n", escape(f.Title), f.link(f.prefix))
	fmt.Fprintf(&b, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"%s\"/>\n", f.link(f.prefix+"rss.xml"))
	for i := range f.articles {
		f.rssItem(&b, &f.articles[i])
	}
	b.WriteString("</channel>\n</rss>\n")
	body := b.Bytes()
	if f.Legacy {
		body = sharedGBK().encode(body)
	}
	return f.answer("application/rss+xml", body)
}

func (f *feed) rssItem(b *bytes.Buffer, a *Article) {
	fmt.Fprintf(b, "<item>\n<title>%s</title>\n<link>%s</link>\n", escape(a.Title), f.link(a.Path))
	if a.ID != "" {
		fmt.Fprintf(b, "<guid isPermaLink=\"false\">%s</guid>\n", a.ID)
	}
	if !f.NoDates {
		fmt.Fprintf(b, "<pubDate>%s</pubDate>\n", a.Published.In(beijing).Format(time.RFC1123Z))
	}
	for _, t := range a.Tags {
		fmt.Fprintf(b, "<category>%s</category>\n", escape(t))
	}
	fmt.Fprintf(b, "<description>%s</description>\n", escape(shorten(a.Paragraphs[0], 80)))
	if !f.SummaryOnly {
		fmt.Fprintf(b, "<content:encoded><![CDATA[%s]]></content:encoded>\n", f.content(a))
	}
	b.WriteString("</item>\n")
}

func (o *Origin) atom(q *request, n int) *answer {
	f := o.feed(q, n)
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n")
	fmt.Fprintf(&b, "<title>%s</title>\n<id>tag:site%d.example,2020:feed</id>\n<updated>%s</updated>\n", escape(f.Title), n, f.modified.UTC().Format(time.RFC3339))
	fmt.Fprintf(&b, "<link rel=\"self\" href=\"%s\"/>\n<link rel=\"alternate\" href=\"%s\"/>\n<author><name>%s</name></author>\n", f.link(f.prefix+"atom.xml"), f.link(f.prefix), escape(f.Title))
	for i := range f.articles {
		f.atomEntry(&b, &f.articles[i], n)
	}
	b.WriteString("</feed>\n")
	return f.answer("application/atom+xml; charset=utf-8", b.Bytes())
}

func (f *feed) atomEntry(b *bytes.Buffer, a *Article, n int) {
	fmt.Fprintf(b, "<entry>\n<title type=\"text\">%s</title>\n<link href=\"%s\"/>\n<id>tag:site%d.example,2020:%d</id>\n", escape(a.Title), f.link(a.Path), n, a.Index)
	fmt.Fprintf(b, "<updated>%s</updated>\n<published>%s</published>\n", a.Updated.UTC().Format(time.RFC3339), a.Published.UTC().Format(time.RFC3339))
	for _, t := range a.Tags {
		fmt.Fprintf(b, "<category term=\"%s\"/>\n", escape(t))
	}
	element := "content"
	if f.SummaryOnly {
		element = "summary"
	}
	fmt.Fprintf(b, "<%s type=\"html\">%s</%[1]s>\n</entry>\n", element, escape(f.content(a)))
}

// jsonFeed is JSON Feed 1.1.
func (o *Origin) jsonFeed(q *request, n int) *answer {
	f := o.feed(q, n)
	items := make([]map[string]any, 0, len(f.articles))
	for i := range f.articles {
		a := &f.articles[i]
		item := map[string]any{"id": cmp.Or(a.ID, f.link(a.Path)), "url": f.link(a.Path), "title": a.Title, "content_html": f.content(a), "tags": a.Tags}
		if !f.NoDates {
			item["date_published"] = a.Published.In(beijing).Format(time.RFC3339)
			item["date_modified"] = a.Updated.In(beijing).Format(time.RFC3339)
		}
		items = append(items, item)
	}
	body, err := json.MarshalIndent(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": f.Title, "language": "zh-CN",
		"home_page_url": f.link(f.prefix), "feed_url": f.link(f.prefix + "feed.json"), "items": items,
	}, "", " ")
	if err != nil {
		panic(err)
	}
	return f.answer("application/feed+json", body)
}
