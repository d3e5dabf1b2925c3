package fetcher_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"aggregator/fetcher"
)

// addFixtures seeds a fuzz target with the documents in testdata.
func addFixtures(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzRead: no feed makes reading panic or last, errors come alone, and
// reading twice gives the same.
func FuzzRead(f *testing.F) {
	addFixtures(f, "feeds/*.in")
	f.Add([]byte(`<rss version="2.0"><channel><item><title>a</title></item><item><title>b`))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id></entry></feed>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[null,{"id":1}]}`))
	r, err := fetcher.NewReader(plainFeed)
	if err != nil {
		f.Fatal(err)
	}
	fuzzReader(f, r)
}

// FuzzRoll and FuzzLive are the same for Sina's lists.
func FuzzRoll(f *testing.F) {
	f.Add([]byte(roll(`[{"docid":"comos:nihefve8236522","url":"//finance.sina.com.cn/doc-inihefve8236522.shtml","title":"a","ctime":"1631716155","img":{"u":"x"}},null,[]]`)))
	f.Add([]byte("try{cb(" + roll(`{}`) + ");}catch(e){};"))
	r, err := fetcher.NewReader(sina)
	if err != nil {
		f.Fatal(err)
	}
	fuzzReader(f, r)
}

func FuzzLive(f *testing.F) {
	f.Add([]byte(`{"result":{"status":{"code":0},"data":{"feed":{"list":[{"id":1,"zhibo_id":152,"rich_text":"【a】b","multimedia":{"img_url":["//x/a.jpg"]},"ext":"{\"docurl\":\"x\"}","create_time":"2026-11-24 08:00:00"}]}}}}`))
	r, err := fetcher.NewReader(fetcher.Source{Name: "s", Kind: "sina-live", Params: map[string]string{"zhibo_id": "152"}, Zone: shanghai})
	if err != nil {
		f.Fatal(err)
	}
	fuzzReader(f, r)
}

func fuzzReader(f *testing.F, r *fetcher.Reader) {
	f.Fuzz(func(t *testing.T, body []byte) {
		text, _ := fetcher.UTF8(body, "", "")
		doc := &fetcher.Document{URL: "https://example.org/f", Body: text}
		start := time.Now()
		list, err := r.Read(doc)
		again, _ := r.Read(doc)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("reading %d bytes twice took %s", len(body), took)
		}
		if err != nil && len(list.Items) > 0 || len(list.Items) != len(again.Items) {
			t.Errorf("%d items, then %d; error %v", len(list.Items), len(again.Items), err)
		}
		for i, it := range list.Items {
			if it.ID != again.Items[i].ID || it.Link != again.Items[i].Link {
				t.Errorf("item %d is another the second time: %+v, %+v", i, it, again.Items[i])
			}
		}
	})
}

// FuzzUTF8: what comes out is UTF-8 without a mark, and what was UTF-8 is the
// same.
func FuzzUTF8(f *testing.F) {
	f.Add([]byte("\xEF\xBB\xBF<rss/>"), "text/xml; charset=gbk", "")
	f.Add([]byte("\xFE\xFF\x00<\x00r"), "", "")
	f.Add([]byte("\x4c\x6f\xa7\x94"), "", "")
	f.Add([]byte(`<?xml version="1.0" encoding="hz"?>~{VPND~}`), "application/xml", "x-mac-cyrillic")
	f.Fuzz(func(t *testing.T, body []byte, contentType, override string) {
		got, name := fetcher.UTF8(body, contentType, override)
		if !utf8.Valid(got) {
			t.Errorf("%q (%s) is no UTF-8", got, name)
		}
		if name == "utf-8" && utf8.Valid(body) && !bytes.Equal(bytes.TrimPrefix(body, []byte("\uFEFF")), got) {
			t.Errorf("%q became %q", body, got)
		}
	})
}
