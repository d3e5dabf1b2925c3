package storagetest

import (
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// conditions: what a source was in and is in is kept, the present one for ever, and
// each follows on the one before.
func conditions(b *bench) {
	put := func(source, state string) storage.Condition {
		b.pass(time.Minute)
		c, err := b.PutCondition(storage.Condition{Source: source, State: state, Since: b.clock.Add(-time.Hour), Text: "why"})
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	first, old := put("s", "silent"), put("t", "failing")
	b.reopen()
	second := put("s", "ok")
	if second.Was != "silent" || !second.WasSince.Equal(first.Since) || !second.At.Equal(b.clock) || second.Number <= first.Number {
		b.Errorf("after %+v: %+v", first, second)
	}
	list, err := b.Conditions(2)
	if err != nil || len(list) != 2 || list[0] != second || list[1] != old {
		b.Errorf("newest: %+v, %v", list, err)
	}
	for range 510 {
		second = put("s", "ok")
	}
	held, err := b.Holding()
	if err != nil || len(held) != 2 || held["s"] != second || held["t"] != old {
		b.Errorf("holding: %+v, %v", held, err)
	}
	if list, err = b.Conditions(1000); err != nil || len(list) != 501 || list[500] != old {
		b.Errorf("%d conditions are kept, %v", len(list), err)
	}
}

// came: when a source listed something new is known of copies too, how it came of
// its own articles only.
func came(b *bench) {
	verdict := article.Verdict{From: "rule", Candidates: []article.Candidate{{From: "rule", Score: 7}}}
	var want []time.Time
	for i := range 3 {
		b.pass(time.Hour)
		want = append([]time.Time{b.clock}, want...)
		e := entry(1, fmt.Sprint("a", i))
		e.Verdict = verdict
		b.add([]string{"s", "t", "s"}[i], e)
	}
	b.pass(time.Hour)
	want = append([]time.Time{b.clock}, want[0], want[2])
	b.add("s", entry(1, "a1"))
	moments, err := b.Moments("s", start, time.Minute, 10)
	if err != nil || !slices.EqualFunc(moments, want, time.Time.Equal) {
		b.Errorf("moments: %v, %v, want %v", moments, err, want)
	}
	if moments, err = b.Moments("s", b.clock, 0, 10); err != nil || len(moments) != 1 {
		b.Errorf("moments since now: %v, %v", moments, err)
	}
	samples, err := b.Samples("s", 10)
	if err != nil || len(samples) != 2 || !samples[0].Verdict.Equal(verdict) || !samples[0].Seen.Equal(want[1]) || !samples[1].Seen.Equal(want[2]) {
		b.Errorf("samples: %+v, %v", samples, err)
	}
	if samples, err = b.Samples("none", 10); err != nil || len(samples) != 0 {
		b.Errorf("samples of none: %+v, %v", samples, err)
	}
}

// arrivals: when articles were published and came is told of all that were published
// at or after a time, the latest first.
func arrivals(b *bench) {
	type arrival struct{ published, arrived time.Time }
	all := func(since time.Time) (list []arrival) {
		b.Helper()
		err := b.Arrivals(since, func(published, arrived time.Time) { list = append(list, arrival{published.UTC(), arrived.UTC()}) })
		if err != nil {
			b.Error(err)
		}
		return list
	}
	if got := all(time.Time{}); len(got) > 0 {
		b.Errorf("of nothing: %v", got)
	}
	var want []arrival
	for i, age := range []time.Duration{time.Hour, 10 * time.Minute, 100 * 24 * time.Hour, 100 * 365 * 24 * time.Hour} {
		b.pass(7 * time.Minute)
		e := entry(1, fmt.Sprint("k", i))
		e.Article.Published = b.clock.Add(-age)
		b.add("s", e)
		want = append(want, arrival{e.Article.Published, b.clock})
	}
	b.add("s", entry(2, "k1")) // an edit is no arrival
	b.reopen()
	slices.SortFunc(want, func(a, b arrival) int { return b.published.Compare(a.published) })
	if got := all(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)); !slices.Equal(got, want) {
		b.Errorf("got %v, want %v", got, want)
	}
	if got := all(want[1].published); !slices.Equal(got, want[:2]) {
		b.Errorf("since the second: %v, want %v", got, want[:2])
	}
	size, err := b.Size()
	if err != nil || size.Articles != 4 || !size.Newest.Equal(want[3].arrived) || size.Bytes <= size.Free {
		b.Errorf("size: %+v, %v", size, err)
	}
}
