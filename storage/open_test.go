package storage_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"aggregator/normalize/article"
	"aggregator/storage"
)

var options = storage.Options{Authority: "example.net,2026"}

// filled makes a database with some articles and returns its path.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := storage.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		b := storage.Batch{Source: "s"}
		for j := range 40 {
			key := fmt.Sprint(i, "-", j)
			b.Entries = append(b.Entries, storage.Entry{
				Identity: article.Identity{Keys: []string{key}, Name: key},
				Article:  article.Article{Title: key, Content: text(int64(j)), Categories: []string{"news"}},
			})
		}
		if _, err := s.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) (*storage.Store, error) {
	t.Helper()
	s, err := storage.Open(path, options)
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

func TestOpenLocked(t *testing.T) {
	path := filled(t)
	if _, err := open(t, path); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, path)
	if !errors.Is(err, storage.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("second: %v, want ErrLocked", err)
	}
}

func TestOpenNewer(t *testing.T) {
	path := filled(t)
	change(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte("99")) })
	before, _ := os.ReadFile(path)
	if _, err := open(t, path); !errors.Is(err, storage.ErrNewer) {
		t.Errorf("%v, want ErrNewer", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was touched")
	}
}

func change(t *testing.T, path string, fn func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(fn); err != nil {
		t.Fatal(err)
	}
}

// What is not a database of ours was given by mistake, and stays as it is.
func TestOpenForeign(t *testing.T) {
	dir := t.TempDir()
	textFile := filepath.Join(dir, "config.yaml")
	os.WriteFile(textFile, bytes.Repeat([]byte("site: {}\n"), 9999), 0o644)
	short := filepath.Join(dir, "short")
	os.WriteFile(short, []byte("x"), 0o644)
	other := filepath.Join(dir, "other.db")
	change(t, other, func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("meta")); return err })
	for _, path := range []string{dir, textFile, short, other} {
		_, err := open(t, path)
		if err == nil || errors.Is(err, storage.ErrDamaged) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 3 {
		t.Errorf("files %v", files)
	}
}

func TestOpenNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "test.db")
	if _, err := open(t, path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("no directory: %v", err)
	}
	path = filepath.Join(t.TempDir(), "test.db")
	if _, err := storage.Open(path, storage.Options{}); err == nil {
		t.Error("no error without an authority")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
	// A file without a byte is what a crash before the first write leaves.
	os.WriteFile(path, nil, 0o600)
	if _, err := open(t, path); err != nil {
		t.Errorf("empty file: %v", err)
	}
}

func TestOpenForbidden(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing is forbidden to root")
	}
	path := filled(t)
	os.Chmod(path, 0o400)
	if _, err := open(t, path); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), path) {
		t.Errorf("read-only file: %v", err)
	}
}

func TestOpenDamaged(t *testing.T) {
	for name, damage := range map[string]func(b []byte) []byte{
		"cut to half":       func(b []byte) []byte { return b[:len(b)/2] },
		"cut to a page":     func(b []byte) []byte { return b[:20000] },
		"cut within a page": func(b []byte) []byte { return b[:7000] },
		"heads overwritten": func(b []byte) []byte { return overwrite(b, 24, 60<<10) },
		"all but its heads": func(b []byte) []byte { return overwrite(b, 32<<10, len(b)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			damaged := damage(whole)
			os.WriteFile(path, damaged, 0o600)
			_, err = open(t, path)
			if !errors.Is(err, storage.ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Fatalf("%v, want ErrDamaged", err)
			}
			aside, _ := filepath.Glob(path + ".damaged-*")
			if len(aside) != 1 || !strings.Contains(err.Error(), aside[0]) {
				t.Fatalf("set aside %q, error %v", aside, err)
			}
			if kept, _ := os.ReadFile(aside[0]); !bytes.Equal(kept, damaged) {
				t.Error("what was set aside was changed")
			}
			s, err := open(t, path)
			if err != nil {
				t.Fatalf("afresh: %v", err)
			}
			if n, err := s.Count(); n != 0 || err != nil {
				t.Errorf("afresh: %d articles, %v", n, err)
			}
		})
	}
}

func overwrite(b []byte, from, to int) []byte {
	for i := from; i < min(to, len(b)); i++ {
		b[i] = byte(i * 7)
	}
	return b
}

// Damage that Open cannot see ends in an error where it is met, and never in
// a panic; Check finds it.
func TestDamageWithin(t *testing.T) {
	path := filled(t)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 96 << 10; at < len(b)-64<<10; at += 160 << 10 {
		t.Run(fmt.Sprint(at>>10, "KiB"), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			os.WriteFile(path, overwrite(bytes.Clone(b), at, at+16<<10), 0o600)
			s, err := open(t, path)
			if err != nil {
				if !errors.Is(err, storage.ErrDamaged) {
					t.Errorf("open: %v", err)
				}
				return
			}
			for _, err := range s.Articles(storage.Query{}) {
				if err != nil && !errors.Is(err, storage.ErrDamaged) {
					t.Errorf("articles: %v", err)
				}
			}
			if err := s.Check(); err != nil && !errors.Is(err, storage.ErrDamaged) {
				t.Errorf("check: %v", err)
			}
		})
	}
}

// TestDamagedHead: of a file one of whose two heads is damaged all can be read, Check
// says so and no more, and what is written next mends it.
func TestDamagedHead(t *testing.T) {
	path := filled(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for head := range 2 {
		b := bytes.Clone(whole)
		clear(b[head*4<<10 : (head+1)*4<<10])
		path := filepath.Join(t.TempDir(), "test.db")
		os.WriteFile(path, b, 0o600)
		s, err := open(t, path)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Check()
		if !errors.Is(err, storage.ErrHead) || !errors.Is(err, storage.ErrDamaged) || strings.Contains(err.Error(), "panic") || strings.Contains(err.Error(), "assertion") {
			t.Errorf("head %d: %v", head, err)
		}
		for range 2 {
			if err := s.PutSource(storage.Source{Name: "s"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Check(); err != nil {
			t.Errorf("head %d, written: %v", head, err)
		}
		s.Close()
	}
}

// A file that is cut short while it is open faults when it is read.
func TestCutWhileOpen(t *testing.T) {
	path := filled(t)
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 64<<10); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("check: %v", err)
	}
	if _, err := s.Newest("", storage.Window{Entries: 400}); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("newest: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := s.PutSource(storage.Source{Name: "s"}); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Count(); err == nil {
		t.Error("read: no error")
	}
	if err := s.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// TestKeep: who only reads leaves a damaged file where it is, and does not take an empty
// one for a new database; who writes sets the one aside and begins in the other.
func TestKeep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	reading := options
	reading.Keep = true
	whole := func() {
		t.Helper()
		s, err := storage.Open(path, options)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	whole()
	if err := os.Truncate(path, 20000); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Open(path, reading); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("reading a damaged file: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 20000 {
		t.Errorf("it is not where it was: %v", err)
	}
	if _, err := storage.Open(path, options); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("writing to a damaged file: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was not set aside: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Open(path, reading); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("reading an empty file: %v", err)
	}
	whole()
}
