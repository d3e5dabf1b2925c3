package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"aggregator/cmd/internal/config"
	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestMovedByFiles: whatever happened to the articles of a store, the files that
// export --extra writes give an empty one the same articles, under the same ids,
// and the same feeds of every category, source and stock, in the same order.
func TestMovedByFiles(t *testing.T) {
	cfg := &config.Config{}
	for i := range 3 {
		cfg.Sources = append(cfg.Sources, config.Source{
			Name: fmt.Sprint("s", i), Kind: []string{"feed", "sina-roll", "feed"}[i], Enabled: true,
			Categories: []string{"综合", fmt.Sprint("栏目", i)},
		})
	}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		w := movedWorld{T: t, cfg: cfg, dir: dir, now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
		from := w.open()
		defer from.Close()
		for range rapid.IntRange(1, 8).Draw(t, "documents") {
			w.document(from)
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "seconds")) * time.Second)
		}
		to := w.open()
		defer to.Close()
		var entries []storage.Entry
		im := &importer{cfg: cfg}
		for a, err := range from.Articles(storage.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			e, err := im.entry(filepath.Base(a.Path(nil)), a.File(a.Content, true))
			if err != nil {
				t.Fatalf("%+v: %v", a, err)
			}
			entries = append(entries, e)
		}
		slices.SortStableFunc(entries, arrivedBefore)
		if err := to.RestoreCategories(firstFiled(entries)); err != nil {
			t.Fatal(err)
		}
		if n, err := to.Restore(entries); err != nil || n != len(entries) {
			t.Fatalf("%d of %d restored, %v", n, len(entries), err)
		}
		if err := to.Check(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(w.shown(from), w.shown(to), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

type movedWorld struct {
	*rapid.T
	cfg *config.Config
	dir string
	now time.Time
}

func (w *movedWorld) open() *storage.Store {
	dir, err := os.MkdirTemp(w.dir, "")
	if err != nil {
		w.Fatal(err)
	}
	s, err := storage.Open(filepath.Join(dir, "a.db"), storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return w.now }})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// document has a source list a few items, some of which it, or another, has listed
// before, in this or another form.
func (w *movedWorld) document(s *storage.Store) {
	src := &w.cfg.Sources[rapid.IntRange(0, 2).Draw(w.T, "source")]
	o := src.Normalize(w.cfg)
	var items []fetcher.Item
	for range rapid.IntRange(1, 4).Draw(w.T, "items") {
		items = append(items, w.item())
	}
	ids := normalize.Identities(items, o)
	sightings, err := s.Sight(src.Name, ids)
	if err != nil {
		w.Fatal(err)
	}
	b := storage.Batch{Source: src.Name, Similar: true}
	for i, sight := range sightings {
		if sight.Standing == storage.Unchanged {
			continue
		}
		e := storage.Entry{Identity: ids[i]}
		if sight.Standing == storage.Copy {
			e.Copy, e.Article = true, article.Article{Source: src.Name, Link: items[i].Link, Categories: o.Categories}
		} else {
			res := normalize.Article(items[i], nil, o, w.now)
			e.Article, e.Raw, e.Verdict = res.Article, res.Raw, res.Verdict
		}
		b.Entries = append(b.Entries, e)
	}
	if _, err := s.Add(b); err != nil {
		w.Fatal(err)
	}
}

var oddTexts = []string{
	"题", "it's: a \"test\" # {{ x }}", "--- {% raw %}", "<p>一段 &amp; &#123;一段&#125; {b}</p>", "- 😀 \t 两 行",
	"<p>央行今天决定下调金融机构存款准备金率零点五个百分点，释放长期资金约一万亿元，以支持实体经济发展，降低社会融资成本，保持流动性合理充裕。</p>",
	"<pre>a\n\n b</pre><div></div></div>", "null", "2026-01-01", "é\u0301\u2028x",
}

func (w *movedWorld) item() fetcher.Item {
	text := func(what string) string { return rapid.SampledFrom(oddTexts).Draw(w.T, what) }
	n := rapid.IntRange(0, 6).Draw(w.T, "n")
	it := fetcher.Item{
		Title: text("title"), Summary: text("summary"), Content: text("content"), Author: text("author"), Origin: text("origin"),
		Stocks: []string{fmt.Sprint("sz00000", rapid.IntRange(0, 6).Draw(w.T, "stock"))}, Withdrawn: rapid.IntRange(0, 9).Draw(w.T, "withdrawn") == 0,
	}
	if rapid.Bool().Draw(w.T, "linked") {
		it.Link = fmt.Sprintf("https://finance.sina.com.cn/c/doc-iktzqtyt000000%d.shtml?from=%d", n, rapid.IntRange(0, 1).Draw(w.T, "from"))
	}
	if rapid.Bool().Draw(w.T, "named") {
		it.ID = fmt.Sprint("id: ", n)
	}
	if rapid.Bool().Draw(w.T, "dated") {
		it.Published = w.now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(w.T, "hours")) * time.Hour)
		it.Updated = it.Published.Add(time.Hour)
	}
	if rapid.Bool().Draw(w.T, "rich") {
		it.Image, it.Tags = "https://e.org/a'b.png", []string{text("tag"), "甲: 乙"}
		it.Enclosures = []fetcher.Enclosure{{URL: "https://e.org/a,b.mp3?x=1&y='", Type: "audio/mpeg", Length: int64(n)}}
	}
	return it
}

// shown is all that readers get of a store.
func (w *movedWorld) shown(s *storage.Store) map[string][]article.Article {
	all := map[string][]article.Article{}
	keep := func(name string, list []article.Article, err error) {
		if err != nil {
			w.Fatal(err)
		}
		all[name] = list
	}
	for a, err := range s.Articles(storage.Query{}) {
		keep("articles", append(all["articles"], a), err)
	}
	categories, err := s.Categories()
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range categories {
		keep("categories", append(all["categories"], article.Article{ID: c.ID, Key: c.Slug, Title: c.Name, Order: uint64(c.Articles)}), nil)
	}
	for _, window := range []storage.Window{{Entries: 2}, {Entries: 1, Age: time.Hour}} {
		for _, c := range append([]string{""}, categoryNames(categories)...) {
			list, err := s.Newest(c, window)
			keep(fmt.Sprint("category ", c, window), list, err)
		}
		for n := range 3 {
			list, err := s.NewestOfSource(fmt.Sprint("s", n), window)
			keep(fmt.Sprint("source ", n, window), list, err)
		}
		for n := range 7 {
			list, err := s.NewestOfStock(fmt.Sprint("sz00000", n), window)
			keep(fmt.Sprint("stock ", n, window), list, err)
		}
	}
	return all
}

func categoryNames(list []storage.CategoryCount) (names []string) {
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names
}
