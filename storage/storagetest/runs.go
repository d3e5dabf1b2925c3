package storagetest

import (
	"fmt"
	"strings"
	"time"

	"aggregator/storage"
)

// stretches: what came into a run in some time is found by that time, and
// nothing that happens later moves it.
func stretches(b *bench) {
	month := func(n int) time.Time { return start.Add(time.Duration(n) * 720 * time.Hour) }
	for m := range 3 {
		b.clock = month(m).Add(time.Hour)
		for i := range 4 {
			e := entry(1, fmt.Sprintf("m%d-%d", m, i))
			e.Article.Published = start.Add(-time.Duration(i) * time.Minute) // the later, the older
			e.Article.Categories = []string{"all", []string{"even", "odd"}[i%2]}
			e.Article.Stocks = [][]string{{"sz000931"}, nil, nil, {"sz0009310"}}[i]
			if m == 1 && i == 2 {
				e.Article.Withdrawn = b.clock
			}
			b.add([]string{"one", "two"}[i/2], e)
		}
	}
	// In the third month an article of the first is also found in another column.
	late := entry(2, "m0-0")
	late.Copy, late.Article.Categories = true, []string{"odd"}
	b.pass(time.Hour)
	b.add("two", late)
	b.reopen()
	whole := storage.Stretch{First: month(1), End: month(2), Limit: 99}
	first := storage.Stretch{End: month(1), Limit: 99}
	last := storage.Stretch{First: month(2), End: month(9), Limit: 99}
	for _, tt := range []struct {
		run     storage.Run
		stretch storage.Stretch
		want    string // keys; count; what is before and after
	}{
		{storage.Run{}, whole, "m1-0 m1-1 m1-3; 4; before after"},
		{storage.Run{}, storage.Stretch{First: month(1), End: month(2), Skip: 1, Limit: 2}, "m1-1; 2; before after"},
		{storage.Run{}, storage.Stretch{First: month(1), End: month(2), Skip: 3, Limit: 2}, "m1-3; 1; before after"},
		{storage.Run{}, storage.Stretch{First: month(1), End: month(2), Skip: 9, Limit: 2}, "; 0; before after"},
		{storage.Run{}, storage.Stretch{First: month(3), End: month(4), Limit: 99}, "; 0; before"},
		{storage.Run{}, storage.Stretch{First: month(-9), End: month(-8), Limit: 99}, "; 0; after"},
		{storage.Run{Category: "even"}, whole, "m1-0; 2; before after"},
		{storage.Run{Category: "odd"}, first, "m0-1 m0-3; 2; after"},
		{storage.Run{Category: "odd"}, last, "m0-0 m2-1 m2-3; 3; before"},
		{storage.Run{Category: "none"}, whole, "; 0;"},
		{storage.Run{Source: "one"}, whole, "m1-0 m1-1; 2; before after"},
		{storage.Run{Source: "two"}, last, "m0-0 m2-2 m2-3; 3; before"},
		{storage.Run{Source: "none"}, whole, "; 0;"},
		{storage.Run{Stock: "sz000931"}, first, "m0-0; 1; after"},
		{storage.Run{Stock: "sz0009310"}, last, "m2-3; 1; before"},
		{storage.Run{Stock: "sz00"}, whole, "; 0;"},
	} {
		if got := b.stretch(tt.run, tt.stretch); got != tt.want {
			b.Errorf("%+v %v: got %q, want %q", tt.run, tt.stretch, got, tt.want)
		}
	}
}

// stretch is a stretch and its surroundings as text.
func (b *bench) stretch(r storage.Run, st storage.Stretch) string {
	b.Helper()
	found, with, err := b.Arrived(r, st)
	if err != nil {
		b.Fatal(err)
	}
	around, err := b.Around(r, st)
	if err != nil || around != with {
		b.Fatal(around, with, err)
	}
	if n, err := b.Within(r, st); err != nil || n != around.Count {
		b.Errorf("%+v %v: %d within, %d around, %v", r, st, n, around.Count, err)
	}
	text := fmt.Sprintf("%s; %d;", strings.Join(keysOf(found), " "), around.Count)
	if !around.Before.IsZero() {
		text += " before"
		if !around.Before.Before(st.First) {
			b.Errorf("%+v %v: before is %v", r, st, around.Before)
		}
	}
	if !around.After.IsZero() {
		text += " after"
		if around.After.Before(st.End) {
			b.Errorf("%+v %v: after is %v", r, st, around.After)
		}
	}
	return text
}

