package storagetest

import (
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
