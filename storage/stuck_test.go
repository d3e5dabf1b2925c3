package storage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
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
			"looks":             func(s *Store) error { time.Sleep(30 * time.Millisecond); _, err := s.Source("a"); return err },
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

// TestFileCutBesideWriters: whoever waits for his turn to write when it happens is told.
func TestFileCutBesideWriters(t *testing.T) {
	for range 3 {
		path := filepath.Join(t.TempDir(), "a.db")
		s, err := Open(path, Options{Authority: "x.example,2026"})
		if err != nil {
			t.Fatal(err)
		}
		var writers sync.WaitGroup
		for n := range 4 {
			writers.Go(func() {
				for i := 0; ; i++ {
					if err := s.PutSource(Source{Name: fmt.Sprint(n), Failures: i}); err != nil {
						if !errors.Is(err, ErrDamaged) {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		ended := make(chan struct{})
		go func() { writers.Wait(); s.Close(); close(ended) }()
		end := time.After(20 * time.Second)
		for cut := time.Tick(20 * time.Millisecond); ; { // what is being stored may make it as long again
			select {
			case <-cut:
				if err := os.Truncate(path, 0); err != nil {
					t.Fatal(err)
				}
				continue
			case <-ended:
			case <-end:
				t.Fatal("they wait for ever")
			}
			break
		}
	}
}

// TestDamagedPageMetInCommit: a page that is damaged fails the write that comes to it, be
// it only when bbolt puts pages together in the end, and nothing else.
func TestDamagedPageMetInCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s, err := Open(path, Options{Authority: "x.example,2026"})
	if err != nil {
		t.Fatal(err)
	}
	key := func(n int) []byte { return retryKey(7, uint64(n)) }
	err = s.update(func(tb *tables) (err error) {
		for n := range 1000 {
			err = errors.Join(err, tb.retries.Put(key(n), make([]byte, 100)))
		}
		return err
	})
	if err := errors.Join(err, s.PutSource(Source{Name: "a", ETag: "e"}), s.Close()); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := func(n int) int { return bytes.Index(file, append(key(n), make([]byte, 100)...)) / pageSize }
	last := 0
	for page(last+1) == page(0) {
		last++
	}
	if page(0) <= 0 || page(last+1) <= 0 {
		t.Fatal("the keys are not found")
	}
	clear(file[page(last+1)*pageSize:][:pageSize])
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(path, Options{Authority: "x.example,2026"}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		err = s.update(func(tb *tables) (err error) {
			for n := range last { // one stays, which is put together with what comes next
				err = errors.Join(err, tb.retries.Delete(key(n)))
			}
			return err
		})
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("to write there: %v", err)
		}
		src, err := s.Source("a")
		src.Failures++
		if err := errors.Join(err, s.PutSource(src)); err != nil {
			t.Errorf("elsewhere: %v", err)
		}
	}
	if src, err := s.Source("a"); err != nil || src.Failures != 2 {
		t.Errorf("%+v, %v", src, err)
	}
}
