package storagetest

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// model is what a history must leave behind, kept in the simplest way.
type model struct {
	owner  map[string]string  // key => ID of the article that has it
	listed map[string]item    // source and first key => what was last shown
	ids    map[string]history // ID => what of the article may not change
}

type item struct {
	id    string
	print uint64
}

type history struct {
	published  time.Time
	categories []string
}

// histories puts one store to many short histories, each with keys and sources
// of its own: documents of a few items that share keys, as sloppy feeds and
// careless sites do.
func histories(b *bench) {
	n := 0
	rapid.Check(b.T, func(t *rapid.T) {
		n++
		m := model{map[string]string{}, map[string]item{}, map[string]history{}}
		before, err := b.Count()
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 6).Draw(t, "documents") {
			source := fmt.Sprintf("%d-source-%d", n, rapid.IntRange(0, 2).Draw(t, "source"))
			m.cycle(t, b, source, document(n).Draw(t, "items"))
			b.pass(time.Minute)
		}
		if got, err := b.Count(); err != nil || got-before != len(m.ids) {
			t.Fatalf("%d articles, %v, want %d", got-before, err, len(m.ids))
		}
	})
}

// document draws the entries of a document.
func document(n int) *rapid.Generator[[]storage.Entry] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) storage.Entry {
		keys := []string{fmt.Sprintf("%d-%s", n, rapid.StringMatching("[a-f]").Draw(t, "id"))}
		for _, k := range rapid.SliceOfN(rapid.StringMatching("[a-h]"), 0, 2).Draw(t, "keys") {
			keys = append(keys, fmt.Sprintf("%d-%s", n, k))
		}
		e := entry(uint64(rapid.IntRange(1, 3).Draw(t, "print")), keys...)
		if r := rapid.IntRange(0, 3).Draw(t, "revision"); r > 0 {
			e.Revision = start.Add(time.Duration(r) * time.Minute)
		}
		e.Article.Title = rapid.StringMatching("[xyz]").Draw(t, "title")
		e.Article.Categories = []string{rapid.StringMatching("c[123]").Draw(t, "category")}
		e.Article.Published = start.Add(time.Duration(rapid.IntRange(-9, 0).Draw(t, "published")) * time.Hour)
		return e
	}), 1, 5)
}

// cycle is a cycle of a source, judged before and after.
func (m *model) cycle(t *rapid.T, b *bench, source string, entries []storage.Entry) {
	ids := make([]article.Identity, len(entries))
	for i, e := range entries {
		ids[i] = e.Identity
	}
	sightings, err := b.Sight(source, ids)
	if err != nil {
		t.Fatal(err)
	}
	batch := storage.Batch{Source: source}
	for i, s := range sightings {
		m.judge(t, source, entries[i], s)
		if s.Standing == storage.Unchanged {
			continue
		}
		e := entries[i]
		e.Keys, e.Copy = s.Keys, s.Standing == storage.Copy
		batch.Entries = append(batch.Entries, e)
	}
	changes, err := b.Add(batch)
	if err != nil {
		t.Fatal(err)
	}
	m.apart(t, source, batch.Entries, changes)
	for i, c := range changes {
		m.note(t, source, batch.Entries[i], c)
	}
	m.settled(t, b, source, entries)
}

// judge compares a sighting with what the keys that it leaves tell.
func (m *model) judge(t *rapid.T, source string, e storage.Entry, s storage.Sighting) {
	shown, listed := m.listed[source+e.Keys[0]]
	known := listed
	for _, k := range s.Keys {
		known = known || m.owner[k] != ""
	}
	switch {
	case !slices.Contains(s.Keys, e.Keys[0]):
		t.Fatalf("%v: first key left out of %v", e.Keys, s.Keys)
	case known == (s.Standing == storage.New):
		t.Fatalf("%v: known %v, sighted %+v", e.Keys, known, s)
	case listed && !s.Listed:
		t.Fatalf("%v: not known as listed: %+v", e.Keys, s)
	case (listed && shown.print == e.Print) != (s.Standing == storage.Unchanged):
		t.Fatalf("%v: shown %+v, sighted %+v", e.Keys, shown, s)
	}
}

// apart wants different items of a document to be different articles, unless
// each was known by its first key already.
func (m *model) apart(t *rapid.T, source string, entries []storage.Entry, changes []storage.Change) {
	for i, c := range changes {
		for j, d := range changes[:i] {
			x, y := entries[i].Keys[0], entries[j].Keys[0]
			if x != y && c.Article.ID == d.Article.ID && (m.first(source, x) != c.Article.ID || m.first(source, y) != c.Article.ID) {
				t.Fatalf("%s and %s were joined as %s", x, y, c.Article.ID)
			}
		}
	}
}

func (m *model) first(source, key string) string {
	if shown, ok := m.listed[source+key]; ok {
		return shown.id
	}
	return m.owner[key]
}

// note takes a change over into the model.
func (m *model) note(t *rapid.T, source string, e storage.Entry, c storage.Change) {
	a := c.Article
	old, known := m.ids[a.ID]
	switch {
	case known == (c.Outcome == storage.Stored):
		t.Fatalf("%v: known %v, became %+v", e.Keys, known, c)
	case known && !a.Published.Equal(old.published):
		t.Fatalf("%v: published moved from %v to %v", e.Keys, old.published, a.Published)
	case known && !slices.Equal(a.Categories[:len(old.categories)], old.categories):
		t.Fatalf("%v: categories %v became %v", e.Keys, old.categories, a.Categories)
	case !slices.Contains(a.Categories, e.Article.Categories[0]):
		t.Fatalf("%v: categories %v lack %v", e.Keys, a.Categories, e.Article.Categories)
	}
	if shown, ok := m.listed[source+e.Keys[0]]; ok && shown.id != a.ID {
		t.Fatalf("%s was %s and is %s", e.Keys[0], shown.id, a.ID)
	}
	m.ids[a.ID] = history{a.Published, a.Categories}
	m.listed[source+e.Keys[0]] = item{a.ID, e.Print}
	for _, k := range e.Keys {
		if m.owner[k] == "" {
			m.owner[k] = a.ID
		}
	}
}

// settled wants the same document to be no news the next time. Where a document
// shows an item twice and differently, the last print is the one that counts.
func (m *model) settled(t *rapid.T, b *bench, source string, entries []storage.Entry) {
	var ids []article.Identity
	for _, e := range entries {
		e.Print = m.listed[source+e.Keys[0]].print
		ids = append(ids, e.Identity)
	}
	sightings, err := b.Sight(source, ids)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sightings {
		if s.Standing != storage.Unchanged || !s.Listed {
			t.Fatalf("%v: %+v after it was added", ids[i].Keys, s)
		}
	}
}
