package daemon_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// list stores an item as a source listed it, and what it says of it.
func (w *world) list(source string, print uint64, a article.Article) {
	w.t.Helper()
	_, err := w.store.Add(storage.Batch{Source: source, Entries: []storage.Entry{{
		Identity: article.Identity{Keys: []string{a.Key}, Print: print, Name: a.Key}, Article: a,
	}}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestCorrections: a correction shows readers what changed, as an entry of its
// own that stays the same, and what was taken back says no more.
func TestCorrections(t *testing.T) {
	w := newWorld(t, china)
	if f := must(w.Feeds().Feed(t.Context(), "corrections")); len(f.Articles) != 0 || f.Title != "更正 · 新浪财经" {
		t.Errorf("before any: %+v", f)
	}
	a := article.Article{
		Key: "a", Title: "央行下调利率", Link: "https://example.org/a", Categories: []string{"金融"}, Stocks: []string{"sz000931"},
		Content: "<p>中国人民银行<b>宣布</b>，一年期利率下调25个基点。</p>",
	}
	w.list("china", 1, a)
	b := a
	b.Key, b.Title, b.Link, b.Content = "b", "另一篇 <b>", "https://example.org/b", "<p>"+strings.Repeat("完全不同的一段文字。", 9)+"</p>"
	w.list("china", 1, b)
	a.Content = "<p>中国人民银行<b>宣布</b>，一年期利率下调15个基点。</p>"
	w.list("china", 2, a)
	first := must(w.Feeds().Feed(t.Context(), "corrections")).Articles
	if len(first) != 1 || first[0].Title != "更正：央行下调利率" || first[0].Link != a.Link || first[0].Stocks == nil ||
		first[0].Content != "<p>正文：中国人民银行宣布，一年期利率下调<del>25</del><ins>15</ins>个基点。</p>\n" {
		t.Fatalf("got %+v", first)
	}
	b.Title, b.Image = "另一篇 <i>", "https://example.org/b.png"
	w.list("china", 2, b)
	b.Content = "<p>" + strings.Repeat("完全不同的一段<b>文字</b>。", 9) + "</p>"
	w.list("china", 3, b)
	second := must(w.Feeds().Feed(t.Context(), "corrections")).Articles
	if len(second) != 3 || second[2].ID != first[0].ID || second[2].Content != first[0].Content {
		t.Fatalf("got %+v", second)
	}
	if want := "<p>标题：另一篇 &lt;<del>b</del><ins>i</ins>&gt;</p>\n<p>配图已更换。 </p>\n"; second[1].Content != want {
		t.Errorf("got %q, want %q", second[1].Content, want)
	}
	if want := "<p>文字未变，仅排版有所改动。 </p>\n"; second[0].Content != want {
		t.Errorf("got %q, want %q", second[0].Content, want)
	}
	a.Withdrawn = time.Now()
	w.list("china", 3, a)
	gone := must(w.Feeds().Feed(t.Context(), "corrections")).Articles
	if len(gone) != 3 || gone[0].Title != "撤回：央行下调利率" || strings.Contains(fmt.Sprint(gone), "基点") {
		t.Errorf("got %+v", gone)
	}
}

const overlapping = china + `
  - {name: again, kind: sina-roll, params: {pageid: 155, lid: 1686}, categories: [再次]}
  - {name: usstock, kind: sina-roll, params: {pageid: 384, lid: 2672}, categories: [金融, 美股]}
  - {name: wire, kind: sina-live, params: {zhibo_id: 152}, categories: [快讯]}
` + few

// TestFollowed: who asks a publisher that was told of what changed gets what one
// that never saw anything before would give, of every feed and archive.
func TestFollowed(t *testing.T) {
	w := newWorld(t, overlapping)
	p := feedout.New(w.Feeds(), feedout.Options{})
	w.Changed = p.Changed
	month := "/" + time.Now().In(w.Zone()).Format("2006-01")
	slugs := []string{"all", "finance", "source/china", "source/again", "source/usstock", "source/wire", "corrections", "all" + month, "finance" + month, "source/usstock" + month}
	changed := 0
	for i := range 6 {
		w.now.advance(40 * time.Minute)
		if i%2 == 0 {
			w.fetch()
		} else if err := w.Once(t.Context(), []string{"china"}, daemon.Options{}, func(daemon.Report) {}); err != nil {
			t.Fatal(err)
		}
		for _, a := range w.articles() {
			for _, code := range a.Stocks {
				if len(slugs) < 60 {
					slugs = article.Union(slugs, "stock/"+code, "stock/"+code+month)
				}
			}
		}
		fresh := feedout.New(w.Feeds(), feedout.Options{})
		for _, slug := range slugs {
			if got, want := answer(p, "/feeds/"+slug+".json"), answer(fresh, "/feeds/"+slug+".json"); got != want {
				t.Errorf("%s is old: %.300s\nwant %.300s", slug, got, want)
			}
		}
		changed += len(must(w.Feeds().Feed(t.Context(), "corrections")).Articles)
	}
	if changed == 0 {
		t.Error("nothing was corrected all the while")
	}
}

// answer is status and body.
func answer(h http.Handler, path string) string {
	rec := record(h, path)
	return fmt.Sprint(rec.Code, " ", rec.Body)
}

func record(h http.Handler, path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec
}
