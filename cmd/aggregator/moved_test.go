package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestMovedByFiles: whatever happened to the articles of a store, the files that
// export --extra writes give an empty one the same articles, under the same ids,
// which it exports as the same files; and byte for byte the same feeds of everything,
// of every category, source and stock, of corrections and of months gone by.
func TestMovedByFiles(t *testing.T) {
	cfg, err := config.Parse("config.yaml", []byte(`
feeds: {entries: 2, window: 1h, formats: [atom]}
sources:
  - {name: s0, kind: feed, url: "https://e.org/0", categories: [综合, 栏目0]}
  - {name: s1, kind: sina-roll, params: {pageid: 155, lid: 1686}, categories: [综合, 栏目1], author: 甲, body: verbatim}
  - {name: s2, kind: feed, url: "https://e.org/2", categories: [综合, 栏目2]}
`))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		w := movedWorld{T: t, cfg: cfg, dir: dir, now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
		from := w.open("example.net,2026")
		defer from.Close()
		for range rapid.IntRange(1, 12).Draw(t, "events") {
			w.happen(from)
		}
		to := w.open("elsewhere.example,2027")
		defer to.Close()
		files := w.files(from)
		w.restore(to, files)
		if err := to.Check(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(w.shown(from), w.shown(to), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(files, w.files(to)); diff != "" {
			t.Fatalf("exported again: %s", diff)
		}
		if rapid.IntRange(0, 3).Draw(t, "feeds") > 0 {
			return // what they are made of is the same; to render all takes long
		}
		if diff := cmp.Diff(w.feeds(from), w.feeds(to)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// files are what export --extra writes, by name.
func (w *movedWorld) files(s *storage.Store) map[string]string {
	files := map[string]string{}
	p := &program{}
	p.File = func(name string, data []byte) error {
		files[name] = string(data)
		return nil
	}
	d := w.daemon(s)
	for a, err := range s.Articles(storage.Query{Whole: true}) {
		if err != nil {
			w.Fatal(err)
		}
		file, err := d.File(&a, true)
		if err := errors.Join(err, p.File(a.Path(nil), file)); err != nil {
			w.Fatal(err)
		}
	}
	if err := p.exportFrame(s, "", true, nil); err != nil {
		w.Fatal(err)
	}
	return files
}

// restore is import.
func (w *movedWorld) restore(s *storage.Store, files map[string]string) {
	p := &program{}
	p.Out, p.Err = io.Discard, io.Discard
	p.Files = func(yield func(daemon.File, error) bool) {
		for name, data := range files {
			if !yield(daemon.File{Name: name, Data: []byte(data)}, nil) {
				return
			}
		}
	}
	if err := p.importFiles(w.Context(), w.daemon(s), &importer{cfg: w.cfg, now: w.now}, true); err != nil {
		w.Fatal(err)
	}
}

func (w *movedWorld) daemon(s *storage.Store) *daemon.Daemon {
	client, err := fetcher.NewClient(fetcher.Options{})
	if err != nil {
		w.Fatal(err)
	}
	d, err := daemon.New(slog.New(slog.DiscardHandler), w.cfg, client, s)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

// feeds are all documents that readers can fetch.
func (w *movedWorld) feeds(s *storage.Store) map[string]string {
	files := map[string]string{}
	for f, err := range w.daemon(s).Feeds().Files(w.Context(), daemon.Extent{Archives: true}) {
		if err != nil {
			w.Fatal(err)
		}
		if name := f.Name; !strings.HasSuffix(name, ".gz") && !strings.HasSuffix(name, ".br") {
			files[name] = string(f.Data)
		}
	}
	return files
}

type movedWorld struct {
	*rapid.T
	cfg *config.Config
	dir string
	now time.Time
}

func (w *movedWorld) open(authority string) *storage.Store {
	dir, err := os.MkdirTemp(w.dir, "")
	if err != nil {
		w.Fatal(err)
	}
	s, err := storage.Open(filepath.Join(dir, "a.db"), storage.Options{Authority: authority, NoSync: true, Now: func() time.Time { return w.now }})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// happen does one of the things that can happen to a store, and lets time pass.
func (w *movedWorld) happen(s *storage.Store) {
	var some []article.Article
	for a, err := range s.Articles(storage.Query{}) {
		if err != nil {
			w.Fatal(err)
		}
		some = append(some, a)
	}
	var err error
	what := rapid.IntRange(0, 11).Draw(w.T, "what")
	switch {
	case len(some) == 0 || what < 8:
		w.document(s)
	case what == 8:
		for _, a := range some {
			if _, failed := s.Split(a.Key, ""); !errors.Is(failed, storage.ErrNotFound) {
				err = errors.Join(err, failed)
			}
		}
	case what == 9:
		_, err = s.Prune(w.Context(), storage.Retention{MaxArticles: rapid.IntRange(1, len(some)).Draw(w.T, "kept"), Raw: 1000 * time.Hour})
	case what == 10:
		before := rapid.SampledFrom(some).Draw(w.T, "remade")
		after := before
		after.Content += "<p>又</p>"
		_, err = s.Remake([]storage.Remade{{Before: before, After: after}})
	case what == 11:
		_, err = s.RenameSlugs(map[string]string{"综合": rapid.SampledFrom([]string{"x", "y", "z"}).Draw(w.T, "slug")})
	}
	if err != nil {
		w.Fatal(err)
	}
	w.now = w.now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(w.T, "seconds")) * time.Second)
	w.now = w.now.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, 0, 1, 40}).Draw(w.T, "days"))
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
			if src.Body == "verbatim" && rapid.Bool().Draw(w.T, "of a page") {
				e.Raw = article.Raw{Body: "<p>题图</p><img src=\"https://e.org/q.png\">" + items[i].Content, From: "rule", Source: src.Name}
				e.Verdict = article.Verdict{From: "rule"}
			}
			e.Gone = rapid.IntRange(0, 9).Draw(w.T, "gone") == 0
			if rapid.IntRange(0, 4).Draw(w.T, "retried") == 0 {
				e.Retry = &storage.Retry{Item: []byte("\x00\xff" + items[i].Title), Attempts: 2, Due: w.now.Add(time.Hour)}
			}
		}
		b.Entries = append(b.Entries, e)
	}
	if _, err := s.Add(b); err != nil {
		w.Fatal(err)
	}
}

var oddTexts = []string{
	"题", "it's: a \"test\" # {{ x }}", "--- {% raw %}", "<p>一段 &amp; &#123;一段&#125; {b}</p>", "- 😀 \t 两 行",
	"<p>央行今天决定下调金融机构存款准备金率零点五个百分点，释放长期资金约一万亿元，以支持实体经济发展，降低社会融资成本，保持流动性合理充裕，并表示将继续实施稳健的货币政策。</p>",
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
	if rapid.IntRange(0, 3).Draw(w.T, "told") == 0 { // one story, which all sources take over
		it.Title, it.Content, it.Stocks, it.Withdrawn = "降准", oddTexts[5]+fmt.Sprintf("<p>%s</p>", it.Author), nil, false
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
	for a, err := range s.Articles(storage.Query{Whole: true}) {
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
