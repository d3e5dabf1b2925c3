package storage

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aggregator/normalize/article"
)

// TestMigrationGoesOnWhereItWas: a migration that is interrupted between its
// transactions takes each record once, and counts only when it came to the end.
func TestMigrationGoesOnWhereItWas(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 7 {
		e := Entry{Identity: article.Identity{Keys: []string{fmt.Sprint(i)}}}
		if _, err := s.Add(Batch{Source: "s", Entries: []Entry{e}}); err != nil {
			t.Fatal(err)
		}
	}
	var taken [][]byte
	interrupted := errors.New("interrupted")
	calls := 0
	m := migration{tables: []string{"more"}, step: func(tb *tables, after []byte) ([]byte, error) {
		if calls++; calls == 3 {
			return nil, interrupted
		}
		c := tb.articles.Cursor()
		k, _ := c.Seek(append(bytes.Clone(after), 0))
		for range 2 {
			if k == nil {
				return nil, nil
			}
			taken, after = append(taken, bytes.Clone(k)), bytes.Clone(k)
			k, _ = c.Next()
		}
		return after, nil
	}}
	version := func() (text string) {
		_ = s.engine.View(func(tx Tx) error {
			text = string(tx.Table("meta").Get([]byte("schema")))
			return nil
		})
		return text
	}
	before := version()
	if err := s.leadOn(schema, m); !errors.Is(err, interrupted) || version() != before || len(taken) != 4 {
		t.Fatalf("%v, schema %s, %d taken", err, version(), len(taken))
	}
	if err := s.leadOn(schema, m); err != nil || version() != fmt.Sprint(schema+1) {
		t.Errorf("%v, schema %s", err, version())
	}
	if len(taken) != 7 || len(slices.CompactFunc(slices.Clone(taken), bytes.Equal)) != 7 {
		t.Errorf("%d records taken, want each of 7 once", len(taken))
	}
}

// broughtForward opens a store again that was made one of an older schema, where err says
// that this went well, and looks whether it is in order.
func broughtForward(t *testing.T, s *Store, path string, err error) *Store {
	t.Helper()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	return s
}

// TestMigrationOfSightings: what a source has listed is known after a migration
// as it was before, also where records can be read with a dictionary only.
func TestMigrationOfSightings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s, err := Open(path, Options{Authority: "example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	var entries []Entry
	var ids []article.Identity
	for i := range firstDictionary + 100 {
		id := article.Identity{Keys: []string{fmt.Sprint("guid:", i)}, Print: uint64(i + 1)}
		ids = append(ids, id)
		entries = append(entries, Entry{Identity: id, Article: article.Article{Title: fmt.Sprint(i), Content: strings.Repeat(fmt.Sprint("text ", i), 20)}, Skip: i%100 == 7})
	}
	for batch := range slices.Chunk(entries, 550) {
		if _, err := s.Add(Batch{Source: "s", Entries: batch}); err != nil {
			t.Fatal(err)
		}
	}
	if s.dictionaries.Load() == 0 {
		t.Fatal("no dictionary")
	}
	err = s.update(func(tb *tables) error {
		for _, e := range some(tb.seen, nil) { // as schema 5 had them
			old := slices.Concat(e[0][:4], e[0][6:])
			if err := errors.Join(tb.seen.Delete(e[0]), tb.seen.Put(old, e[1])); err != nil {
				return err
			}
		}
		return tb.meta.Put([]byte("schema"), []byte("5"))
	})
	s = broughtForward(t, s, path, err)
	sightings, err := s.Sight("s", ids)
	for i, sg := range sightings {
		if sg.Standing != Unchanged || !sg.Listed {
			t.Fatalf("item %d: %+v, %v", i, sg, err)
		}
	}
	_ = s.view(func(tb *tables) error {
		for _, e := range some(tb.seen, nil) {
			if arrival := fromNumber(e[1]); !bytes.Equal(e[0][4:6], number(arrival)[:2]) {
				t.Errorf("%x does not lie in the period of its article %x", e[0], arrival)
			}
		}
		return nil
	})
}
