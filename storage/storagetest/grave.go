package storagetest

import (
	"slices"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// buried: what was pruned is forgotten altogether half a year after it was last listed,
// and not while a source lists it, were it in a document that never changes.
func buried(b *bench) {
	const month = 30 * 24 * time.Hour
	b.add("s", entry(1, "listed", "url-listed"), entry(1, "dropped", "url-dropped"))
	b.add("silent", entry(1, "silent", "url-silent"))
	b.add("removed", entry(1, "removed"))
	b.pass(month)
	b.add("s", entry(1, "young"))
	if p := b.prune(storage.Retention{MaxArticles: 1}); p.Articles != 4 {
		b.Fatalf("%+v", p)
	}
	fetched := func(name string, keys ...string) {
		b.Helper()
		if err := b.PutSource(storage.Source{Name: name, LastFetch: b.clock}); err != nil {
			b.Fatal(err)
		}
		var ids []article.Identity
		for _, key := range keys {
			ids = append(ids, entry(1, key, "url-"+key).Identity)
		}
		if len(ids) == 0 {
			return // not modified
		}
		if err := b.Listed(name, ids); err != nil {
			b.Fatal(err)
		}
	}
	standings := func(when string, want map[string]storage.Standing) {
		b.Helper()
		b.prune(storage.Retention{MaxArticles: 1})
		for key, want := range want {
			for _, keys := range [][]string{{key}, {"else", "url-" + key}} {
				if s := b.sight("s", entry(7, keys...).Identity)[0]; s.Standing != want && (key != "removed" || keys[0] == key) {
					b.Errorf("%s: %v is %+v, want %v", when, keys, s, want)
				}
			}
		}
	}
	fetched("removed", "removed")
	fetched("silent", "silent")
	for range 13 {
		standings("half a year", map[string]storage.Standing{"listed": storage.Unchanged, "dropped": storage.Unchanged, "silent": storage.Unchanged, "removed": storage.Unchanged})
		fetched("s", "listed")
		fetched("other", "listed")
		fetched("silent")
		b.pass(month / 2)
	}
	b.reopen()
	for range 13 {
		fetched("s", "listed")
		fetched("silent")
		b.pass(month / 2)
	}
	standings("after a year", map[string]storage.Standing{"listed": storage.Unchanged, "dropped": storage.New, "silent": storage.Unchanged, "removed": storage.New})
	fetched("silent", "something else")
	standings("read again", map[string]storage.Standing{"silent": storage.New, "listed": storage.Unchanged})
	if c := b.add("s", entry(9, "dropped"))[0]; c.Outcome != storage.Stored {
		b.Errorf("%+v", c)
	}
}

// departed: the record of a source that was removed goes half a year after it was fetched
// last, and not before the last of its items is forgotten: until then it may come back and
// bring nothing as new.
func departed(b *bench) {
	const month = 30 * 24 * time.Hour
	put := func(name string) {
		b.Helper()
		if err := b.PutSource(storage.Source{Name: name, LastFetch: b.clock, Error: "why", Due: b.clock.Add(time.Hour), Prints: &name}); err != nil {
			b.Fatal(err)
		}
	}
	names := func() (all []string) {
		b.Helper()
		records, err := b.Sources()
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range records {
			all = append(all, r.Name)
		}
		return all
	}
	is := func(when string, want ...string) {
		b.Helper()
		b.prune(storage.Retention{MaxAge: 7 * month})
		if got := names(); !slices.Equal(got, want) {
			b.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	skipped := entry(1, "skipped")
	skipped.Skip = true
	b.add("wrote", entry(1, "old", "url-old"))
	b.add("skips", skipped)
	for _, name := range []string{"empty", "fetched", "skips", "wrote"} {
		put(name)
	}
	if _, err := b.PutCondition(storage.Condition{Source: "empty", State: "removed"}); err != nil {
		b.Fatal(err)
	}
	b.pass(3 * month)
	is("soon", "empty", "fetched", "skips", "wrote")
	put("fetched")
	b.pass(3*month + 24*time.Hour)
	is("half a year", "fetched", "skips", "wrote")
	if held, err := b.Holding(); err != nil || len(held) != 0 {
		b.Errorf("holding: %v, %v", held, err)
	}
	if prints, err := b.Prints("empty"); err != nil || prints != "" {
		b.Errorf("prints %q, %v", prints, err)
	}
	b.pass(2 * month)               // its article is pruned, and has a grave
	is("later", "fetched", "wrote") // what was skipped is forgotten
	if s := b.sight("wrote", entry(7, "old").Identity)[0]; s.Standing != storage.Unchanged {
		b.Errorf("came back: %+v", s)
	}
	b.pass(7 * month)
	b.prune(storage.Retention{MaxAge: 7 * month}) // goes through what is left of them
	is("after a year")
	put("empty")
	b.add("wrote", entry(1, "another"))
	is("came back", "empty", "wrote")
}