// revised: a stretch has another revision when what it shows changed, grew or
// moved because something before was forgotten.
func revised(b *bench) {
	add := func(i int) {
		e := entry(1, fmt.Sprint("a", i))
		e.Article.Categories = []string{"c", fmt.Sprint("c", i)}
		b.add("s", e)
		b.pass(time.Hour)
	}
	edit := func(i int) {
		e := entry(uint64(b.clock.Unix()), fmt.Sprint("a", i))
		e.Article.Title = b.clock.String()
		b.add("s", e)
		b.pass(time.Hour)
	}
	withdraw := func(i int) {
		e := entry(uint64(b.clock.Unix()), fmt.Sprint("a", i))
		e.Article.Withdrawn = b.clock
		b.add("s", e)
		b.pass(time.Hour)
	}
	for i := range 3 {
		add(i)
	}
	end := b.clock.Add(1000 * time.Hour)
	one, two := storage.Stretch{End: end, Limit: 2}, storage.Stretch{End: end, Skip: 2, Limit: 2}
	revision := func(r storage.Run, st storage.Stretch) uint64 {
		around, err := b.Around(r, st)
		if err != nil {
			b.Fatal(err)
		}
		return around.Revision
	}
	only := revision(storage.Run{Category: "c1"}, one)
	for _, tt := range []struct {
		what     string
		do       func()
		one, two bool // which of them has another revision then
	}{
		{"nothing", func() { b.pass(time.Hour) }, false, false},
		{"an edit in the second", func() { edit(2) }, false, true},
		{"an edit in the first", func() { edit(0) }, true, true},
		{"another in the same", func() { edit(0) }, true, true},
		{"one more", func() { add(3) }, false, true},
		{"a part that is full", func() { add(4) }, false, false},
		{"a withdrawal", func() { withdraw(3) }, false, true},
		{"the oldest forgotten", func() {
			if p, err := b.Prune(b.Context(), storage.Retention{MaxArticles: 4}); err != nil || p.Articles != 1 {
				b.Error(p, err)
			}
		}, true, true},
	} {
		runs := []storage.Run{{}, {Category: "c"}, {Source: "s"}}
		var before []uint64
		for _, r := range runs {
			before = append(before, revision(r, one), revision(r, two))
		}
		tt.do()
		for i, r := range runs {
			first, second := revision(r, one) != before[2*i], revision(r, two) != before[2*i+1]
			if first != tt.one || second != tt.two {
				b.Errorf("%s: %+v: revised %v, %v", tt.what, r, first, second)
			}
		}
	}
	if revision(storage.Run{Category: "c1"}, one) != only {
		b.Error("what did not change has another revision")
	}
}

// latest: the newest of a run, and whether there are more.
func latest(b *bench) {
	for i := range 5 {
		e := entry(1, fmt.Sprint("a", i))
		if i == 0 {
			e.Article.Withdrawn = b.clock
		}
		b.add("s", e)
		b.pass(time.Hour)
	}
	for _, r := range []storage.Run{{}, {Category: "news"}, {Source: "s"}} {
		for n, whole := range map[int]bool{3: false, 4: false, 5: true, 9: true} {
			found, all, err := b.Latest(r, storage.Window{Entries: n})
			if err != nil || len(found) != min(n, 4) || all != whole {
				b.Errorf("%+v: %d of %v, %v, %v", r, n, keysOf(found), all, err)
			}
		}
	}
	found, all, err := b.Latest(storage.Run{Category: "none"}, storage.Window{Entries: 1})
	if err != nil || len(found) != 0 || !all {
		b.Errorf("none: %v, %v, %v", found, all, err)
	}
}
