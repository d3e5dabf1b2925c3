package storage_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	bolt "go.etcd.io/bbolt"

	"aggregator/storage"
)

// golden unpacks a database that a version with some schema has written, and
// returns its path.
func golden(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join("testdata", name+".db.zst"))
	if err != nil {
		t.Fatal(err)
	}
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	file, err := dec.DecodeAll(packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	if err := os.WriteFile(path, file, 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMigrations: what an earlier version wrote is all there, whole, and goes
// on; a copy of it as it was lies beside it.
func TestMigrations(t *testing.T) {
	path := golden(t, "schema-1")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := storage.Verify(path); err == nil {
		t.Error("an old file is verified as if it were one of this version")
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, before) {
		t.Error("Verify changed the file")
	}
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	same(t, s)
	change(t, path+".schema-1", func(tx *bolt.Tx) error {
		if version := tx.Bucket([]byte("meta")).Get([]byte("schema")); string(version) != "1" {
			t.Errorf("the copy has schema %s", version)
		}
		return nil
	})
}

// same looks for what the golden databases hold.
func same(t *testing.T, s *storage.Store) {
	t.Helper()
	if n, err := s.Count(); n != 4 || err != nil || s.Authority() != "feeds.example.net,2026" {
		t.Errorf("%d articles under %s, %v", n, s.Authority(), err)
	}
	a, err := s.Article("tag:feeds.example.net,2026:inabcde0000001")
	if err != nil || a.Title != "央行第1次下调利率（更新）" || len(a.Enclosures) != 1 || len(a.Stocks) != 1 || a.Updated.Equal(a.Published) {
		t.Errorf("%+v, %v", a, err)
	}
	e, err := s.Explain("inabcde0000002")
	if err != nil || len(e.Sources) != 2 || len(e.Article.Categories) != 3 || len(e.Article.Via) != 1 || e.Verdict.From != "rule" {
		t.Errorf("%+v, %v", e, err)
	}
	if raw, err := s.Raw("inabcde0000003"); raw.Body != "<p>原文</p>" {
		t.Errorf("raw %q, %v", raw.Body, err)
	}
	src, err := s.Source("china")
	if err != nil || src.ETag != "\"\xff\"" || src.Articles != 4 {
		t.Errorf("%+v, %v", src, err)
	}
	if old, err := s.Article("tag:old.example,2020:old"); err != nil || old.Title != "旧闻" {
		t.Errorf("%+v, %v", old, err)
	}
	if v, err := s.Versions("inabcde0000001"); err != nil || len(v) == 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestMigrationInterrupted: one that was killed goes on, and keeps the copy of
// what there was before it began.
func TestMigrationInterrupted(t *testing.T) {
	path := golden(t, "schema-1")
	first := []byte("the first copy")
	if err := os.WriteFile(path+".schema-1", first, 0o640); err != nil {
		t.Fatal(err)
	}
	change(t, path, func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("versions"))
		return err
	})
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, s)
	if copied, _ := os.ReadFile(path + ".schema-1"); !bytes.Equal(copied, first) {
		t.Error("the copy of the file as it was is written over")
	}
}
