package fetcher_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aggregator/fetcher"
)

// TestXMLFeedQuirks are what feeds say in their own ways, and what the parser
// below loses or changes of it, one each (PITFALLS G13 to G15).
func TestXMLFeedQuirks(t *testing.T) {
	rss := func(s string) string {
		return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title><item>` + s + `</item></channel></rss>`
	}
	atom := func(s string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:yt="http://www.youtube.com/xml/schemas/2015"><title>t</title><entry>` + s + `</entry></feed>`
	}
	based := func(base, s string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="` + base + `"><entry>` + s + `</entry></feed>`
	}
	day := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, body string
		want       fetcher.Item
	}{
		{"relative Atom id under xml:base", based("http://o.org/", `<id>a b</id>`), fetcher.Item{ID: "a b"}},
		{"Atom id with capitals, blanks and Chinese", atom(`<id>HTTP://O.org/%7e/新闻 1?a=1&amp;copy=2</id>`), fetcher.Item{ID: "HTTP://O.org/%7e/新闻 1?a=1&copy=2", Link: "HTTP://O.org/%7e/新闻 1?a=1&copy=2"}},
		{"Atom id in CDATA", atom(`<id><![CDATA[a&amp;b]]></id>`), fetcher.Item{ID: "a&amp;b"}},
		{"another id in the entry", atom(`<id>1</id><yt:id>2</yt:id><source><id>3</id></source>`), fetcher.Item{ID: "1"}},
		{"Atom link as it was written", atom(`<link href="http://o.org/新闻 1"/>`), fetcher.Item{Link: "http://o.org/新闻 1"}},
		{"xml:base is a file", based("http://o.org/a/feed.xml", `<link href="c"/>`), fetcher.Item{Link: "http://o.org/a/c"}},
		{"relative xml:base", based("x/", `<link href="c"/>`), fetcher.Item{Link: "https://example.org/blog/x/c"}},
		{"xml:base within xml:base", based("http://o.org/a/", `<link xml:base="b/" href="c"/>`), fetcher.Item{Link: "http://o.org/a/b/c"}},
		{"relative link", atom(`<link href="c"/>`), fetcher.Item{Link: "https://example.org/blog/c"}},
		{"title of text tells of a tag", atom(`<title>the &lt;b&gt; tag &amp;amp; more</title>`), fetcher.Item{Title: "the <b> tag &amp; more"}},
		{"title of HTML", atom(`<title type="html">the &lt;b&gt;bold&lt;/b&gt; &amp;amp; more</title>`), fetcher.Item{Title: "the bold & more"}},
		{"title of XHTML", atom(`<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b> &amp; c</div></title>`), fetcher.Item{Title: "a b & c"}},
		{"content of XHTML", atom(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>1 &lt; 2</p></div></content>`), fetcher.Item{Content: "<p>1 &lt; 2</p>"}},
		{"content of text", atom(`<content>1 &lt; 2</content>`), fetcher.Item{Content: "<p>1 &lt; 2</p>"}},
		{"content elsewhere", atom(`<content src="/v.mp4" type="video/mp4"/>`), fetcher.Item{Link: "https://example.org/v.mp4"}},
		{"Dublin Core terms in Atom", atom(`<dcterms:issued>2026-11-24T08:00:00Z</dcterms:issued><dcterms:modified>2026-11-24T08:00:00Z</dcterms:modified>`), fetcher.Item{Published: day, Updated: day}},
		{"Media RSS in Atom", atom(`<media:group><media:thumbnail url="/t.jpg"/><media:description>d</media:description></media:group>`), fetcher.Item{Image: "https://example.org/t.jpg", Summary: "d"}},
		{"author of the feed", `<feed xmlns="http://www.w3.org/2005/Atom"><author><name>n</name></author><entry><id>1</id></entry></feed>`, fetcher.Item{ID: "1", Author: "n"}},
		{"Atom 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped" type="text/html">a &lt;b&gt;b&lt;/b&gt;</title><id>tag:o.org,2026:1</id><issued>2026-11-24T08:00:00Z</issued><modified>2026-11-24T08:00:00Z</modified><link rel="alternate" href="http://o.org/1"/></entry></feed>`, fetcher.Item{ID: "tag:o.org,2026:1", Title: "a b", Link: "http://o.org/1", Published: day, Updated: day}},
		{"RDF", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title></channel><item rdf:about="http://o.org/1"><title>a</title><link>http://o.org/1</link><dc:date>2026-11-24T08:00:00Z</dc:date><dc:creator>n</dc:creator><dc:subject>s</dc:subject></item></rdf:RDF>`, fetcher.Item{ID: "http://o.org/1", Title: "a", Link: "http://o.org/1", Published: day, Author: "n", Tags: []string{"s"}}},
		{"two links", rss(`<link>http://o.org/1</link><link>http://o.org/2</link>`), fetcher.Item{Link: "http://o.org/1"}},
		{"a link that is no web address", rss(`<link>magnet:?xt=1</link><link>1.html</link><link>http://o.org/2</link>`), fetcher.Item{Link: "http://o.org/2"}},
		{"relative RSS link", rss(`<link>1.html</link>`), fetcher.Item{Link: "https://example.org/blog/1.html"}},
		{"Atom link in RSS", rss(`<atom:link rel="self" href="/s"/><atom:link href="/1"/>`), fetcher.Item{Link: "https://example.org/1"}},
		{"guid for a link", rss(`<guid>http://o.org/1</guid>`), fetcher.Item{ID: "http://o.org/1", Link: "http://o.org/1"}},
		{"guid that is no link", rss(`<guid isPermaLink="false">http://o.org/1</guid>`), fetcher.Item{ID: "http://o.org/1"}},
		{"summary and content", rss(`<content:encoded><![CDATA[<p>c</p>]]></content:encoded><description>s</description>`), fetcher.Item{Summary: "s", Content: "<p>c</p>"}},
		{"media pictures", rss(`<media:content url="/a.mp4" type="video/mp4" fileSize="9"/><media:content url="//o.org/b.jpg" medium="image"/><media:thumbnail url="/t.jpg"/>`), fetcher.Item{Image: "https://o.org/b.jpg", Enclosures: []fetcher.Enclosure{{URL: "https://example.org/a.mp4", Type: "video/mp4", Length: 9}}}},
		{"media fields", rss(`<media:title>a</media:title><media:description>d</media:description><media:keywords>x, y</media:keywords><media:credit>n</media:credit>`), fetcher.Item{Title: "a", Summary: "d", Tags: []string{"x", "y"}, Author: "n"}},
		{"iTunes fields", rss(`<itunes:image href="/i.jpg"/><itunes:summary>s</itunes:summary><itunes:author>n</itunes:author><itunes:keywords>x,y</itunes:keywords>`), fetcher.Item{Image: "https://example.org/i.jpg", Summary: "s", Author: "n", Tags: []string{"x", "y"}}},
		{"item before its extras", rss(`<title>a</title><description>s</description><itunes:summary>no</itunes:summary><media:title>no</media:title>`), fetcher.Item{Title: "a", Summary: "s"}},
		{"Dublin Core dates", rss(`<dc:date>2026-11-24T08:00:00Z</dc:date><dcterms:modified>2026-11-24T08:00:00Z</dcterms:modified>`), fetcher.Item{Published: day, Updated: day}},
		{"unreadable pubDate", rss(`<pubDate>soon</pubDate><dc:date>2026-11-24T08:00:00Z</dc:date>`), fetcher.Item{Published: day}},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := newReader(t, plainFeed).Read(document("https://example.org/blog/feed", test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]fetcher.Item{test.want}, list.Items, cmpopts.IgnoreFields(fetcher.Item{}, "Base")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFeedCadence: what a feed asks of its readers, and where it goes on.
func TestFeedCadence(t *testing.T) {
	const head = `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:a="http://www.w3.org/2005/Atom"><channel>`
	for _, test := range []struct {
		name, body string
		ttl        time.Duration
		next       string
	}{
		{"ttl", head + `<ttl> 90 </ttl>`, 90 * time.Minute, ""},
		{"ttl of nothing", head + `<ttl>0</ttl><sy:updatePeriod>hourly</sy:updatePeriod>`, time.Hour, ""},
		{"absurd ttl", head + `<ttl>99999999999</ttl>`, 365 * 24 * time.Hour, ""},
		{"twice a day", head + `<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>`, 12 * time.Hour, ""},
		{"unknown period", head + `<sy:updatePeriod>often</sy:updatePeriod>`, 0, ""},
		{"next in RSS", head + `<a:link rel="next" href="?page=2"/>`, 0, "https://example.org/f?page=2"},
		{"next is this one", head + `<a:link rel="next" href="/f"/>`, 0, ""},
		{"archive", `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="/f"/><link rel="prev-archive" href="/2025"/></feed>`, 0, "https://example.org/2025"},
	} {
		body := test.body
		if body[1] == 'r' {
			body += `</channel></rss>`
		}
		list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
		if err != nil || list.TTL != test.ttl || list.Next != test.next {
			t.Errorf("%s: got %v, %q, %v; want %v, %q", test.name, list.TTL, list.Next, err, test.ttl, test.next)
		}
	}
}
