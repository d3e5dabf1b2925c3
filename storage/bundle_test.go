package storage_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"aggregator/storage"
)

// TestBundle: articles of more than three days take less room, read as they did, move
// out when they are edited, and go for good when they are pruned.
func TestBundle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	o := newOrigin()
	now := o.day
	options := storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return now }}
	s, err := storage.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	var first storage.Batch
	add := func() {
		batch := o.batch()
		if first.Source == "" {
			first = batch
		}
		for _, e := range batch.Entries {
			want[e.Name] = e.Article.Content
		}
		if _, err := s.Add(batch); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	for range 24 { // a day
		add()
	}
	if n, err := s.Bundle(t.Context()); n != 0 || err != nil {
		t.Errorf("%d put in bundles, %v: they are young", n, err)
	}
	now = now.Add(72 * time.Hour)
	add()
	if n, err := s.Bundle(t.Context()); n != 1184 || err != nil { // whole ones of 32
		t.Errorf("%d put in bundles, %v", n, err)
	}
	if n, err := s.Bundle(t.Context()); n != 0 || err != nil {
		t.Errorf("again %d, %v", n, err)
	}
	edited := first
	edited.Entries = edited.Entries[:40]
	for i := range edited.Entries {
		e := &edited.Entries[i]
		e.Print, e.Revision, e.Article.Content = 1<<40, now, "<p>edited</p>"
		want[e.Name] = e.Article.Content
	}
	if _, err := s.Add(edited); err != nil {
		t.Fatal(err)
	}
	read := func(n int) {
		t.Helper()
		found := 0
		for a, err := range s.Articles(storage.Query{}) {
			if err != nil || a.Content != want[a.Key] {
				t.Fatalf("%s: %v, %.80q", a.Key, err, a.Content)
			}
			found++
		}
		if found != n {
			t.Errorf("%d articles, want %d", found, n)
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
	read(1250)
	if p, err := s.Prune(t.Context(), storage.Retention{MaxArticles: 500}); err != nil || p.Articles != 750 {
		t.Errorf("%+v, %v", p, err)
	}
	read(500)
	if err := s.Compact(nil); err != nil {
		t.Fatal(err)
	}
	if s, err = storage.Open(path, options); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	read(500)
}

// TestBundleMany: where more come at once than are read and edited, all but the newest lie
// in bundles as they come; they are read, and edited, as others are.
func TestBundleMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	s, err := storage.Open(path, storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storage.SetMostYoung(s, 500)
	o := newOrigin()
	want := map[string]string{}
	var first storage.Batch
	for range 1000 { // it goes on beside
		if storage.Bundled(t, s) >= 1000 {
			break
		}
		batch := o.batch() // of 50 articles
		if len(want) == 0 {
			first = batch
		}
		for _, e := range batch.Entries {
			want[e.Name] = e.Article.Content
		}
		if _, err := s.Add(batch); err != nil {
			t.Fatal(err)
		}
	}
	if n := storage.Bundled(t, s); n < 1000 || n > len(want)-500 {
		t.Errorf("%d of %d articles are in bundles, want all but the newest 500 and some", n, len(want))
	}
	e := &first.Entries[7]
	e.Print, e.Revision, e.Article.Content = 1<<40, now, "<p>edited</p>"
	want[e.Name] = e.Article.Content
	if c, err := s.Add(first); err != nil || c[7].Outcome != storage.Edited {
		t.Fatal(c, err)
	}
	n := 0
	for a, err := range s.Articles(storage.Query{}) {
		if n++; err != nil || a.Content != want[a.Key] {
			t.Fatalf("%s: %v, %.80q", a.Key, err, a.Content)
		}
	}
	if n != len(want) {
		t.Errorf("%d articles, want %d", n, len(want))
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestEditedYoungIsBundledOld: what was put in bundles early, and edited after that, is
// once more when it is old.
func TestEditedYoungIsBundledOld(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	options := storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return now }}
	s, err := storage.Open(filepath.Join(t.TempDir(), "a.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storage.SetMostYoung(s, 100)
	o := newOrigin()
	var batches []storage.Batch
	want := map[string]string{}
	for range 10 {
		batches = append(batches, o.batch())
	}
	add := func() {
		for _, b := range batches {
			for _, e := range b.Entries {
				want[e.Name] = e.Article.Content
			}
			if _, err := s.Add(b); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Bundle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	add()
	now = now.Add(time.Hour)
	for _, b := range batches[:4] {
		for i := range b.Entries {
			if e := &b.Entries[i]; i%2 == 0 {
				e.Print, e.Revision, e.Article.Content = 1<<40, now, e.Article.Content+"<p>edited</p>"
			}
		}
	}
	add()
	if n := storage.Bundled(t, s); n < 250 || n > 400 {
		t.Fatalf("%d of 500 are in bundles where 100 were edited", n)
	}
	now = now.Add(80 * time.Hour)
	if _, err := s.Bundle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := storage.Bundled(t, s); n < 500-31 {
		t.Errorf("%d of 500 old articles are in bundles", n)
	}
	for a, err := range s.Articles(storage.Query{}) {
		if err != nil || a.Content != want[a.Key] {
			t.Fatalf("%s: %v, %.80q", a.Key, err, a.Content)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestBundleDamaged: an article whose bundle is gone or cannot be read is an error, and
// Check tells.
func TestBundleDamaged(t *testing.T) {
	for name, damage := range map[string]func(b *bolt.Bucket, k, v []byte) error{
		"gone":      func(b *bolt.Bucket, k, _ []byte) error { return b.Delete(k) },
		"cut":       func(b *bolt.Bucket, k, v []byte) error { return b.Put(k, v[:len(v)/2]) },
		"no bundle": func(b *bolt.Bucket, k, _ []byte) error { return b.Put(k, []byte{0, 31, 1}) },
		"one more":  func(b *bolt.Bucket, _, v []byte) error { return b.Put(make([]byte, 8), v) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			s, err := open(t, path)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(storage.BundleAll(s), s.Check(), s.Close()); err != nil {
				t.Fatal(err)
			}
			change(t, path, func(tx *bolt.Tx) error {
				b := tx.Bucket([]byte("bundles"))
				k, v := b.Cursor().First()
				return damage(b, append([]byte{}, k...), append([]byte{}, v...))
			})
			if s, err = open(t, path); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Article("0-0"); name != "one more" && !errors.Is(err, storage.ErrDamaged) {
				t.Errorf("read: %v", err)
			}
			if err := s.Check(); !errors.Is(err, storage.ErrDamaged) {
				t.Errorf("check: %v", err)
			}
		})
	}
}

// BenchmarkReadBundled reads single articles in no order, each out of a bundle of its
// own: the worst there is.
func BenchmarkReadBundled(b *testing.B) {
	for _, bundled := range []bool{false, true} {
		o := newOrigin()
		s, err := storage.Open(filepath.Join(b.TempDir(), "a.db"), storage.Options{Authority: "example.net,2026", NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		var keys []string
		for range 100 {
			batch := o.batch()
			keys = append(keys, batch.Entries[0].Name)
			if _, err := s.Add(batch); err != nil {
				b.Fatal(err)
			}
		}
		if bundled {
			if err := storage.BundleAll(s); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprintf("bundled=%t", bundled), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := s.Article(keys[i%len(keys)]); err != nil {
					b.Fatal(err)
				}
			}
		})
		s.Close()
	}
}
