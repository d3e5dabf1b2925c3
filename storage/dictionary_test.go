package storage_test

import (
	"fmt"
	"html"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"aggregator/fetcher/simulated"
	"aggregator/storage"
)

// TestDictionary: once a store has some articles its bundles are made with a dictionary
// of them, and all are read back, also by the next run and from a compacted file.
func TestDictionary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	end := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	now := end
	s, err := storage.Open(path, storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	o := simulated.New(simulated.Options{Now: func() time.Time { return end }})
	want := map[string]string{}
	var batch []storage.Entry
	for a := range o.Articles(0, end.Add(-96*time.Hour), time.Time{}) {
		key := fmt.Sprint("a", a.ID)
		want[key] = "<p>" + html.EscapeString(strings.Join(a.Paragraphs, "</p><p>")) + "</p>"
		if batch = append(batch, storyEntry(key, a.Title, want[key], a.Stocks)); len(batch) == 50 {
			if _, err := s.Add(storage.Batch{Source: "s", Entries: batch}); err != nil {
				t.Fatal(err)
			}
			batch = nil
		}
	}
	read := func() {
		t.Helper()
		n, err := s.Count()
		if err != nil || n < 1000 {
			t.Fatalf("%d articles, %v", n, err)
		}
		for a, err := range s.Articles(storage.Query{}) {
			if err != nil || a.Content != want[a.Key] {
				t.Fatalf("%s: %v, %.80s, want %.80s", a.Key, err, a.Content, want[a.Key])
			}
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
	read()
	sizes := func(table string) (all []int) {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		change(t, path, func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(table)).ForEach(func(_, v []byte) error {
				if table == "bundles" && v[0] != 2 {
					t.Errorf("a bundle is coded as %d", v[0])
				}
				all = append(all, len(v))
				return nil
			})
		})
		s, err = storage.Open(path, storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	alone := mean(sizes("articles"))
	now = end.Add(96 * time.Hour)
	if n, err := s.Bundle(t.Context()); n < 1000 || err != nil {
		t.Fatal(n, err)
	}
	read()
	if together := mean(sizes("bundles")) / 32; together > alone/2 {
		t.Errorf("%d bytes an article in bundles, %d alone", together, alone)
	} else {
		t.Logf("%d bytes an article in bundles, %d alone", together, alone)
	}
	read()
	if err := s.Compact(nil); err != nil {
		t.Fatal(err)
	}
	if s, err = open(t, path); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup // who all need the dictionary at once
	for range 4 {
		readers.Go(func() {
			for a, err := range s.Articles(storage.Query{}) {
				if err != nil || a.Content != want[a.Key] {
					t.Errorf("%s: %v", a.Key, err)
					return
				}
			}
		})
	}
	if _, err := s.Bundle(t.Context()); err != nil {
		t.Error(err)
	}
	readers.Wait()
	read()
	s.Close()
}

func mean(sizes []int) int {
	sum := 0
	for _, n := range sizes {
		sum += n
	}
	return sum / len(sizes)
}
