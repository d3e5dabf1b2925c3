package storage

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFileCutWhileOpen: a file that another program empties, or cuts, while it is open is
// told to be damaged, by each who comes to it, and can be closed.
func TestFileCutWhileOpen(t *testing.T) {
	for _, size := range []int64{0, 2 * pageSize} {
		for name, come := range map[string]func(*Store) error{
			"reads":             func(s *Store) error { _, err := s.Source("a"); return err },
			"writes":            func(s *Store) error { return s.PutSource(Source{Name: "b", ETag: "e"}) },
			"looks":             func(s *Store) error { time.Sleep(3 * lookEvery); _, err := s.Source("a"); return err },
			"asks for its size": func(s *Store) error { _, err := s.Stats(); return err },
			"copies it":         func(s *Store) error { return s.Backup(io.Discard) },
		} {
			path := filepath.Join(t.TempDir(), "a.db")
			s, err := Open(path, Options{Authority: "x.example,2026"})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 { // so that it is to be looked at later what is mapped
				if err := s.PutSource(Source{Name: "a", ETag: "e"}); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Truncate(path, size); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				for n := range 3 {
					if err := come(s); !errors.Is(err, ErrDamaged) {
						t.Errorf("%d bytes are left, one who %s the %d. time gets %v", size, name, n+1, err)
					}
				}
				if err := s.Close(); err != nil {
					t.Errorf("%d bytes are left, %s: %v", size, name, err)
				}
			}()
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				t.Fatalf("%d bytes are left: one who %s waits for ever", size, name)
			}
			if again, err := Open(path, Options{Authority: "x.example,2026", Keep: true}); err == nil {
				again.Close()
				t.Errorf("%d bytes are left, and it can be opened", size)
			} else if errors.Is(err, ErrLocked) {
				t.Errorf("%d bytes are left: %v", size, err)
			}
		}
	}
}
