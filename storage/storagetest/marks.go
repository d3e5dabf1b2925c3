package storagetest

import "time"

// marks: how documents looked last is known to the next process, and of those
// that nobody was shown, since when it would be.
func marks(b *bench) {
	began := b.clock
	b.pass(time.Hour)
	mark := func(path, wantTag string, wantSince time.Time) {
		b.Helper()
		if tag, since, err := b.Mark(path); err != nil || tag != wantTag || !since.Equal(wantSince) {
			b.Errorf("Mark(%s) = %q, %s, %v, want %q, %s", path, tag, since, err, wantTag, wantSince)
		}
	}
	mark("/feeds/a.atom", "", began)
	for _, tag := range []string{`"1"`, `"2"`} {
		for _, later := range []time.Duration{0, time.Minute} { // who tells it first is believed
			since, err := b.PutMark("/feeds/a.atom", tag, b.clock.Add(later))
			if err != nil || !since.Equal(b.clock) {
				b.Fatal(since, err)
			}
		}
		b.reopen()
		mark("/feeds/a.atom", tag, b.clock)
		b.pass(time.Hour)
	}
	mark("/feeds/a.rss", "", began)
}

// savedSearches: what was once a saved search is known as one for good.
func savedSearches(b *bench) {
	for _, slugs := range [][]string{nil, {"a", "b"}, {"b"}, nil} {
		if err := b.PutSaved(slugs); err != nil {
			b.Fatal(err)
		}
	}
	b.reopen()
	for slug, want := range map[string]bool{"a": true, "b": true, "c": false, "": false} {
		if was, err := b.WasSaved(slug); err != nil || was != want {
			b.Errorf("WasSaved(%q) = %v, %v", slug, was, err)
		}
	}
}
