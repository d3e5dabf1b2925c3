package fetcher_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"aggregator/fetcher"
)

func TestEntities(t *testing.T) {
	for _, test := range []struct{ name, dtd, title, want string }{
		{"of HTML, without a DTD", ``, `a&nbsp;b &eacute; &hellip;`, "a\u00a0b é …"},
		{"unknown", ``, `AT&T; &unknown; x & y`, "AT&T; &unknown; x & y"},
		{"declared", `<!DOCTYPE rss [<!ENTITY name "新华社">]>`, `&name; 电`, "新华社 电"},
		{"declared as a character", `<!DOCTYPE rss [<!ENTITY nbsp "&#160;"> <!ENTITY x '&#x26;'>]>`, `a&nbsp;b&x;`, "a\u00a0b&"},
		{"within another", `<!DOCTYPE rss [<!ENTITY a "1"><!ENTITY b "&a;&a;">]>`, `&b;`, "11"},
		{"in CDATA", `<!DOCTYPE rss [<!ENTITY a "1">]>`, `<![CDATA[&amp;a;]]> &a;`, "&a; 1"},
		{"of XML, declared again", `<!DOCTYPE rss [<!ENTITY lt "no">]>`, `1 &lt; 2`, "1 < 2"},
		{"external", `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>`, `&x;`, "&x;"},
	} {
		body := test.dtd + `<rss version="2.0"><channel><item><title>` + test.title + `</title></item></channel></rss>`
		list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
		if err != nil || len(list.Items) != 1 || list.Items[0].Title != test.want {
			t.Errorf("%s: got %+v, %v; want %q", test.name, list.Items, err, test.want)
		}
	}
}

// TestEntityBombs: what a DTD makes of few bytes has bounds.
func TestEntityBombs(t *testing.T) {
	nested := `<!ENTITY e0 "lol">`
	for i := range 6 {
		nested += fmt.Sprintf(`<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
	}
	for name, dtd := range map[string]string{
		"nested":    nested,
		"itself":    `<!ENTITY e6 "&e6;">`,
		"a circle":  `<!ENTITY e6 "&b;"><!ENTITY b "&e6;">`,
		"many uses": `<!ENTITY e6 "` + strings.Repeat("x", 60_000) + `">`,
	} {
		body := `<!DOCTYPE rss [` + dtd + `]><rss version="2.0"><channel><item><title>` + strings.Repeat("&e6;", 30) + `</title></item></channel></rss>`
		if list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body)); fetcher.ReasonOf(err) != fetcher.ReasonParse {
			t.Errorf("%s: %d items, %v", name, len(list.Items), err)
		}
	}
}

// TestJSONCharsets: JSON has no declaration, and not everybody sends UTF-8.
func TestJSONCharsets(t *testing.T) {
	const text = `{"title":"新浪财经","items":[{"id":"1","title":"央行下调存款准备金率，释放长期资金约一万亿元"}]}`
	for want, enc := range map[string]encoding.Encoding{
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
		"utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
		"gb18030":  simplifiedchinese.GB18030,
	} {
		body, err := enc.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, name := fetcher.UTF8([]byte(body), "application/json", ""); string(got) != text || name != want {
			t.Errorf("%s: got %q as %s", want, got, name)
		}
	}
}

// TestNoItemsIsNoNews: items that the document has and nobody can read are a
// failure with a name of its own.
func TestNoItemsIsNoNews(t *testing.T) {
	for name, body := range map[string]string{
		"items of another namespace":   `<rss version="2.0" xmlns:x="urn:x"><channel><x:item><x:title>a</x:title></x:item></channel></rss>`,
		"entries of another namespace": `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="urn:x"><x:entry><id>1</id></x:entry></feed>`,
	} {
		if list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body)); fetcher.ReasonOf(err) != fetcher.ReasonNoItems {
			t.Errorf("%s: got %+v, %v", name, list, err)
		}
	}
	list, err := newReader(t, plainFeed).Read(document("https://example.org/f", `<rss version="2.0"><channel><title>t</title></channel></rss>`))
	if err != nil || len(list.Items) != 0 || list.Partial != "" {
		t.Errorf("no news: got %+v, %v", list, err)
	}
}
