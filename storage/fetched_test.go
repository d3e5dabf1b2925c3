package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"aggregator/normalize/article"
)

var fetchedAt = time.Date(2026, 3, 1, 8, 0, 0, int(123*time.Millisecond), time.UTC)

func openFetched(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "x.example,2026", NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestTimesInRecordsOfOlderVersions: schema 12 had the times of a source's fetches in its
// record. They stay what they are until others are stored, whatever rewrites the record.
func TestTimesInRecordsOfOlderVersions(t *testing.T) {
	add := func(s *Store) error {
		e := Entry{Article: article.Article{Title: "a", Published: fetchedAt}, Identity: article.Identity{Keys: []string{"a"}}}
		_, err := s.Add(Batch{Source: "old", Entries: []Entry{e}})
		return err
	}
	again := func(s *Store) error {
		states, err := s.States([]string{"old"})
		if err != nil {
			return err
		}
		return errors.Join(s.PutSources([]*Source{states[0].Source})...)
	}
	for name, rewrite := range map[string]func(*Store) error{
		"not":                  func(*Store) error { return nil },
		"by an article":        add,
		"by the same outcome":  again,
		"by both":              func(s *Store) error { return errors.Join(add(s), again(s)) },
		"by both, backwards":   func(s *Store) error { return errors.Join(again(s), add(s)) },
		"by what is forgotten": func(s *Store) error { return s.update(func(t *tables) error { return t.clearDeparted() }) },
	} {
		s := openFetched(t)
		err := s.update(func(t *tables) error {
			number, err := next(t.sourceRecords)
			if err != nil {
				return err
			}
			value, err := t.codec.marshal(storedSource{Number: uint32(number), ETag: "e", LastFetch: millis(fetchedAt), LastSuccess: millis(fetchedAt.Add(-time.Hour)), Due: millis(s.now().Add(time.Hour))})
			if err != nil {
				return err
			}
			return t.sourceRecords.Put([]byte("old"), value)
		})
		if err := errors.Join(err, rewrite(s)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Source("old")
		if err != nil || got.ETag != "e" || !got.LastFetch.Equal(fetchedAt) || !got.LastSuccess.Equal(fetchedAt.Add(-time.Hour)) || time.Until(got.Due) < time.Minute {
			t.Errorf("rewritten %s: %+v, %v", name, got, err)
		}
		if all, err := s.Sources(); err != nil || len(all) != 1 || all[0] != got {
			t.Errorf("rewritten %s: %+v, %v", name, all, err)
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestUnchangedSourcesTakeFewPages: to note that many sources were asked in vain writes a
// few pages, not one for each, and what others store of one meanwhile stays.
func TestUnchangedSourcesTakeFewPages(t *testing.T) {
	s := openFetched(t)
	const many = 2000
	names, recs := make([]string, many), make([]*Source, many)
	for i := range many {
		names[i] = fmt.Sprintf("source-%d", i)
		recs[i] = &Source{Name: names[i], URL: "https://example.org/" + names[i], Configured: "https://example.org/" + names[i], ETag: names[i], LastFetch: fetchedAt, LastSuccess: fetchedAt, Due: fetchedAt.Add(time.Hour)}
	}
	if err := errors.Join(s.PutSources(recs)...); err != nil {
		t.Fatal(err)
	}
	states, err := s.States(names)
	if err != nil {
		t.Fatal(err)
	}
	later := fetchedAt.Add(time.Hour)
	some := make([]*Source, 512)
	for i := range some {
		some[i] = states[i].Source
		some[i].LastFetch, some[i].LastSuccess, some[i].Due = later, later, later.Add(time.Hour)
	}
	if err := s.PutSource(Source{Name: names[0], ETag: "another"}); err != nil {
		t.Fatal(err)
	}
	before := Written(s)
	if err := errors.Join(s.PutSources(some)...); err != nil {
		t.Fatal(err)
	}
	if pages := (Written(s) - before) / pageSize; pages > 30 {
		t.Errorf("%d pages were written", pages)
	}
	found, err := s.SourcesNamed(names)
	if err != nil {
		t.Fatal(err)
	}
	for i, src := range found {
		want := *recs[i]
		if i < len(some) {
			want.LastFetch, want.LastSuccess, want.Due = later, later, later.Add(time.Hour)
		}
		if i == 0 {
			want.ETag, want.URL, want.Configured = "another", "", ""
		}
		if src != want {
			t.Fatalf("%+v, want %+v", src, want)
		}
	}
}

// TestStatePutTwice: a state that is as it was read is stored, if another was meanwhile.
func TestStatePutTwice(t *testing.T) {
	s := openFetched(t)
	if err := s.PutSource(Source{Name: "a", ETag: "e"}); err != nil {
		t.Fatal(err)
	}
	states, err := s.States([]string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	src := states[0].Source
	for _, text := range []string{"failed", ""} {
		src.Error = text
		if err := errors.Join(s.PutSources([]*Source{src})...); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Source("a"); err != nil || got.Error != text {
			t.Errorf("%+v, %v; want the error %q", got, err, text)
		}
	}
}

// TestDamagedTimes: a source whose times cannot be read is due at once, and db check tells.
func TestDamagedTimes(t *testing.T) {
	s := openFetched(t)
	err := s.PutSource(Source{Name: "a", ETag: "e", LastFetch: fetchedAt, Due: fetchedAt})
	if err == nil {
		err = s.update(func(t *tables) error { return t.fetched.Put(ofSource(1), []byte{0x80}) })
	}
	if err != nil {
		t.Fatal(err)
	}
	if src, err := s.Source("a"); err != nil || src != (Source{Name: "a", ETag: "e"}) {
		t.Errorf("%+v, %v", src, err)
	}
	if err := s.Check(); !errors.Is(err, ErrDamaged) {
		t.Errorf("check: %v", err)
	}
}

func FuzzFetched(f *testing.F) {
	f.Add(int64(0), int64(0), int64(0), []byte{})
	f.Add(fetchedAt.UnixMilli(), fetchedAt.UnixMilli(), fetchedAt.UnixMilli()+3600000, []byte{0x80})
	f.Add(int64(-1<<63), int64(1<<63-1), int64(1), []byte{1, 2})
	f.Fuzz(func(t *testing.T, last, success, due int64, value []byte) {
		want := fetched{last, success, due}
		if got, ok := readFetched(want.encode()); !ok || got != want {
			t.Errorf("%+v, %t; want %+v", got, ok, want)
		}
		if got, ok := readFetched(value); !ok && got != (fetched{}) {
			t.Errorf("%+v of %x", got, value)
		}
	})
}
