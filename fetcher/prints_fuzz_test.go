package fetcher

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// FuzzPrints: of a document that was edited, a reader who knows the items of the former
// one tells the same as one who knows nothing; and prints are not trusted to be any.
func FuzzPrints(f *testing.F) {
	fixtures, err := filepath.Glob("testdata/feeds/*.in")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range fixtures {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, uint16(len(data)/3), uint16(2), []byte("<item><guid>n</guid><title>new</title></item>"))
		f.Add(data, uint16(len(data)/2), uint16(0), []byte("&#11; -->]]>\xff"))
	}
	two := `<item><guid>1</guid><title>a</title></item><item><guid>2</guid><link>http://e.org/2</link><pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate></item>`
	f.Add([]byte(`<rss><channel>`+two+two+`</channel></rss>`), uint16(14), uint16(0), []byte(`<item><description><![CDATA[`+two))
	f.Add([]byte(`<rss><channel><item><title><!-- a</title></item>`+two), uint16(30), uint16(0), []byte(`-->`))
	f.Add([]byte(`<rss><channel><item><guid>1</guid></itemM<item><guid>2</guid></item></channel></rss>`), uint16(41), uint16(0), []byte(`<item><guid>1</guid></itemM<item>`))
	f.Add([]byte(`<rss><channel><item><guid>1</guid><item a="</item><guid>2</guid></item></channel></rss>`), uint16(14), uint16(0), []byte(`<item><guid>1</guid><item a="</item></item>`))
	r, err := NewReader(Source{Kind: "feed", URL: "https://example.org/feed"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, first []byte, at, cut uint16, insert []byte) {
		Prints(insert).known()
		from := min(int(at), len(first))
		second := slices.Concat(first[:from], insert, first[min(from+int(cut), len(first)):])
		former, err := r.Read(fetched(first, ""))
		if err != nil || former.Prints == "" {
			return
		}
		whole, wholeErr := r.Read(fetched(second, ""))
		got, err := r.Read(fetched(second, former.Prints))
		if (err == nil) != (wholeErr == nil) {
			t.Fatalf("%v, without prints %v", err, wholeErr)
		}
		got.Prints, whole.Prints = "", "" // of odd documents these are more or less
		if got.Same > 0 {
			got.Items, got.Same = whole.Items, len(whole.Items)-got.Same
		}
		for i := range min(len(got.Items), len(whole.Items)) {
			if it, w := &got.Items[i], whole.Items[i]; it.Known != 0 && it.ID == w.ID && it.Link == w.Link && it.Published.UnixMilli() == w.Published.UnixMilli() {
				*it = w
			}
		}
		if !reflect.DeepEqual(got, whole) {
			t.Fatalf("with prints %+v\nwithout %+v", got, whole)
		}
	})
}

// fetched is a document as the client gives it.
func fetched(body []byte, known Prints) *Document {
	d := &Document{URL: "https://example.org/feed"}
	d.recode(body, Request{Known: func() Prints { return known }})
	return d
}
