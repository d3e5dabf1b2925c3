package fetcher_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aggregator/fetcher"
)

// feedCase is a document and the items that must come of it.
type feedCase struct {
	name, body string
	want       []fetcher.Item
}

func readCases(t *testing.T, cases []feedCase) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			list, err := newReader(t, plainFeed).Read(document("https://example.org/blog/feed", test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, list.Items, cmpopts.IgnoreFields(fetcher.Item{}, "Base"), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTagSoup are documents that no XML parser takes (PITFALLS G2, G3, G6, G7),
// one defect each. The items are there all the same.
func TestTagSoup(t *testing.T) {
	one := []fetcher.Item{{ID: "1", Title: "a"}}
	both := []fetcher.Item{{ID: "1", Title: "a"}, {ID: "2", Title: "b"}}
	const a, b = `<item><title>a</title><guid isPermaLink="false">1</guid></item>`, `<item><title>b</title><guid isPermaLink="false">2</guid></item>`
	rss := func(s string) string { return `<rss version="2.0"><channel>` + s + `</channel></rss>` }
	text := func(title, want string) feedCase {
		return feedCase{title, rss(`<item><title>` + title + `</title><guid isPermaLink="false">1</guid></item>`), []fetcher.Item{{ID: "1", Title: want}}}
	}
	readCases(t, []feedCase{
		{"capitals", "<RSS><CHANNEL><ITEM><TITLE>a</TITLE><Guid ispermalink=FALSE>1</GUID></ITEM></CHANNEL></RSS>", one},
		{"attributes without quotes", `<rss version=2.0><channel>` + strings.Replace(a, `"false"`, `false`, 1) + `</channel></rss>`, one},
		{"quote without an end", rss(strings.Replace(a, `"false"`, `"false`, 1) + b), both},
		{"prefix that is not declared", rss(strings.Replace(a, "<title>", "<x:y>z</x:y><title>", 1)), one},
		{"item within an item", rss(strings.Replace(a, "</item>", b+"</item>", 1)), both},
		{"items without ends", rss(strings.ReplaceAll(a+b, "</item>", "")), both},
		{"element without an end", rss(`<item><title>a<guid isPermaLink="false">1</guid></item>` + b), both},
		{"misspelt end", rss(`<item><title>a</titel><guid isPermaLink="false">1</guid></item>` + b), both},
		{"items in a wrapper", rss("<items>" + a + b + "</items>"), both},
		{"items beside the channel", `<rss><channel><title>t</title></channel>` + a + b + `</rss>`, both},
		{"two channels", `<rss><channel>` + a + `</channel><channel>` + b + `</channel></rss>`, both},
		{"channel alone", `<channel>` + a + `</channel>`, one},
		{"entries in RSS", rss(strings.ReplaceAll(a, "item>", "entry>")), one},
		{"warnings of PHP before it", "<br />\n<b>Warning</b>: foo() in <b>x.php</b> on line 1<br />\n<?xml version=\"1.0\"?>" + rss(a), one},
		{"doctype of HTML", `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x">` + rss(a), one},
		{"comment with dashes", "<!-- a -- b -->" + rss("<!-- -- -->"+a), one},
		{"comment without an end", rss(a + "<!-- " + b), both},
		{"junk behind it", rss(a) + "</div><script>", one},
		{"names that are none", rss(strings.Replace(a, "<title>", "<2x><></ x><title>", 1)), one},
		text("1 < 2", "1 < 2"), text("I <3 you", "I <3 you"), text("A <- B", "A <- B"),
		text("AT&T & x", "AT&T & x"), text("&#0;a&#xFFFFFF;b", "ab"), text("it&#146;s \u0092", "it’s ’"),
		text("]]>", "]]>"), text("<![CDATA[a & b]]> c", "a & b c"), text("<![CDATA[a", "a"),
		text("a<script>alert(1)</script>b", "ab"),
	})
}

// TestVocabularies are the names under which elements come (PITFALLS G4).
func TestVocabularies(t *testing.T) {
	var cases []feedCase
	one := []fetcher.Item{{ID: "1", Title: "a"}}
	for _, uri := range []string{
		"http://www.w3.org/2005/Atom", "https://www.w3.org/2005/atom/", "http://purl.org/atom/ns#", "http://example.com/newformat#", "urn:x", "",
	} {
		body := fmt.Sprintf(`xmlns="%s"><entry><id>1</id><title>a</title></entry></feed>`, uri)
		prefixed := strings.NewReplacer("xmlns=", "xmlns:p=", "</", "</p:", "<", "<p:").Replace(body)
		cases = append(cases, feedCase{"Atom in " + uri, "<feed " + body, one}, feedCase{"Atom in p: of " + uri, "<p:feed " + prefixed, one})
	}
	for _, uri := range []string{"http://backend.userland.com/rss2", "http://purl.org/rss/1.0/", "http://www.w3.org/2005/Atom", "urn:x"} {
		for _, form := range []string{`<rss xmlns="%s"><channel><item>`, `<rss><channel xmlns="%s"><item>`, `<rss><channel><item xmlns="%s">`} {
			head := fmt.Sprintf(form, uri)
			cases = append(cases, feedCase{"RSS: " + head, head + `<title>a</title><guid isPermaLink="false">1</guid></item></channel></rss>`, one})
		}
	}
	item := func(name, head, inner string, want fetcher.Item) {
		cases = append(cases, feedCase{name, `<rss version="2.0" ` + head + `><channel><item>` + inner + `</item></channel></rss>`, []fetcher.Item{want}})
	}
	day := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	item("Dublin Core by another name", `xmlns:q="http://purl.org/dc/elements/1.1/"`, `<q:title>a</q:title><q:identifier>1</q:identifier>`, one[0])
	item("Dublin Core in capitals", `xmlns:DC="HTTP://PURL.ORG/DC/ELEMENTS/1.1/"`, `<DC:title>a</DC:title>`, fetcher.Item{Title: "a"})
	item("Dublin Core undeclared", ``, `<dc:title>a</dc:title>`, fetcher.Item{Title: "a"})
	item("declared where it stands", ``, `<title xmlns="http://purl.org/dc/elements/1.1/">a</title>`, fetcher.Item{Title: "a"})
	item("something else's title", `xmlns:x="urn:x"`, `<title>a</title><x:title>b</x:title><x:y><title>c</title></x:y>`, fetcher.Item{Title: "a"})
	item("Atom 0.3 in RSS", `xmlns:a="http://purl.org/atom/ns#"`, `<a:title>a</a:title><a:id>1</a:id><a:issued>2026-11-24T08:00:00Z</a:issued><a:content>c</a:content>`,
		fetcher.Item{ID: "1", Title: "a", Published: day, Content: "c"})
	item("dates of Atom in RSS", ``, `<published>2026-11-24T08:00:00Z</published><updated>2026-11-24T08:00:00Z</updated>`, fetcher.Item{Published: day, Updated: day})
	item("body of XHTML", ``, `<description>s</description><body xmlns="http://www.w3.org/1999/xhtml"><p>c</p></body>`, fetcher.Item{Summary: "s", Content: "<p>c</p>"})
	item("fullitem", ``, `<description>s</description><fullitem>&lt;p&gt;c&lt;/p&gt;</fullitem>`, fetcher.Item{Summary: "s", Content: "<p>c</p>"})
	item("two descriptions", ``, `<description>s</description><description>c</description>`, fetcher.Item{Summary: "s", Content: "c"})
	item("two titles", ``, `<title>a</title><title>b</title>`, fetcher.Item{Title: "a"})
	cases = append(cases,
		feedCase{"RSS in a prefix", `<r:rss xmlns:r="urn:x"><r:channel><r:item><r:title>a</r:title><r:guid isPermaLink="false">1</r:guid></r:item></r:channel></r:rss>`, one},
		feedCase{"dates of RSS in Atom", `<feed><entry><pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate></entry></feed>`, []fetcher.Item{{Published: day}}},
		feedCase{"entry alone", `<entry xmlns="http://www.w3.org/2005/Atom"><id>1</id><title>a</title></entry>`, one},
		feedCase{"Channel Definition Format", `<CHANNEL HREF="/"><TITLE>t</TITLE><ITEM HREF="/1" LASTMOD="2026-11-24T08:00"><TITLE>a</TITLE><ABSTRACT>s</ABSTRACT></ITEM></CHANNEL>`,
			[]fetcher.Item{{Link: "https://example.org/1", Title: "a", Published: day, Summary: "s"}}},
	)
	readCases(t, cases)
}

// TestTextConstructs are the ways in which Atom says what a text is.
func TestTextConstructs(t *testing.T) {
	atom := func(name, inner string, want fetcher.Item) feedCase {
		return feedCase{name, `<feed xmlns="http://www.w3.org/2005/Atom"><entry>` + inner + `</entry></feed>`, []fetcher.Item{want}}
	}
	title := func(attrs, inner, want string) feedCase {
		return atom("title "+attrs+inner, "<title "+attrs+">"+inner+"</title>", fetcher.Item{Title: want})
	}
	content := func(attrs, inner, want string) feedCase {
		return atom("content "+attrs+inner, "<content "+attrs+">"+inner+"</content>", fetcher.Item{Content: want})
	}
	readCases(t, []feedCase{
		title(``, `a &lt;b&gt; &amp;amp; c`, `a <b> &amp; c`),
		title(`type="text"`, `a &lt;b&gt;`, `a <b>`),
		title(`type="html"`, `a &lt;b&gt;b&lt;/b&gt; &amp;amp; c`, `a b & c`),
		title(`type="html"`, `<![CDATA[a <b>b</b> &amp; c]]>`, `a b & c`),
		title(`type="xhtml"`, `<div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b> &lt; c</div>`, `a b < c`),
		title(`type="xhtml" xmlns:h="http://www.w3.org/1999/xhtml"`, `<h:div>a <h:b>b</h:b></h:div>`, `a b`),
		title(`type="text/html" mode="escaped"`, `a &lt;b&gt;b&lt;/b&gt;`, `a b`),
		title(`mode="escaped"`, `AT&amp;T`, `AT&T`),
		title(`type="text/html" mode="xml"`, `a <b>b</b>`, `a b`),
		title(`mode="base64" type="text/html"`, "YSA8Yj5iPC9i\nPg==", `a b`),
		title(`mode="base64"`, `no base 64!`, `no base 64!`),
		content(`type="html"`, `&lt;p&gt;a&lt;/p&gt;`, `<p>a</p>`),
		content(`type="xhtml"`, `<div xmlns="http://www.w3.org/1999/xhtml"><p>a<br/>b</p><p/></div>`, `<p>a<br>b</p><p></p>`),
		content(`type="xhtml"`, `<div xmlns="http://www.w3.org/1999/xhtml">a</div> b`, `<div xmlns="http://www.w3.org/1999/xhtml">a</div> b`),
		content(`type="xhtml"`, `<div>1 &lt; 2 <![CDATA[<i>]]></div>`, `1 &lt; 2 &lt;i&gt;`),
		content(`type="text"`, "a\nb", "<p>a</p>\n<p>b</p>"),
		content(`type="text/plain"`, "a", "<p>a</p>"),
		content(`type="image/png"`, "iVBORw0KGgo=", ""),
		content(`type="application/octet-stream"`, "PHA+YTwvcD4=", "<p>a</p>"),
		content(`type="application/xhtml+xml"`, "<p>a</p>", "<p>a</p>"),
		atom("parts of Atom 0.3", `<content type="multipart/alternative"><content type="text/plain">a</content><content type="text/html" mode="escaped">b</content></content>`, fetcher.Item{Content: "<p>a</p>"}),
		atom("link as text", `<link rel="Alternate">/1</link>`, fetcher.Item{Link: "https://example.org/1"}),
		atom("link to a page among others", `<link href="/1.pdf"/><link type="text/html" href="/1"/>`, fetcher.Item{Link: "https://example.org/1"}),
		atom("id for a link", `<id>http://o.org/1</id>`, fetcher.Item{ID: "http://o.org/1", Link: "http://o.org/1"}),
		atom("id that leads nowhere", `<id>urn:uuid:1</id>`, fetcher.Item{ID: "urn:uuid:1"}),
		atom("link that no server is asked for", `<link href="javascript:x()"/><id>1</id>`, fetcher.Item{ID: "1"}),
		atom("link with a stray %", `<link href="http://o.org/%zz"/>`, fetcher.Item{Link: "http://o.org/%zz"}),
		atom("link over lines", "<link href=\"http://o.org/a\n/b\"/>", fetcher.Item{Link: "http://o.org/a/b"}),
		atom("link without a scheme", `<link xml:base="http://o.org/" href="//p.org/1"/>`, fetcher.Item{Link: "http://p.org/1"}),
	})
}

// TestBaseOfTexts: relative addresses in a text go by the nearest xml:base,
// else by the document's own address (RFC 3986 §5.1).
func TestBaseOfTexts(t *testing.T) {
	const doc = "https://example.org/blog/feed"
	for _, test := range []struct{ name, body, want string }{
		{"none", `<rss><channel><item><link>http://o.org/</link><description>a</description></item></channel></rss>`, doc},
		{"of the channel", `<rss><channel xml:base="http://o.org/x/"><item><description>a</description></item></channel></rss>`, "http://o.org/x/"},
		{"of the item, relative", `<rss xml:base="http://o.org/x/"><channel><item xml:base="y/"><description>a</description></item></channel></rss>`, "http://o.org/x/y/"},
		{"of the text", `<feed><entry><content type="html" xml:base="img/">a</content></entry></feed>`, "https://example.org/blog/img/"},
		{"the content's before the summary's", `<feed><entry><content xml:base="c/">a</content><summary xml:base="s/">b</summary></entry></feed>`, "https://example.org/blog/c/"},
		{"ended with its element", `<rss><channel><item xml:base="http://o.org/"><title>a</title></item><item><description>b</description></item></channel></rss>`, doc},
	} {
		list, err := newReader(t, plainFeed).Read(document(doc, test.body))
		if err != nil || len(list.Items) == 0 || list.Items[len(list.Items)-1].Base != test.want {
			t.Errorf("%s: got %+v, %v", test.name, list.Items, err)
		}
	}
}

// TestHalfDocuments: what ends too soon yields its whole items, and says where
// it ended.
func TestHalfDocuments(t *testing.T) {
	const a = `<item><title>a</title><description>x</description></item>`
	whole := `<rss><channel><title>t</title>` + strings.Repeat(a, 3) + `</channel></rss>`
	for n := range len(whole) {
		list, err := newReader(t, plainFeed).Read(document("https://example.org/f", whole[:n]))
		items := strings.Count(whole[:n], "</item")
		switch {
		case err == nil && list.Partial == "" && n < len(whole)-len("</rss>")+len("</rss"):
			t.Errorf("cut at %d: not told", n)
		case items > 0 && (err != nil || len(list.Items) != items):
			t.Errorf("cut at %d: %d items, %v; want %d", n, len(list.Items), err, items)
		}
		for _, it := range list.Items {
			if items > 0 && it.Summary != "x" {
				t.Errorf("cut at %d: half an item: %+v", n, it)
			}
		}
	}
}
