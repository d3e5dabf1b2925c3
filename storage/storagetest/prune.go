package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// prune forgets by a retention.
func (b *bench) prune(r storage.Retention) storage.Pruned {
	b.Helper()
	p, err := b.Prune(b.Context(), r)
	if err != nil {
		b.Fatal(err)
	}
	if err := b.Check(); err != nil {
		b.Error(err)
	}
	return p
}

// prunedByAge: what was first seen too long ago is forgotten, and does not come
// back as new, whoever lists it, whatever it shows, under any of its keys.
func prunedByAge(b *bench) {
	e := entry(1, "old", "url")
	e.Raw = article.Raw{Body: "<p>raw</p>"}
	e.Article.Stocks = []string{"sh600000"}
	e.Retry = &storage.Retry{Attempts: 1, Due: start}
	b.add("s", e)
	b.revise(e, "edited")
	copied := entry(1, "copy", "url")
	copied.Copy = true
	b.add("two", copied)
	b.tell("s", told("央行今天下调存款准备金率", "told"))
	b.tell("two", told("央行今天下调存款准备金率", "told again"))
	b.pass(10 * 24 * time.Hour)
	b.add("s", entry(1, "young"))
	if p := b.prune(storage.Retention{MaxAge: 5 * 24 * time.Hour, Raw: 1000 * time.Hour}); p.Articles != 2 {
		b.Errorf("%+v, want two", p)
	}
	b.counts(1)
	for _, key := range []string{"old", "told"} {
		if _, err := b.Article(key); !errors.Is(err, storage.ErrNotFound) {
			b.Errorf("%s: %v", key, err)
		}
	}
	if _, err := b.Raw("old"); !errors.Is(err, storage.ErrNotFound) {
		b.Errorf("its body: %v", err)
	}
	b.reopen()
	for i, source := range []string{"s", "two", "three"} {
		for _, keys := range [][]string{{"old", "url"}, {"copy", "url"}, {"third", "url"}, {"told again"}} {
			again := entry(uint64(100+i), keys...)
			if s := b.sight(source, again.Identity)[0]; s.Standing != storage.Unchanged {
				b.Errorf("%s lists %v: %+v", source, keys, s)
			}
			if c := b.tell(source, again); c.Outcome != storage.Same {
				b.Errorf("%s adds %v: %+v", source, keys, c)
			}
		}
	}
	b.counts(1)
	// Nor does another article get its ID.
	other := entry(1, "another")
	other.Name = "old"
	if c := b.add("s", other)[0]; c.Article.Key == "old" {
		b.Errorf("the ID was given again: %+v", c.Article)
	}
}

// prunedByNumber: the newest so many are kept.
func prunedByNumber(b *bench) {
	for i := range 250 {
		b.add("s", entry(1, fmt.Sprint("a", i)))
	}
	if p := b.prune(storage.Retention{}); p.Articles != 0 {
		b.Errorf("for ever: %+v", p)
	}
	if p := b.prune(storage.Retention{MaxArticles: 5}); p.Articles != 245 {
		b.Errorf("%+v, want 245", p)
	}
	newest, err := b.Newest("news", storage.Window{Entries: 99})
	if keys := keysOf(newest); err != nil || !slices.Equal(keys, []string{"a245", "a246", "a247", "a248", "a249"}) {
		b.Errorf("%v, %v", keys, err)
	}
	if all, err := b.Categories(); err != nil || all[0].Articles != 5 {
		b.Errorf("%+v, %v", all, err)
	}
}

// prunedRaw: bodies go before their articles, but for those of some sources.
func prunedRaw(b *bench) {
	add := func(source, key string) {
		e := entry(1, key)
		e.Raw = article.Raw{Body: "<p>raw</p>"}
		b.add(source, e)
	}
	add("s", "a")
	add("verbatim", "b")
	b.pass(8 * 24 * time.Hour)
	add("s", "c")
	r := storage.Retention{Raw: 7 * 24 * time.Hour, Keep: func(source string) bool { return source == "verbatim" }}
	if p := b.prune(r); p.Bodies != 1 || p.Articles != 0 {
		b.Errorf("%+v, want one body", p)
	}
	for key, want := range map[string]bool{"a": false, "b": true, "c": true} {
		if _, err := b.Raw(key); (err == nil) != want {
			b.Errorf("body of %s: %v, want it kept: %t", key, err, want)
		}
	}
	b.pass(8 * 24 * time.Hour)
	if p := b.prune(r); p.Bodies != 1 {
		b.Errorf("later: %+v, want one body", p)
	}
	b.counts(3)
	// A body that comes long after its article goes as well.
	late := entry(2, "a")
	late.Article.Content, late.Raw = "<p>edited</p>", article.Raw{Body: "edited"}
	b.add("s", late)
	if p := b.prune(r); p.Bodies != 1 {
		b.Errorf("of an edit: %+v, want one body", p)
	}
	if _, err := b.Raw("b"); err != nil {
		b.Error(err)
	}
}
