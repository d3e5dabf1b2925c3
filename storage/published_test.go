package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aggregator/normalize/article"
)

// publishedAt stores articles that were published at these times, a source's each.
func publishedAt(t rapid.TB, s *Store, times []time.Time) {
	t.Helper()
	for i, at := range times {
		id := article.Identity{Keys: []string{fmt.Sprint("guid:", i)}, Name: fmt.Sprint(i)}
		a := article.Article{Title: fmt.Sprint(i), Published: at, Content: "<p>甲</p>"}
		if _, err := s.Add(Batch{Source: fmt.Sprint(i % 3), Entries: []Entry{{Identity: id, Article: a}}}); err != nil {
			t.Fatal(err)
		}
	}
}

func keysOf(t rapid.TB, s *Store, q Query) (keys []string) {
	t.Helper()
	for a, err := range s.Articles(q) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, a.Key)
	}
	return keys
}

// TestOrderOfPublication: whatever spans articles were published in, a query gives them
// in the order of publication, and of those of one second the later first.
func TestOrderOfPublication(t *testing.T) {
	begin := time.Unix(0, 0)
	rapid.Check(t, func(r *rapid.T) {
		s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026", NoSync: true})
		if err != nil {
			r.Fatal(err)
		}
		defer s.Close()
		draw := func(label string) time.Time {
			span := rapid.Int64Range(-3, 3).Draw(r, label+" span") << spanBits
			return begin.Add(time.Duration(span+rapid.SampledFrom([]int64{1, 1, 2, 40000, 1<<spanBits - 1}).Draw(r, label)) * time.Second)
		}
		times := make([]time.Time, rapid.IntRange(0, 20).Draw(r, "articles"))
		order := make([]int, len(times))
		for i := range times {
			times[i], order[i] = draw("published"), i
		}
		publishedAt(r, s, times)
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(-times[a].Compare(times[b]), b-a) })
		q := Query{Limit: rapid.IntRange(0, 12).Draw(r, "limit")}
		if rapid.Bool().Draw(r, "bounded below") {
			q.Since = draw("since")
		}
		if rapid.Bool().Draw(r, "bounded above") {
			q.Until = draw("until").Add(time.Duration(rapid.IntRange(0, 1).Draw(r, "ns")))
		}
		var want []string
		for _, i := range order {
			at := times[i]
			if !q.Since.IsZero() && at.Before(q.Since) || !q.Until.IsZero() && !at.Before(q.Until) || q.Limit > 0 && len(want) == q.Limit {
				continue
			}
			want = append(want, fmt.Sprint(i))
		}
		if got := keysOf(r, s, q); !slices.Equal(got, want) {
			r.Fatalf("%+v gives %v, want %v", q, got, want)
		}
		if err := s.Check(); err != nil {
			r.Fatal(err)
		}
	})
}

// TestPrunedWhileItIsRead: what is pruned while a query goes on is left out, and all
// else given.
func TestPrunedWhileItIsRead(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	times := make([]time.Time, 3*chunkFound)
	for i := range times { // those that came last were published first
		times[i] = at.Add(-time.Duration(i) * time.Second)
	}
	publishedAt(t, s, times)
	n := 0
	for a, err := range s.Articles(Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if _, err := s.Prune(context.Background(), Retention{MaxArticles: chunkFound}); err != nil {
				t.Fatal(err)
			}
		}
		if n++; n > chunkFound && a.Key != fmt.Sprint(n+chunkFound-1) {
			t.Fatalf("after %d articles comes %s", n-1, a.Key)
		}
	}
	if n != 2*chunkFound { // a first chunk that was read before, and what was left
		t.Errorf("%d articles", n)
	}
}

// toSchema11 puts the order of publication as schema 11 had it.
func toSchema11(tb *tables) error {
	c := tb.index.Cursor()
	var all []published
	for k, v := c.First(); k != nil; k, v = c.Next() {
		p, ok := readPublished(k, v)
		if !ok {
			return fmt.Errorf("%x", k)
		}
		all = append(all, p)
	}
	for _, p := range all {
		old := slices.Concat([]byte{'p'}, number(uint64(p.at)^1<<63), number(p.arrival))
		if err := errors.Join(tb.index.Delete(p.key()), tb.index.Put(old, nothing())); err != nil {
			return err
		}
	}
	return tb.meta.Put(schemaKey, []byte("11"))
}

// TestMigrationOfSpans: a file whose order of publication lacks spans is brought forward,
// also where that was interrupted, and an older version has stored an article meanwhile
// that was published before those that were done.
func TestMigrationOfSpans(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		t.Run(fmt.Sprint("interrupted ", interrupted), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.db")
			s, err := Open(path, Options{Authority: "example.net,2026", NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
			times := []time.Time{time.Unix(-1, 0)}
			for i := range migrationStep + 200 { // more than one transaction takes
				times = append(times, at.Add(time.Duration(i*7919%100000)*time.Second))
			}
			publishedAt(t, s, times)
			want := keysOf(t, s, Query{})
			err = s.update(func(tb *tables) error {
				if err := toSchema11(tb); err != nil || !interrupted {
					return err
				}
				position, err := toSpans(tb, nil)
				if err != nil {
					return err
				}
				c := tb.index.Cursor()
				k, v := c.First()
				p, _ := readPublished(k, v)
				old := slices.Concat([]byte{'p'}, number(uint64(p.at)^1<<63), number(p.arrival))
				return errors.Join(tb.index.Delete(p.key()), tb.index.Put(old, nothing()), tb.meta.Put([]byte("migrated"), position))
			})
			s = broughtForward(t, s, path, err)
			if got := keysOf(t, s, Query{}); !slices.Equal(got, want) || len(got) != len(times) {
				t.Errorf("%d articles, before %d", len(got), len(want))
			}
		})
	}
}

// TestDamagedOrderOfPublication: an entry that cannot be read is an error, and not the end
// of what there is.
func TestDamagedOrderOfPublication(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	publishedAt(t, s, []time.Time{time.Unix(1, 0), time.Unix(100000, 0)})
	err = s.update(func(tb *tables) error { return tb.index.Put(append(spanKey(100000), 1), nil) })
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range s.Articles(Query{}) {
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("query: %v", err)
	}
	if err := s.Arrivals(time.Time{}, func(_, _ time.Time) {}); !errors.Is(err, ErrDamaged) {
		t.Errorf("arrivals: %v", err)
	}
}
