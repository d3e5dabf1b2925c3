package storage

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"aggregator/normalize/article"
)

// TestStoriesAreRememberedAcrossAStart: what is read of the window after a start is what
// was known before it, after edits, prunes and articles that are too short, and where
// nothing was stored of it.
func TestStoriesAreRememberedAcrossAStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	open := func() *Store {
		t.Helper()
		s, err := Open(path, Options{Authority: "example.net,2026"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	entry := func(i int, text string) Entry {
		return Entry{Identity: article.Identity{Keys: []string{fmt.Sprint("guid:", i)}, Print: uint64(len(text))},
			Article: article.Article{Title: fmt.Sprint("题", i), Stocks: []string{"sz000931"}, Content: "<p>" + text + "</p>"}}
	}
	text := func(i int) string { return strings.Repeat(fmt.Sprint("第", i, "条", strings.Repeat("股", i)), 40) }
	s := open()
	b := Batch{Source: "s", Similar: true, Entries: []Entry{entry(0, "短")}}
	for i := range 20 {
		b.Entries = append(b.Entries, entry(i+1, text(i)))
	}
	for _, b := range []Batch{b, {Source: "s", Similar: true, Entries: []Entry{entry(3, text(30)), entry(4, "短")}}} {
		if _, err := s.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	type told struct {
		outline
		fingerprint
	}
	window := func(s *Store) map[uint64]told {
		t.Helper()
		all := map[uint64]told{}
		err := s.update(func(tb *tables) error {
			err := tb.loadStories()
			for _, st := range s.stories.all {
				f, _ := tb.toldOf(st.arrival)
				all[st.arrival] = told{st, f}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	restart := func(what string, want map[uint64]told) {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open()
		if got := window(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d stories, want the %d of before", what, len(got), len(want))
		}
	}
	want := window(s)
	if len(want) == 0 || len(want) > 20 {
		t.Fatalf("%d stories", len(want))
	}
	restart("as stored", want)
	err := s.update(func(tb *tables) error {
		for _, e := range some(tb.toldTable, nil) {
			if err := tb.toldTable.Delete(e[0]); err != nil {
				return err
			}
		}
		return tb.meta.Delete([]byte(toldKey)) // as an older version leaves it
	})
	if err != nil {
		t.Fatal(err)
	}
	restart("made anew", want)
	s.Close()
}

// TestDamagedArticleKeepsNoneFromComing: where all fingerprints are made anew, one article
// that cannot be read is no reason to store no other.
func TestDamagedArticleKeepsNoneFromComing(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	entry := func(key string) Entry {
		return Entry{Identity: article.Identity{Keys: []string{"guid:" + key}},
			Article: article.Article{Title: key, Content: "<p>" + strings.Repeat(key, 300) + "</p>"}}
	}
	if _, err := s.Add(Batch{Source: "s", Entries: []Entry{entry("央行"), entry("股市")}}); err != nil {
		t.Fatal(err)
	}
	err = s.update(func(tb *tables) error {
		all := some(tb.toldTable, nil)
		for _, e := range all {
			if err := tb.toldTable.Delete(e[0]); err != nil {
				return err
			}
		}
		if err := tb.articles.Put(all[0][0], []byte{99}); err != nil {
			return err
		}
		return tb.meta.Delete([]byte(toldKey))
	})
	if err != nil {
		t.Fatal(err)
	}
	s.stories = nil
	other := entry("股市")
	other.Keys = []string{"guid:other"}
	changes, err := s.Add(Batch{Source: "t", Similar: true, Entries: []Entry{entry("汇率"), other}})
	if err != nil || changes[0].Outcome != Stored || !changes[1].Joined {
		t.Errorf("got %+v, %v", changes, err)
	}
}

// TestDamagedFingerprintKeepsNoneFromComing: one that cannot be read is as one that is
// missing; it kept all articles from being stored.
func TestDamagedFingerprintKeepsNoneFromComing(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	batch := func(key string) Batch {
		e := Entry{Identity: article.Identity{Keys: []string{"guid:" + key}},
			Article: article.Article{Title: key, Content: "<p>" + strings.Repeat(key, 300) + "</p>"}}
		return Batch{Source: "s", Similar: true, Entries: []Entry{e}}
	}
	if _, err := s.Add(batch("央行")); err != nil {
		t.Fatal(err)
	}
	err = s.update(func(tb *tables) error {
		return tb.toldTable.Put(some(tb.toldTable, nil)[0][0], []byte{toldVersion, 0xff})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.stories = nil
	if changes, err := s.Add(batch("汇率")); err != nil || changes[0].Outcome != Stored {
		t.Errorf("got %+v, %v", changes, err)
	}
}

// TestFingerprintsDoNotPileUp: where nobody asks for stories (dedup.similar: false),
// their fingerprints go all the same; they took 240 bytes an article for ever.
func TestFingerprintsDoNotPileUp(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 300 {
		now = now.Add(time.Hour)
		e := Entry{Identity: article.Identity{Keys: []string{fmt.Sprint("guid:", i)}}, Article: article.Article{Title: "题", Content: strings.Repeat("文", 100)}}
		if _, err := s.Add(Batch{Source: "s", Entries: []Entry{e}}); err != nil {
			t.Fatal(err)
		}
	}
	err = s.view(func(tb *tables) error {
		if n := entriesOf(tb.toldTable); n < 72 || n > 80 {
			t.Errorf("%d fingerprints of 72 hours", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
