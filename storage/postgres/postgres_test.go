package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
	"aggregator/storage/storagetest"
)

// TestStore: a store in PostgreSQL keeps all promises of a store.
func TestStore(t *testing.T) {
	server := postgrestest.Start(t, "fsync=off")
	storagetest.Run(t, func(t testing.TB) storagetest.Database {
		url := server.Database()
		return func(o storage.Options) (storagetest.Store, error) {
			e, err := postgres.Open(t.Context(), url)
			if err != nil {
				return nil, err
			}
			return storage.On(e, o)
		}
	})
}

// nodes are stores on one database.
func nodes(t *testing.T, url string, n int, now func() time.Time) (all []*storage.Store) {
	for range n {
		e, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		s, err := storage.On(e, storage.Options{Authority: "example.net,2026", Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		all = append(all, s)
	}
	return all
}

// TestFirstOfMany: of nodes that start at the same time on an empty database one makes
// its tables, and all find them.
func TestFirstOfMany(t *testing.T) {
	server := postgrestest.Start(t, "fsync=off")
	for range 5 {
		url := server.Database()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				e, err := postgres.Open(t.Context(), url)
				if err != nil {
					t.Error(err)
					return
				}
				s, err := storage.On(e, storage.Options{Authority: "example.net,2026"})
				if err != nil {
					t.Error(err)
					return
				}
				s.Close()
			})
		}
		group.Wait()
	}
}

func entry(key, text string, at time.Time) storage.Entry {
	return storage.Entry{
		Identity: article.Identity{Keys: []string{key}, Print: 1, Name: key},
		Article:  article.Article{Title: "title of " + key, Link: "https://example.org/" + key, Content: "<p>" + text + "</p>", Categories: []string{"news"}, Published: at},
	}
}

// TestStoriesOfOthers: a story that one node has stored, edited or restored is known
// to the others at once, though each keeps the window in its memory.
func TestStoriesOfOthers(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	two := nodes(t, postgrestest.Start(t, "fsync=off").Database(), 2, func() time.Time { at = at.Add(time.Second); return at })
	add := func(s *storage.Store, source, key, text string) storage.Change {
		t.Helper()
		changes, err := s.Add(storage.Batch{Source: source, Entries: []storage.Entry{entry(key, text, at)}, Similar: true})
		if err != nil {
			t.Fatal(err)
		}
		return changes[0]
	}
	text := func(n int) string {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		var b strings.Builder
		for range 300 {
			b.WriteRune(rune(0x4e00 + r.IntN(3000)))
		}
		return b.String()
	}
	add(two[1], "s2", "begin", text(0)) // both have read the window
	add(two[0], "s1", "first", text(1))
	if ch := add(two[1], "s2", "copy of first", text(1)); !ch.Joined {
		t.Errorf("not joined: %+v", ch)
	}
	edited := entry("first", text(2), at)
	edited.Print, edited.Revision = 2, at.Add(time.Hour)
	if changes, err := two[0].Add(storage.Batch{Source: "s1", Entries: []storage.Entry{edited}, Similar: true}); err != nil || changes[0].Outcome != storage.Edited {
		t.Fatal(changes, err)
	}
	if ch := add(two[1], "s2", "copy of the edit", text(2)); !ch.Joined {
		t.Errorf("not joined: %+v", ch)
	}
	old := entry("restored", text(3), at)
	old.Article.Source, old.Article.Seen = "s3", at.Add(-time.Hour)
	if n, err := two[0].Restore([]storage.Entry{old}); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if ch := add(two[1], "s2", "copy of the restored", text(3)); !ch.Joined {
		t.Errorf("not joined: %+v", ch)
	}
	if _, err := two[0].Prune(t.Context(), storage.Retention{MaxArticles: 1}); err != nil {
		t.Fatal(err)
	}
	if ch := add(two[1], "s2", "again", text(1)); ch.Outcome != storage.Stored || ch.Joined {
		t.Errorf("joined with what is pruned: %+v", ch)
	}
	if err := two[0].Check(); err != nil {
		t.Error(err)
	}
}

// TestDictionaryOfOthers: what a node wrote with a dictionary that it made is read by
// those that have started before.
func TestDictionaryOfOthers(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	two := nodes(t, postgrestest.Start(t, "fsync=off").Database(), 2, func() time.Time { return at })
	for batch := range 7 {
		b := storage.Batch{Source: "s"}
		for n := range 100 {
			key := fmt.Sprintf("%d-%d", batch, n)
			b.Entries = append(b.Entries, entry(key, strings.Repeat("a text of words that are much alike, ", 10)+key, at))
		}
		if _, err := two[0].Add(b); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range two {
		n := 0
		for a, err := range s.Articles(storage.Query{}) {
			if err != nil || !strings.HasSuffix(a.Content, a.Key+"</p>") {
				t.Fatal(a, err)
			}
			n++
		}
		if n != 700 {
			t.Errorf("%d articles", n)
		}
	}
	if _, err := two[1].Add(storage.Batch{Source: "s", Entries: []storage.Entry{entry("of the second", "a text", at)}}); err != nil {
		t.Error(err)
	}
}

// TestDictionaryOfOthersOnOneConnection: who reads a dictionary that another node has
// made needs no second connection for that: all may be taken.
func TestDictionaryOfOthersOnOneConnection(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	two := nodes(t, postgrestest.Start(t, "fsync=off").Database()+"&pool_max_conns=1", 2, func() time.Time { return at })
	b := storage.Batch{Source: "s"}
	for n := range 600 {
		key := fmt.Sprint("n", n)
		b.Entries = append(b.Entries, entry(key, strings.Repeat("a text of words that are much alike, ", 10)+key, at))
	}
	if _, err := two[0].Add(b); err != nil {
		t.Fatal(err)
	}
	if _, err := two[0].Add(storage.Batch{Source: "s", Entries: []storage.Entry{entry("last", strings.Repeat("a text of words that are much alike, ", 20), at)}}); err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() { _, err := two[1].Article("last"); read <- err }()
	select {
	case err := <-read:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for ever")
	}
}

// TestFrozen: a server that hangs, and closes nothing, is waited for once; who asks
// meanwhile is told at once, and all goes on when it does.
func TestFrozen(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, "fsync=off")
	s := nodes(t, server.Database(), 1, time.Now)[0]
	thaw := server.Freeze()
	defer thaw()
	began := time.Now()
	if _, err := s.Count(); err == nil {
		t.Fatal("it answers though it is frozen")
	}
	if took := time.Since(began); took > 25*time.Second {
		t.Errorf("waited for %s", took)
	}
	go func() { _, _ = s.Count() }() // finds out
	time.Sleep(100 * time.Millisecond)
	began = time.Now()
	if _, err := s.Count(); err == nil || time.Since(began) > time.Second {
		t.Errorf("told %v after %s", err, time.Since(began))
	}
	thaw()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if _, err := s.Count(); err == nil {
			return
		} else if time.Since(began) > 20*time.Second {
			t.Fatalf("it does not go on: %v", err)
		}
	}
}
