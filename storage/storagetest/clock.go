package storagetest

import (
	"errors"
	"slices"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// clockBackArchives: what comes after the clock stepped back, into the month before
// at that, is news to all who look at the newest, and stands in the past once:
// behind what came before it, in the month that the clock had reached, since the
// one before may be over for readers.
func clockBackArchives(b *bench) {
	b.clock = time.Date(2026, time.April, 2, 0, 0, 0, 0, time.UTC)
	add := func(key string) {
		e := entry(1, key)
		e.Article.Stocks = []string{"sz000931"}
		b.add("s", e)
	}
	add("a")
	b.pass(-72 * time.Hour) // it is March again
	add("b")
	b.reopen()
	add("c")
	b.pass(100 * time.Hour)
	add("d")
	april := storage.Stretch{First: time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC), Limit: 9}
	march := storage.Stretch{First: april.First.AddDate(0, -1, 0), End: april.First, Limit: 9}
	for _, r := range []storage.Run{{}, {Category: "news"}, {Source: "s"}, {Stock: "sz000931"}} {
		newest, _, err := b.Latest(r, storage.Window{Entries: 2, Age: 48 * time.Hour})
		if keys := slices.Sorted(slices.Values(keysOf(newest))); err != nil || !slices.Equal(keys, []string{"a", "b", "c", "d"}) {
			b.Errorf("%+v: newest %v, %v", r, keys, err)
		}
		for _, part := range []storage.Stretch{april, {First: april.First, End: april.End, Limit: 2}} {
			got, around, err := b.Arrived(r, part)
			if want := []string{"a", "b", "c", "d"}[:min(part.Limit, 4)]; err != nil || !slices.Equal(slices.Sorted(slices.Values(keysOf(got))), want) || !around.Before.IsZero() {
				b.Errorf("%+v: of April %v, %+v, %v, want %v", r, keysOf(got), around, err, want)
			}
		}
		if got, around, err := b.Arrived(r, march); err != nil || len(got) != 0 || around.After.IsZero() {
			b.Errorf("%+v: of March %v, %+v, %v", r, keysOf(got), around, err)
		}
	}
	if seen := b.get("b").Seen; !seen.Equal(time.Date(2026, time.March, 30, 0, 0, 0, 0, time.UTC)) {
		b.Errorf("seen at %s", seen)
	}
}

// unfiled: an article that an edit takes out of a run gives another revision to all
// that came after it there.
func unfiled(b *bench) {
	for _, key := range []string{"a", "b", "c"} {
		e := entry(1, key)
		e.Article.Stocks = []string{"sz000931"}
		b.add("s", e)
		b.pass(time.Hour)
	}
	last := storage.Stretch{First: start.Add(2 * time.Hour), End: start.Add(9 * time.Hour), Limit: 9}
	revision := func() uint64 {
		around, err := b.Around(storage.Run{Stock: "sz000931"}, last)
		if err != nil || around.Count != 1 {
			b.Fatal(around, err)
		}
		return around.Revision
	}
	before := revision()
	e := entry(2, "b")
	e.Article.Title = "of no stock"
	b.add("s", e)
	if revision() == before {
		b.Error("not revised")
	}
}

