package fetcher_test

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"aggregator/fetcher"
)

// TestBadByteInUTF8: one byte that got lost must not make mojibake of the rest,
// whatever the label says; bytes that are mostly bad are of another encoding.
func TestBadByteInUTF8(t *testing.T) {
	feed := `<?xml version="1.0" encoding="utf-8"?><rss><title>` + strings.Repeat("央行宣布降准，释放长期资金。", 30) + `</title></rss>`
	broken := strings.Replace(feed, "宣", "\xE5\xA3", 1)
	for _, contentType := range []string{"", "text/xml; charset=gb2312", "text/xml; charset=ISO-8859-1"} {
		for name, body := range map[string]string{"lost byte": broken, "cut in a character": feed[:len(feed)-len("。</title></rss>")+1]} {
			got, charset := fetcher.UTF8([]byte(body), contentType, "")
			if charset != "utf-8" || strings.Count(string(got), "释放长期资金") < 29 {
				t.Errorf("%s, %q: read as %s: %.90q", name, contentType, charset, got)
			}
		}
	}
	if got, charset := fetcher.UTF8([]byte("<title>d\xE9j\xE0 vu</title>"), "text/xml; charset=utf-8", ""); charset == "utf-8" {
		t.Errorf("Latin letters under a wrong label: %s, %q", charset, got)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("\n<rss>新闻</rss>")
	if err != nil {
		t.Fatal(err)
	}
	if got, charset := fetcher.UTF8([]byte(utf16), "", ""); charset != "utf-16le" {
		t.Errorf("UTF-16 that begins with white space: %s, %q", charset, got)
	}
}

// TestMarkupInTexts: what a text says of markup is no markup of the document.
func TestMarkupInTexts(t *testing.T) {
	rss := func(items ...string) string { return `<rss><channel>` + strings.Join(items, "") + `</channel></rss>` }
	const b, c = `<item><title>b</title></item>`, `<item><title>c</title><description><![CDATA[y]]></description></item>`
	for name, body := range map[string]string{
		"a DOCTYPE in CDATA":                  rss(`<item><title>a</title><description><![CDATA[begin with <!DOCTYPE note [ in XML.]]></description></item>`, b, c),
		"the root's end in a text":            rss(`<item><title>a</title><description>the </rss> tag</description></item>`, b, c),
		"two documents in one":                rss(`<item><title>a</title></item>`) + rss(b, c),
		"a comment in a title without an end": rss(`<item><title>a<!-- <title>x</title> --><link>http://o.org/1</link><!-- </item>`, b, c),
		"a comment ends the subset":           `<!DOCTYPE rss [<!-- ]> --><!ENTITY a "a">]>` + rss(`<item><title>&a;</title></item>`, b, c),
		"entities nobody asked for":           `<!DOCTYPE rss [<!ENTITY z "` + strings.Repeat("x", 60_000) + `">` + manyEntities(30) + `]>` + rss(`<item><title>a</title></item>`, b, c),
	} {
		list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
		if err != nil || len(list.Items) != 3 {
			t.Errorf("%s: %d items, %v", name, len(list.Items), err)
			continue
		}
		for i, want := range []string{"a", "b", "c"} {
			if list.Items[i].Title != want {
				t.Errorf("%s: item %d is %q", name, i, list.Items[i].Title)
			}
		}
	}
}

func manyEntities(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<!ENTITY a%d "&z;">`, i)
	}
	return b.String()
}

// TestBaseInXHTML: the element that holds all of a text may have a base of its
// own.
func TestBaseInXHTML(t *testing.T) {
	body := `<feed><entry><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" xml:base="http://o.org/z/"><img src="a.png"/></div></content></entry></feed>`
	list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
	if err != nil || len(list.Items) != 1 || list.Items[0].Base != "http://o.org/z/" {
		t.Errorf("got %+v, %v", list.Items, err)
	}
}

// TestPagesInPlaceOfLists: what a page wants is told by what it asks, not by
// words that happen to be in its title.
func TestPagesInPlaceOfLists(t *testing.T) {
	page := func(title, body string) string {
		return "<!DOCTYPE html><html><head><title>" + title + "</title></head><body>" + body + "</body></html>"
	}
	for body, want := range map[string]fetcher.Reason{
		page("Welcome", `<input name="p" type="password">`):      fetcher.ReasonLogin,
		page("用户登录", ""):                                         fetcher.ReasonLogin,
		page("Log in", ""):                                       fetcher.ReasonLogin,
		page("My blog in Berlin", ""):                            fetcher.ReasonNotList,
		page("Contact", `<div class="g-recaptcha"></div>`):       fetcher.ReasonNotList,
		page("Just a moment...", ""):                             fetcher.ReasonHuman,
		page("x", `<script src="/cdn-cgi/challenge-platform"/>`): fetcher.ReasonHuman,
		page("Cats", ""):                                         fetcher.ReasonNotList,
		"":                                                       fetcher.ReasonNotList,
	} {
		for _, src := range []fetcher.Source{plainFeed, sina} {
			if _, err := newReader(t, src).Read(document("https://example.org/f", body)); fetcher.ReasonOf(err) != want {
				t.Errorf("%s: %.70q: got %v, want %s", src.Kind, body, err, want)
			}
		}
	}
}

// TestHostileDocuments: no document of a megabyte costs seconds or much more
// memory than its size; each of these did.
func TestHostileDocuments(t *testing.T) {
	const size = 1 << 20
	fill := func(head, unit, tail string) string { return head + strings.Repeat(unit, size/len(unit)) + tail }
	const rss = `<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item><title>a</title></item>`
	for name, body := range map[string]string{
		"attributes without values": fill(rss+"<item ", "a ", "></item></channel></rss>"),
		"attributes with values":    fill(rss+"<item><enclosure ", `a="1" `, "/></item></channel></rss>"),
		"declarations in shells":    fill(rss, `<li xmlns:a="b">`, ""),
		"bases in shells":           fill(rss, `<channel xml:base="a/">`, ""),
		"bases in items":            fill(rss, `<item xml:base="a/">`, ""),
		"elements without ends":     fill(rss+"<item>", "<title>x", ""),
		"elements in elements":      fill(rss+"<item>", "<media:group>", ""),
		"comments without ends":     fill(rss, "<!--", ""),
		"sections without ends":     fill(rss+"<item><title>", "<![CDATA[", ""),
		"signs":                     fill(rss+"<item><title>", "<", "</title></item></channel></rss>"),
		"references":                fill(rss+"<item><title>", "&amp;", "</title></item></channel></rss>"),
		"references to nothing":     fill(`<!DOCTYPE rss [<!ENTITY e "">]>`+rss+"<item><title>", "&e;", "</title></item></channel></rss>"),
		"items":                     fill(rss, "<item/>", "</channel></rss>"),
		"links":                     fill(`<feed><entry><title>a</title></entry><entry>`, `<link href="a"/>`, "</entry></feed>"),
		"JSON in JSON":              fill(`{"items":[{"id":"a"}],"x":`, "[", ""),
		"JSON values":               fill(`{"items":[{"id":"a"}],"x":[0`, ",1", "]}"),
		"JSON objects":              fill(`{"items":[{"id":"a"}],"x":[0`, `,{"":0}`, "]}"),
		"lines of text":             fill(`{"items":[{"id":"a","content_text":"`, `a\n`, `"}]}`),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := worked(t)
			_, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
			took := worked(t) - start
			runtime.ReadMemStats(&after)
			if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 400 || took > slowness*5*time.Second {
				t.Errorf("%d MB in %s (%v)", taken, took, err)
			}
		})
	}
}

// slowness is how much longer all takes under the race detector.
var slowness time.Duration = 1

// worked is how long this process has worked, which other ones do not lengthen.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
