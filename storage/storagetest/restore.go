package storagetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// another is an empty store beside b's, of the same moment.
func (b *bench) another() *bench {
	other := newBench(b.T, b.fresh)
	other.clock = b.clock
	return other
}

// whole are all articles as entries of another store.
func (b *bench) whole() (entries []storage.Entry) {
	b.Helper()
	for a, err := range b.Articles(storage.Query{Whole: true}) {
		if err != nil {
			b.Fatal(err)
		}
		entries = append(entries, storage.Entry{Identity: article.Identity{Keys: a.History.Keys, Name: a.Key}, Article: a})
	}
	return entries
}

func (b *bench) restores(want int, entries ...storage.Entry) {
	b.Helper()
	if n, err := b.Restore(entries); err != nil || n != want {
		b.Errorf("restored %d, %v, want %d", n, err, want)
	}
}

// shown is what readers get of a store.
func (b *bench) shown() map[string]any {
	b.Helper()
	all := map[string]any{}
	keep := func(name string, v any, err error) {
		if err != nil {
			b.Fatal(name, err)
		}
		all[name] = v
	}
	corrections, err := b.Corrections(99)
	keep("corrections", corrections, err)
	changes, _, err := b.Changes(0, 99)
	keep("changes", changes, err)
	for _, r := range []storage.Run{{}, {Category: "news"}, {Category: "elsewhere"}, {Source: "s"}, {Source: "two"}, {Stock: "sz000931"}} {
		latest, _, err := b.Latest(r, storage.Window{Entries: 99})
		keep(fmt.Sprint("latest ", r), latest, err)
		around, err := b.Around(r, storage.Stretch{First: start.Add(-time.Hour), End: b.clock.Add(time.Hour), Limit: 99})
		keep(fmt.Sprint("around ", r), around, err)
	}
	for _, a := range changes {
		explained, err := b.Explain(a.Key)
		keep("explained "+a.Key, explained, err)
	}
	return all
}

// movedWhole: another store makes of the articles of one what they were there, with
// all that happened to them, and goes on where that was.
func movedWhole(b *bench) {
	e := entry(1, "a", "url-a")
	e.Article.Stocks = []string{"sz000931"}
	b.add("s", e)
	b.revise(e, "second")
	b.pass(time.Hour)
	b.revise(e, "third")
	b.tell("s", told("央行今天下调存款准备金率", "told"))
	copied := told("央行今天下调存款准备金率", "copy", "url-copy")
	copied.Article.Categories = []string{"elsewhere"}
	b.tell("two", copied)
	b.tell("two", told("两市股指高开", "first"))
	b.tell("s", told("两市股指高开", "apart"))
	if _, err := b.Split("first", ""); err != nil {
		b.Fatal(err)
	}
	b.add("s", entry(1, "gone"))
	b.pass(time.Minute)
	gone := entry(2, "gone")
	gone.Article.Withdrawn = b.clock
	b.add("s", gone)
	b.pass(time.Minute)
	if _, err := b.Remake([]storage.Remade{{Before: b.get("told"), After: article.Article{Content: "<p>remade</p>"}}}); err != nil {
		b.Fatal(err)
	}
	b.pass(time.Minute)

	other := b.another()
	frame, err := b.Frame()
	if err != nil {
		b.Fatal(err)
	}
	if err := other.RestoreFrame(frame); err != nil {
		b.Fatal(err)
	}
	entries := b.whole()
	other.restores(len(entries), entries...)
	other.restores(0, entries...)
	if diff := cmp.Diff(b.shown(), other.shown(), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(article.Article{}, "Filed", "History")); diff != "" {
		b.Error(diff)
	}
	// What its sources listed is known, as it looked.
	for _, known := range []struct {
		source string
		entry  storage.Entry
	}{{"two", copied}, {"s", gone}, {"s", told("两市股指高开", "apart")}} {
		if s := other.sight(known.source, known.entry.Identity)[0]; s.Standing != storage.Unchanged || !s.Listed {
			b.Errorf("%s lists %v: %+v", known.source, known.entry.Keys, s)
		}
	}
	copied.Print, copied.Article.Title = 2, "the copy's"
	other.tell("two", copied)
	if a := other.get("told"); a.Title != "央行今天下调存款准备金率" {
		b.Errorf("the copy edited the article: %+v", a)
	}
	if split, err := other.Split("told", "copy"); err != nil || len(split) != 1 || split[0].Content != copied.Article.Content {
		b.Errorf("split: %+v, %v", split, err)
	}
	e.Article.Title = "fourth"
	e.Print = 99
	if c := other.add("s", e)[0]; c.Outcome != storage.Edited {
		b.Errorf("edited: %+v", c)
	}
	if titles := other.titles("a"); !slices.Equal(titles, []string{"title of a", "second", "third", "fourth"}) {
		b.Errorf("versions: %q", titles)
	}
}

