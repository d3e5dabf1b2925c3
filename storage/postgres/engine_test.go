package postgres_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// model is a table as it is meant to be.
type model map[string]string

func (m model) from(key string) (string, bool) {
	keys := slices.Sorted(maps.Keys(m))
	i, _ := slices.BinarySearch(keys, key)
	if i == len(keys) {
		return "", false
	}
	return keys[i], true
}

func (m model) before(key string) (string, bool) {
	keys := slices.Sorted(maps.Keys(m))
	i, _ := slices.BinarySearch(keys, key)
	if i == 0 {
		return "", false
	}
	return keys[i-1], true
}

// TestTables: whatever is written and read in whatever order, within a transaction and
// after it, committed or not, a table is an ordered table.
func TestTables(t *testing.T) {
	e, err := postgres.Open(t.Context(), postgrestest.Start(t, "fsync=off").Database())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Update(func(tx storage.Tx) error { return tx.Create("changes") }); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 7))
	key := func() string { return fmt.Sprintf("%03d", r.IntN(400)) }
	abandoned := errors.New("abandoned")
	kept := model{}
	for round := range 60 {
		m := maps.Clone(kept)
		run := func(tx storage.Tx, writable bool) error {
			tb := tx.Table("changes")
			c, at, some := tb.Cursor(), "", false
			is := func(what string, k, v []byte, want string, there bool) {
				t.Helper()
				at, some = want, there
				if (k != nil) != there || there && (string(k) != want || string(v) != m[want]) {
					t.Fatalf("round %d: %s: %q=%q, want %q=%q %v", round, what, k, v, want, m[want], there)
				}
			}
			for range 150 {
				k := key()
				switch op := r.IntN(12); {
				case op < 3 && writable:
					m[k] = fmt.Sprint(r.Int64())
					if err := tb.Put([]byte(k), []byte(m[k])); err != nil {
						return err
					}
				case op < 5 && writable:
					delete(m, k)
					if err := tb.Delete([]byte(k)); err != nil {
						return err
					}
				case op == 5:
					if v, there := m[k]; string(tb.Get([]byte(k))) != v || (tb.Get([]byte(k)) != nil) != there {
						t.Fatalf("round %d: get %s", round, k)
					}
				case op == 6:
					tb.Expect([][]byte{[]byte(k), []byte(key()), []byte(key())})
				case op == 7:
					want, there := m.from(k)
					gotK, gotV := c.Seek([]byte(k))
					is("seek "+k, gotK, gotV, want, there)
				case op == 8:
					want, there := m.before("~")
					gotK, gotV := c.Last()
					is("last", gotK, gotV, want, there)
				case op == 9:
					want, there := m.from("")
					gotK, gotV := c.First()
					is("first", gotK, gotV, want, there)
				case op == 10 && some:
					was := at
					want, there := m.from(was + "\x00")
					gotK, gotV := c.Next()
					is("next of "+was, gotK, gotV, want, there)
				case op == 11 && some:
					was := at
					want, there := m.before(was)
					gotK, gotV := c.Prev()
					is("prev of "+was, gotK, gotV, want, there)
				}
			}
			if writable && round%3 == 0 {
				return abandoned
			}
			return nil
		}
		err := e.Update(func(tx storage.Tx) error { return run(tx, true) })
		if err == nil {
			kept = m
		} else if !errors.Is(err, abandoned) {
			t.Fatal(err)
		}
		m = maps.Clone(kept)
		if err := e.View(func(tx storage.Tx) error { return run(tx, false) }); err != nil {
			t.Fatal(err)
		}
	}
}
