package fetcher

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// FuzzCanonical: whatever comes, the parser is given well-formed XML, of a size
// in proportion.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		`<rss version=2.0><channel><item><title>a<b>b</title><link>http://o.org/1</link><media:group><media:content url="x"/></media:group></item><item>`,
		`<feed xmlns="urn:x" xml:base="/b/"><entry><content type="xhtml"><div><p>a</div></content><author><name>n</name></author><link href='x"y'/></entry></feed>`,
		`<CHANNEL HREF="/"><ITEM HREF="/1"><TITLE><![CDATA[a]]></TITLE></ITEM></CHANNEL>`,
		`<rdf:RDF><item rdf:about="1"><dc:date>2026</dc:date><content:encoded>]]&gt;<![CDATA[`,
		"<rss><item><x\xff:y a:b=\"1\" a:b=2/><itunes:a\u00e9b:c/></item></rss>",
	} {
		f.Add([]byte(seed))
	}
	fixtures, err := filepath.Glob("testdata/feeds/*.in")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range fixtures {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	base, err := url.Parse("https://example.org/feed")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text, _ := UTF8(body, "", "")
		c, err := canonicalise(clean(text, nil), base, 100, nil, nil)
		if err != nil {
			return
		}
		if limit := 8*len(text) + 4096*(c.items+1); c.out.Len() > limit {
			t.Errorf("%d bytes of %d", c.out.Len(), len(text))
		}
		dec := xml.NewDecoder(bytes.NewReader(c.out.Bytes()))
		for {
			_, err := dec.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("%v in %q", err, c.out.Bytes())
			}
		}
	})
}
