package storage_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"aggregator/storage"
)

// free makes a database of which nearly all is free.
func free(t *testing.T) string {
	t.Helper()
	path := filled(t)
	change(t, path, func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket([]byte("ballast"))
		if err != nil {
			return err
		}
		for i := range 40 {
			if err := b.Put([]byte{byte(i)}, make([]byte, 1<<20)); err != nil {
				return err
			}
		}
		return nil
	})
	change(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("ballast")) })
	return path
}

func keysAndIDs(t *testing.T, s *storage.Store) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for a, err := range s.Articles(storage.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		found[a.Key] = a.ID
	}
	return found
}

// A file that is mostly free is small again after the next start, and holds
// what it held.
func TestCompactAtStart(t *testing.T) {
	path := free(t)
	if info, _ := os.Stat(path); info.Size() < 40<<20 {
		t.Fatalf("the file has %d bytes: nothing to compact", info.Size())
	}
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	st, err := s.Stats()
	if err != nil || st.Bytes > 2<<20 || st.Articles != 160 || st.Sources != 1 {
		t.Errorf("after the start: %+v, %v", st, err)
	}
	if n := len(keysAndIDs(t, s)); n != 160 {
		t.Errorf("%d articles", n)
	}
	if _, err := s.Add(newOrigin().batch()); err != nil {
		t.Errorf("add: %v", err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if _, err := open(t, path); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
}

func TestCompact(t *testing.T) {
	path := filled(t)
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	want := keysAndIDs(t, s)
	if err := s.Compact(nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(nil); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("compacted twice: %v", err)
	}
	s, err = open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	got := keysAndIDs(t, s)
	for key, id := range want {
		if got[key] != id {
			t.Errorf("%s was %s, is %q", key, id, got[key])
		}
	}
}

// TestCompactLeavesNoTail: a compacted file ends with the last page that something is
// in; else it may be larger than before.
func TestCompactLeavesNoTail(t *testing.T) {
	path := filled(t)
	s, err := storage.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = storage.Open(path, options); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if st, err := s.Stats(); err != nil || st.Bytes != info.Size() {
		t.Errorf("of %d bytes %d are pages, %v", info.Size(), st.Bytes, err)
	}
}

// What cannot be compacted stays as it was.
func TestCompactFails(t *testing.T) {
	path := filled(t)
	change(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("names")).Delete([]byte("0-0")) })
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(nil); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("compact: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was touched")
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// A backup holds one moment of a store that is being written to.
func TestBackup(t *testing.T) {
	s, err := open(t, filled(t))
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	f, err := os.Create(copied)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o, added := newOrigin(), make(chan error, 1)
	go func() {
		var err error
		for range 5 {
			_, e := s.Add(o.batch())
			err = errors.Join(err, e)
		}
		added <- err
	}()
	if err := errors.Join(s.Backup(f), <-added); err != nil {
		t.Fatal(err)
	}
	if err := storage.Verify(copied); err != nil {
		t.Error(err)
	}
	again, err := open(t, copied)
	if err != nil {
		t.Fatal(err)
	}
	all := keysAndIDs(t, s)
	for key, id := range keysAndIDs(t, again) {
		if all[key] != id {
			t.Errorf("%s is %s in the backup, %q in the store", key, id, all[key])
		}
	}
	if n := len(keysAndIDs(t, again)); n < 160 || n%10 != 0 {
		t.Errorf("the backup has %d articles", n)
	}
}

// TestKilledCompactLeavesNothing: what a compaction that was killed had written goes at
// the next start, and nothing else does.
func TestKilledCompactLeavesNothing(t *testing.T) {
	path := filled(t)
	for _, name := range []string{path + ".compact", path + ".copy"} {
		if err := os.WriteFile(name, []byte("half of it"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := open(t, path); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 1 || left[0] != path+".copy" {
		t.Errorf("left: %q", left)
	}
}
