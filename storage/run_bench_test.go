package storage_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// BenchmarkRun measures what a feed costs the store beside its articles: where its
// archives are, in a month of 30,000 articles.
func BenchmarkRun(b *testing.B) {
	s, err := storage.Open(filepath.Join(b.TempDir(), "a.db"), storage.Options{Authority: "example.net,2026", NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	first := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	month := storage.Stretch{First: first, End: first.AddDate(0, 1, 0), Limit: 1 << 30}
	var batch []storage.Entry
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range 30000 {
		key := fmt.Sprintf("k%06d", i)
		text := make([]byte, 3000)
		for j := range text {
			text[j] = byte('a' + rnd.IntN(26))
		}
		batch = append(batch, storage.Entry{
			Identity: article.Identity{Keys: []string{key}, Name: key},
			Article:  article.Article{Title: key, Link: "https://example.org/" + key, Content: string(text), Source: "s", Categories: []string{"c"}, Seen: first.Add(time.Duration(i) * time.Minute)},
		})
		if len(batch) == 1000 {
			if _, err := s.Restore(batch); err != nil {
				b.Fatal(err)
			}
			batch = nil
		}
	}
	for name, r := range map[string]storage.Run{"all": {}, "category": {Category: "c"}} {
		b.Run(name+"/around", func(b *testing.B) {
			for b.Loop() {
				if a, err := s.Around(r, month); err != nil || a.Count != 30000 {
					b.Fatal(a, err)
				}
			}
		})
		b.Run(name+"/latest", func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.Latest(r, storage.Window{Entries: 50}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
