package storage_test

import (
	"path/filepath"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

func old(key, title string, published time.Time) storage.Entry {
	return storage.Entry{
		Identity: article.Identity{Keys: []string{"sina:" + key}, Name: key},
		Article:  article.Article{Source: "s", Title: title, Content: "<p>old</p>", Published: published, Categories: []string{"news"}},
	}
}

// An archive that is continued: its articles are no news to any feed, and what
// the source lists next is known by its id or, for want of one, by time and title.
func TestRestoreArchive(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2021, 3, 22, 8, 13, 20, 0, time.UTC)
	if _, err := s.Add(storage.Batch{Source: "s", Entries: []storage.Entry{{
		Identity: article.Identity{Keys: []string{"sina:today"}, Name: "today"},
		Article:  article.Article{Title: "today", Categories: []string{"news"}},
	}}}); err != nil {
		t.Fatal(err)
	}
	archive := []storage.Entry{old("known", "with an id", day), old("file", "视频_一起来体验：数字人民币咋花？", day)}
	for _, want := range []int{2, 0} {
		if n, err := s.Restore(archive); n != want || err != nil {
			t.Errorf("restored %d, %v, want %d", n, err, want)
		}
	}
	if a, err := s.Article("known"); err != nil || !a.Seen.Equal(day) || !a.Published.Equal(day) {
		t.Errorf("restored: %+v, %v", a, err)
	}
	for _, newest := range []func(storage.Window) ([]article.Article, error){
		func(w storage.Window) ([]article.Article, error) { return s.Newest("news", w) },
		func(w storage.Window) ([]article.Article, error) { return s.NewestOfSource("s", w) },
	} {
		if found, err := newest(storage.Window{Entries: 1, Age: time.Hour}); err != nil || len(found) != 1 || found[0].Key != "today" {
			t.Errorf("newest: %v, %v", found, err)
		}
	}
	listed := []storage.Entry{old("known", "with an id", day), old("ktzqtyt6123456", "视频|一起来体验：数字人民币咋花？", day)}
	for i := range listed {
		listed[i].Print, listed[i].Article.Content = 7, "<p>new</p>"
	}
	for i, want := range []storage.Standing{storage.Copy, storage.New} { // a title is seen when the item is added
		sighted, err := s.Sight("s", []article.Identity{listed[i].Identity})
		if err != nil || sighted[0].Standing != want {
			t.Errorf("sight: %+v, %v, want %v", sighted, err, want)
		}
		listed[i].Copy = want == storage.Copy
	}
	changes, err := s.Add(storage.Batch{Source: "s", Entries: listed})
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range []string{"known", "file"} {
		if c := changes[i]; c.Outcome == storage.Stored || c.Article.Key != key || c.Article.Content != "<p>old</p>" {
			t.Errorf("listed again: %v as %s, want %s", c.Outcome, c.Article.Key, key)
		}
	}
	if n, _ := s.Count(); n != 3 {
		t.Errorf("%d articles, want 3", n)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestRestoredOrder: what came in one second, and what came into a category later
// than it arrived, stands in the feeds of another store as it did in its own.
func TestRestoredOrder(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	stores := make([]*storage.Store, 2)
	for i := range stores {
		s, err := storage.Open(filepath.Join(t.TempDir(), "a.db"), storage.Options{Authority: "x.example,2026", Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		stores[i] = s
	}
	add := func(source, key, category string) {
		e := storage.Entry{
			Identity: article.Identity{Keys: []string{"k:" + key}, Name: key},
			Article:  article.Article{Title: key, Link: "http://o.org/" + key, Content: "<p>" + key + "</p>", Categories: []string{category}},
		}
		if _, err := stores[0].Add(storage.Batch{Source: source, Entries: []storage.Entry{e}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"c", "a", "b", "d"} { // in no order of theirs
		add("s", key, "first")
	}
	now = now.Add(time.Hour)
	for _, key := range []string{"b", "c"} {
		add("t", key, "second")
	}
	var entries []storage.Entry
	for a, err := range stores[0].Articles(storage.Query{Whole: true}) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, storage.Entry{Identity: article.Identity{Keys: []string{"k:" + a.Key}, Name: a.Key}, Article: a})
	}
	if _, err := stores[1].Restore(entries); err != nil {
		t.Fatal(err)
	}
	for _, category := range []string{"", "first", "second"} {
		for n := range 4 {
			w := storage.Window{Entries: n + 1, Max: n + 1}
			want, err := stores[0].Newest(category, w)
			got, err2 := stores[1].Newest(category, w)
			if err != nil || err2 != nil || len(got) != len(want) {
				t.Fatalf("%q: %d and %d articles, %v, %v", category, len(got), len(want), err, err2)
			}
			for i := range want {
				if got[i].Key != want[i].Key {
					t.Errorf("%q, newest %d: %s stands where %s did", category, n+1, got[i].Key, want[i].Key)
				}
			}
		}
	}
	if err := stores[1].Check(); err != nil {
		t.Error(err)
	}
}

// Files that somebody has copied or written may name one number twice: each
// article still stands in each feed.
func TestRestoredNumbersTwice(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 3, 22, 8, 0, 0, 0, time.UTC)
	order := uint64(day.UnixMilli()) << 20
	var entries []storage.Entry
	for _, key := range []string{"a", "b", "c"} {
		e := old(key, key, day)
		e.Article.Seen, e.Article.Order, e.Article.Stocks = day, order, []string{"sz000931"}
		e.Article.Filed = []article.Filing{
			{Category: "news", Order: order + 9}, {Stock: "sz000931", Order: order + 9}, {Source: "t", Order: order + 9},
			{Category: "other", Order: 1}, {Source: "s", Order: 1 << 63}, {},
		}
		entries = append(entries, e)
	}
	if n, err := s.Restore(entries); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	w := storage.Window{Entries: 9}
	for name, newest := range map[string]func() ([]article.Article, error){
		"category": func() ([]article.Article, error) { return s.Newest("news", w) },
		"source":   func() ([]article.Article, error) { return s.NewestOfSource("t", w) },
		"stock":    func() ([]article.Article, error) { return s.NewestOfStock("sz000931", w) },
	} {
		if found, err := newest(); err != nil || len(found) != 3 {
			t.Errorf("%s: %d articles, %v", name, len(found), err)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