// mended: after a clock that was ahead is right again, what came meanwhile and since
// can be put where it belongs, and nothing else changes.
func mended(b *bench) {
	e := entry(1, "a")
	e.Article.Stocks = []string{"sz000931"}
	b.add("s", e)
	right := b.clock.Add(time.Hour)

	b.clock = b.clock.AddDate(10, 0, 0)
	b.revise(e, "second")
	undated := entry(1, "ahead")
	undated.Article.Published, undated.Raw = time.Time{}, article.Raw{Body: undated.Article.Content + "raw", From: "rule", Source: "s"}
	undated.Retry = &storage.Retry{Attempts: 1, Due: start}
	b.add("s", undated)
	late := entry(1, "a")
	late.Copy, late.Article.Categories = true, []string{"late"}
	b.add("two", late)
	b.tell("s", told("央行今天下调存款准备金率", "told"))
	b.tell("two", told("央行今天下调存款准备金率", "told again"))
	if _, err := b.PutCondition(storage.Condition{Source: "s", State: "ahead"}); err != nil {
		b.Fatal(err)
	}
	_, position, err := b.Changes(0, 2)
	if err := errors.Join(err, b.SetPosition("reader", position)); err != nil {
		b.Fatal(err)
	}

	b.clock = right
	b.reopen()
	b.add("s", entry(1, "b"))
	b.pass(40 * 24 * time.Hour)
	b.add("s", entry(1, "c"))
	b.pass(2 * 24 * time.Hour)
	b.add("s", entry(1, "d"))
	b.reopen()
	all := func() (list []article.Article) {
		b.Helper()
		list, _, err := b.Changes(0, 99)
		if err != nil {
			b.Fatal(err)
		}
		return list
	}
	before := all()
	rest, _, _ := b.Changes(position, 99)
	if d, err := b.Ahead(); err != nil || d < 3000*24*time.Hour {
		b.Errorf("ahead by %s, %v", d, err)
	}
	if n, err := b.Mend(); err != nil || n != 6 {
		b.Errorf("%d mended, %v, want all six", n, err)
	}
	for range 2 {
		if err := b.Check(); err != nil {
			b.Error(err)
		}
		if d, err := b.Ahead(); err != nil || d != 0 {
			b.Errorf("still ahead by %s, %v", d, err)
		}
		if n, err := b.Mend(); err != nil || n != 0 {
			b.Errorf("again %d, %v", n, err)
		}
		b.reopen()
	}
	after := all()
	if !slices.Equal(keysOf(before), keysOf(after)) {
		b.Errorf("changes %v were %v", keysOf(after), keysOf(before))
	}
	for i, a := range after {
		if a.ID != before[i].ID || a.Print() != before[i].Print() || a.Seen.After(b.clock) || a.Published.After(b.clock) || a.Updated.After(b.clock) || a.Changed.After(b.clock) {
			b.Errorf("%+v was %+v", a, before[i])
		}
	}
	at, err := b.Position("reader")
	if again, _, err2 := b.Changes(at, 99); !slices.Equal(keysOf(again), keysOf(rest)) || err != nil || err2 != nil {
		b.Errorf("what is left to read is %v, was %v, %v", keysOf(again), keysOf(rest), err)
	}
	newest, _, err := b.Latest(storage.Run{}, storage.Window{Entries: 1, Age: 24 * time.Hour})
	if !slices.Equal(keysOf(newest), []string{"d"}) || err != nil {
		b.Errorf("newest: %v, %v", keysOf(newest), err)
	}
	march := storage.Stretch{First: start.AddDate(0, 0, -1), End: start.AddDate(0, 1, 0), Limit: 9}
	got, around, err := b.Arrived(storage.Run{Category: "news"}, march)
	if keys := slices.Sorted(slices.Values(keysOf(got))); !slices.Equal(keys, []string{"a", "ahead", "b", "told"}) || around.After.After(b.clock) || err != nil {
		b.Errorf("of March: %v, %+v, %v", keys, around, err)
	}
	if titles := b.titles("a"); !slices.Equal(titles, []string{"title of a", "second"}) {
		b.Errorf("versions %q", titles)
	}
	if c, err := b.Corrections(9); err != nil || len(c) != 1 || c[0].At.After(b.clock) {
		b.Errorf("corrections %+v, %v", c, err)
	}
	if raw, err := b.Raw("ahead"); err != nil || raw.Body != "<p>text of ahead</p>raw" {
		b.Errorf("raw %+v, %v", raw, err)
	}
	if r := b.retries("s", b.clock, 9); len(r) != 1 || r[0].Keys[0] != "ahead" {
		b.Errorf("retries %+v", r)
	}
	if src, err := b.Source("s"); err != nil || src.Articles != 6 {
		b.Errorf("%+v, %v", src, err)
	}
	if split, err := b.Split("told", ""); err != nil || len(split) != 1 {
		b.Errorf("split %+v, %v", split, err)
	}
	if _, err := b.PutCondition(storage.Condition{Source: "s", State: "right"}); err != nil {
		b.Fatal(err)
	}
	if c, err := b.Conditions(9); err != nil || len(c) != 2 || c[0].State != "right" || c[0].Was != "ahead" {
		b.Errorf("conditions %+v, %v", c, err)
	}
	for _, key := range []string{"a", "ahead", "c"} {
		if s := b.sight("s", entry(1, key).Identity)[0]; key != "a" && s.Standing != storage.Unchanged || !s.Listed {
			b.Errorf("%s: %+v", key, s)
		}
	}
	if p := b.prune(storage.Retention{MaxAge: 24 * time.Hour, Raw: time.Hour}); p.Articles != 5 {
		b.Errorf("pruned %+v", p)
	}
}

// mendedBehind: what is in order is not put in the order of a clock that is behind.
func mendedBehind(b *bench) {
	for _, key := range []string{"a", "b"} {
		e := entry(1, key)
		e.Article.Published = b.clock.Add(-time.Minute)
		b.add("s", e)
		b.pass(time.Hour)
	}
	b.clock = b.clock.AddDate(-6, 0, 0)
	if n, err := b.Mend(); n != 0 || !errors.Is(err, storage.ErrBehind) {
		b.Errorf("%d, %v", n, err)
	}
	b.clock = b.clock.AddDate(6, 0, 0)
	if n, err := b.Mend(); n != 0 || err != nil {
		b.Errorf("%d, %v", n, err)
	}
}