// movedFrame: feeds keep their ids and addresses, old ones too, and what was pruned
// does not come back because it moved.
func movedFrame(b *bench) {
	for _, key := range []string{"old", "young"} {
		e := entry(1, key, "url-"+key)
		e.Article.Categories = []string{"first", "of " + key}
		b.add("s", e)
	}
	if _, err := b.RenameSlugs(map[string]string{"first": "renamed"}); err != nil {
		b.Fatal(err)
	}
	b.prune(storage.Retention{MaxArticles: 1})
	frame, err := b.Frame()
	if err != nil {
		b.Fatal(err)
	}
	frame.Authority = "moved.example,2020"

	other := b.another()
	if err := other.RestoreFrame(frame); err != nil {
		b.Fatal(err)
	}
	other.restores(1, b.whole()...)
	for range 2 {
		if got := other.Authority(); got != frame.Authority {
			b.Errorf("authority %s", got)
		}
		want, err := b.Categories()
		got, err2 := other.Categories()
		if diff := cmp.Diff(want, got); diff != "" || err != nil || err2 != nil {
			b.Error(diff, err, err2)
		}
		if c, err := other.CategoryBySlug("first"); err != nil || c.Name != "first" || c.Slug != "renamed" {
			b.Errorf("by its former slug: %+v, %v", c, err)
		}
		other.reopen()
	}
	for _, keys := range [][]string{{"old"}, {"other", "url-old"}} {
		if s := other.sight("s", entry(9, keys...).Identity)[0]; s.Standing != storage.Unchanged {
			b.Errorf("pruned %v: %+v", keys, s)
		}
	}
	if c := other.add("s", entry(9, "new"))[0]; c.Article.ID != "tag:moved.example,2020:new" {
		b.Errorf("minted: %s", c.Article.ID)
	}
	// A store that has articles has its own frame.
	frame.Authority, frame.Keys = "late.example,2020", append(frame.Keys, "late")
	if err := other.RestoreFrame(frame); err != nil || other.Authority() != "moved.example,2020" {
		b.Errorf("%v, %s", err, other.Authority())
	}
	if s := other.sight("s", entry(9, "late").Identity)[0]; s.Standing != storage.New {
		b.Errorf("%+v", s)
	}
}

// restoredOnce: an article that is here under another name is not restored beside
// itself, whatever the other store called it and its source.
func restoredOnce(b *bench) {
	b.add("s", entry(1, "sina:doc", "url:https://example.org/a"))
	for _, keys := range [][]string{{"guid:other:1", "url:https://example.org/a"}, {"sina:doc"}} {
		e := entry(1, keys...)
		e.Article.ID, e.Article.Key, e.Article.Source = "tag:elsewhere.example,2020:x", "x", "another name"
		b.restores(0, e)
	}
	b.counts(1)
	e := entry(1, "sina:doc-2", "url:https://example.org/b")
	e.Article.ID, e.Article.Key, e.Article.Source = "tag:elsewhere.example,2020:y", "y", "another name"
	b.restores(1, e)
	b.prune(storage.Retention{MaxArticles: 1})
	b.counts(1)
	b.restores(0, e, entry(1, "sina:doc"))
}

// restoredFromAhead: numbers and times of a store whose clock was ahead do not put
// this one's ahead.
func restoredFromAhead(b *bench) {
	ahead := b.clock.Add(100 * 24 * time.Hour)
	order := uint64(ahead.UnixMilli()) << 20
	e := entry(1, "a")
	e.Article.ID, e.Article.Key, e.Article.Source = "tag:elsewhere.example,2020:a", "a", "s"
	e.Article.Seen, e.Article.Changed, e.Article.Order = ahead, ahead, order
	e.Article.Filed = []article.Filing{{Source: "s", Order: order + 1}, {Category: "news", Order: order + 2}}
	e.Article.History = &article.History{
		Keys: e.Keys, Change: order + 3, Version: order + 4, Former: []article.Former{{Order: order, Title: "before"}},
		Joins: []article.Join{{Step: storage.ByStory, Key: "joined", Source: "s", Order: order + 5, Copy: &article.Article{Title: "copy"}}},
	}
	b.restores(1, e)
	b.pass(time.Hour)
	b.add("s", entry(1, "later"))
	newest, err := b.Newest("news", storage.Window{Entries: 1})
	if err != nil || !slices.Equal(keysOf(newest), []string{"later"}) {
		b.Errorf("newest: %v, %v", keysOf(newest), err)
	}
	if a := b.get("a"); a.Seen.After(b.clock) || a.Changed.After(b.clock) {
		b.Errorf("%+v", a)
	}
}
