package daemon_test

import (
	"strings"
	"testing"
	"time"
)

// TestListPageIsReadBack: a list for people, in GBK and over several pages, is
// read like an API's: its articles are stored, and after an outage so is what has
// moved on to further pages; past the last page is an end, not a failure.
func TestListPageIsReadBack(t *testing.T) {
	w := newWorld(t, `
  - name: page
    kind: html
    url: https://finance.sina.com.cn/roll/index_{page}.shtml
    items: .listBlk li
    fields: {link: a@href, title: a, published: span}
    timezone: Asia/Shanghai
    full_text: false
`)
	first := w.fetch()["page"]
	if first.Err != nil || first.New < 40 {
		t.Fatalf("%+v", first)
	}
	for key, a := range w.articles() {
		if !strings.HasPrefix(key, "i") || a.Title == "" || a.Published.Before(w.now.Now().Add(-40*time.Hour)) || a.Published.After(w.now.Now()) {
			t.Errorf("%s: %q of %s", key, a.Title, a.Published)
		}
	}
	w.now.advance(4 * time.Hour) // more than a page of news
	r := w.fetch()["page"]
	if r.Err != nil || r.New <= 80 || r.Gap != "gap closed" {
		t.Errorf("%+v", r)
	}
	if r := w.fetch()["page"]; !r.NotModified {
		t.Errorf("%+v", r)
	}
}
