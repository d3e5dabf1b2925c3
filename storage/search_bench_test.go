package storage_test

import (
	"path/filepath"
	"testing"

	"aggregator/storage"
)

// BenchmarkSearch looks through 10,000 articles for what none of them has.
func BenchmarkSearch(b *testing.B) {
	s, err := storage.Open(filepath.Join(b.TempDir(), "a.db"), storage.Options{Authority: "example.net,2026", NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	o := newOrigin()
	for o.n < 10_000 {
		if _, err := s.Add(o.batch()); err != nil {
			b.Fatal(err)
		}
	}
	for _, text := range []string{"鑫", "forum", "利率"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				found, _, err := s.Search(b.Context(), text+" 鱻", 0, 50)
				if err != nil || len(found) > 0 {
					b.Fatal(len(found), err)
				}
			}
		})
	}
}
