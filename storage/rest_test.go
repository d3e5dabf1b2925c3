package storage_test

import (
	"maps"
	"path/filepath"
	"testing"
	"time"

	"aggregator/storage"
)

// TestRestsAreKeptUntilTheyAreOver: what a site asked for outlives a restart;
// what it refused in a row, its rest by a week; nothing is kept for ever.
func TestRestsAreKeptUntilTheyAreOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	start := time.Date(2026, 3, 2, 8, 0, 0, 300, time.UTC)
	now := start
	var s *storage.Store
	reopen := func() {
		if s != nil {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if s, err = storage.Open(path, storage.Options{Authority: "feeds.example.net,2026", Now: func() time.Time { return now }}); err != nil {
			t.Fatal(err)
		}
	}
	reopen()
	t.Cleanup(func() { s.Close() })
	put := func(site string, r storage.Rest) {
		if err := s.PutRest(site, r); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, want map[string]storage.Rest) {
		t.Helper()
		if got, err := s.Rests(); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", what, got, err, want)
		}
	}
	want("at first", map[string]storage.Rest{})
	put("told.example", storage.Rest{Until: start.Add(time.Hour)})
	put("silent.example", storage.Rest{Until: start.Add(time.Minute), Strikes: 2})
	put("127.0.0.1:80", storage.Rest{Forbidden: 2})
	put("well.example", storage.Rest{Forbidden: 1})
	put("well.example", storage.Rest{})
	reopen()
	silent := storage.Rest{Until: start.Add(time.Minute).Truncate(time.Millisecond).Add(time.Millisecond), Strikes: 2}
	told := storage.Rest{Until: start.Add(time.Hour).Truncate(time.Millisecond).Add(time.Millisecond)}
	want("again", map[string]storage.Rest{"told.example": told, "silent.example": silent, "127.0.0.1:80": {Forbidden: 2}})
	now = start.Add(2 * time.Hour)
	want("after two hours", map[string]storage.Rest{"silent.example": silent, "127.0.0.1:80": {Forbidden: 2}})
	now = start.Add(7*24*time.Hour + time.Second)
	put("other.example", storage.Rest{Forbidden: 1})
	want("after a week", map[string]storage.Rest{"silent.example": silent, "other.example": {Forbidden: 1}})
	now = start.Add(30 * 24 * time.Hour)
	want("after a month", map[string]storage.Rest{})
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
