package postgres_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// failing is an engine whose writes fail after some, as those of a copy that is killed.
type failing struct {
	storage.Engine
	left int
}

var errKilled = errors.New("killed")

func (f *failing) Update(fn func(storage.Tx) error) error {
	if f.left--; f.left < 0 {
		return errKilled
	}
	return f.Engine.Update(fn)
}

// TestInterruptedCopy: what a copy that did not end has left is no database, wherever
// it was interrupted, and the next copy begins anew in its place.
func TestInterruptedCopy(t *testing.T) {
	server := postgrestest.Start(t, "fsync=off")
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	from := nodes(t, server.Database(), 1, func() time.Time { return at })[0]
	if _, err := from.Add(storage.Batch{Source: "s", Entries: []storage.Entry{entry("a", "text", at)}}); err != nil {
		t.Fatal(err)
	}
	to := map[string]func() (make func() (storage.Engine, error), open func() (*storage.Store, error)){
		"a file": func() (func() (storage.Engine, error), func() (*storage.Store, error)) {
			path := filepath.Join(t.TempDir(), "a.db")
			return func() (storage.Engine, error) { return storage.NewFile(path) },
				func() (*storage.Store, error) {
					return storage.Open(path, storage.Options{Authority: "other.example,2026"})
				}
		},
		"PostgreSQL": func() (func() (storage.Engine, error), func() (*storage.Store, error)) {
			url := server.Database()
			make := func() (storage.Engine, error) { return postgres.Open(t.Context(), url) }
			return make, func() (*storage.Store, error) {
				e, err := make()
				if err != nil {
					return nil, err
				}
				return storage.On(e, storage.Options{Authority: "other.example,2026"})
			}
		},
	}
	for name, target := range to {
		for after := 1; ; after++ {
			makeEngine, open := target()
			e, err := makeEngine()
			if err != nil {
				t.Fatal(err)
			}
			err = from.CopyTo(&failing{e, after}, nil)
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			s, openErr := open()
			if err == nil { // it was not interrupted
				if openErr != nil || s.Authority() != "example.net,2026" {
					t.Fatalf("%s: the whole copy: %v", name, openErr)
				}
				s.Close()
				break
			}
			if !errors.Is(err, errKilled) || openErr == nil || !strings.Contains(openErr.Error(), "not a database of this program") {
				t.Errorf("%s, after %d writes: %v; opened: %v", name, after, err, openErr)
			}
			if e, err = makeEngine(); err != nil {
				t.Fatal(err)
			}
			if err := from.CopyTo(e, nil); err != nil {
				t.Errorf("%s, after %d writes: copied again: %v", name, after, err)
			}
			if err := from.CopyTo(e, nil); !errors.Is(err, storage.ErrOccupied) {
				t.Errorf("%s: copied over a database: %v", name, err)
			}
			e.Close()
			if s, err = open(); err != nil {
				t.Fatal(err)
			}
			if n, err := s.Count(); err != nil || n != 1 || s.Authority() != "example.net,2026" {
				t.Errorf("%s, after %d writes: %d articles, %v", name, after, n, err)
			}
			s.Close()
		}
	}
}

// TestCopyTellsWhatFailed: a copy out of a PostgreSQL that goes away says so, though it
// is tried again and something of it is there already; where the server comes back
// meanwhile it ends well.
func TestCopyTellsWhatFailed(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, "fsync=off")
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	from := nodes(t, server.Database(), 1, func() time.Time { return at })[0]
	if _, err := from.Add(storage.Batch{Source: "s", Entries: []storage.Entry{entry("a", "text", at)}}); err != nil {
		t.Fatal(err)
	}
	target := func() (storage.Engine, func()) {
		to, err := storage.NewFile(filepath.Join(t.TempDir(), "a.db"))
		if err != nil {
			t.Fatal(err)
		}
		return to, func() { to.Close() }
	}
	to, end := target()
	defer end()
	var once sync.Once
	if err := from.CopyTo(to, func(int64) {
		once.Do(func() { server.Down(syscall.SIGQUIT); server.Up() })
	}); err != nil {
		t.Errorf("restarted: %v", err)
	}
	to, end = target()
	defer end()
	err := from.CopyTo(to, func(int64) { server.Down(syscall.SIGQUIT) })
	if !errors.Is(err, storage.ErrAway) || errors.Is(err, storage.ErrOccupied) {
		t.Errorf("away: %v", err)
	}
	server.Up()
}
