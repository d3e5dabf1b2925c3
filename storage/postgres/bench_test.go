package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// BenchmarkCycle is what the store has to do in a cycle, in a file and on a server of
// the same machine: the cycle of a source that has nothing new, one with 2 new items
// of 50, and the render of a feed.
//
//	go test -run - -bench Cycle ./storage/postgres
func BenchmarkCycle(b *testing.B) {
	for _, kind := range []string{"bbolt", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			var s *storage.Store
			var err error
			o := storage.Options{Authority: "example.net,2026"}
			if kind == "bbolt" {
				s, err = storage.Open(filepath.Join(b.TempDir(), "a.db"), o)
			} else {
				var e *postgres.Engine
				if e, err = postgres.Open(b.Context(), postgrestest.Start(b).Database()); err == nil {
					s, err = storage.On(e, o)
				}
			}
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			w := newWorkload(b, s)
			b.Run("unchanged", func(b *testing.B) {
				for b.Loop() {
					w.unchanged()
				}
			})
			b.Run("2 new of 50", func(b *testing.B) {
				for b.Loop() {
					w.some(2)
				}
			})
			b.Run("50 new", func(b *testing.B) {
				for b.Loop() {
					w.some(50)
				}
			})
			b.Run("newest 50", func(b *testing.B) {
				for b.Loop() {
					w.newest()
				}
			})
		})
	}
}

type workload struct {
	*testing.B
	s *storage.Store
	n int
}

func newWorkload(b *testing.B, s *storage.Store) *workload {
	w := &workload{b, s, 0}
	for range 20 {
		w.some(50)
	}
	return w
}

func (w *workload) unchanged() {
	src, err := w.s.Source("s")
	if err != nil {
		w.Fatal(err)
	}
	src.LastFetch, src.Due = time.Now(), time.Now().Add(time.Hour)
	if err := w.s.PutSource(src); err != nil {
		w.Fatal(err)
	}
}

// some is a document of 50 items, of which so many are new.
func (w *workload) some(news int) {
	w.n += news
	var ids []article.Identity
	var entries []storage.Entry
	for i := range 50 {
		n := w.n - i
		id := article.Identity{Keys: []string{fmt.Sprint("id:", n), fmt.Sprint("https://example.org/news/", n)}, Print: 1, Name: fmt.Sprint("n", n)}
		ids = append(ids, id)
		if i < news {
			entries = append(entries, storage.Entry{Identity: id, Article: article.Article{
				Title: fmt.Sprint("title ", n), Link: id.Keys[1], Content: w.text(n), Categories: []string{"news", "finance"}, Stocks: []string{"sz000931"}, Published: time.Now(),
			}})
		}
	}
	sightings, err := w.s.Sight("s", ids)
	if err != nil {
		w.Fatal(err)
	}
	found := 0
	for _, s := range sightings {
		if s.Standing == storage.New {
			found++
		}
	}
	if found != min(w.n, news) && w.n > 100 {
		w.Fatalf("%d new, want %d", found, news)
	}
	src, err := w.s.Source("s")
	if err != nil {
		w.Fatal(err)
	}
	src.Due = time.Now().Add(time.Hour)
	if _, err := w.s.Add(storage.Batch{Source: "s", Entries: entries, Similar: true, State: &src}); err != nil {
		w.Fatal(err)
	}
}

func (w *workload) text(n int) string {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	var b strings.Builder
	for range 2000 {
		b.WriteRune(rune(0x4e00 + r.IntN(1500)))
	}
	return "<p>" + b.String() + "</p>"
}

func (w *workload) newest() {
	if _, err := w.s.Newest("news", storage.Window{Entries: 50}); err != nil {
		w.Fatal(err)
	}
}
