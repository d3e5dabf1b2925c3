package storagetest

import (
	"slices"
	"time"

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
