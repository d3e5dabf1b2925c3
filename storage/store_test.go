package storage_test

import (
	"errors"
	"path/filepath"
	"testing"

	"aggregator/storage"
	"aggregator/storage/storagetest"
)

func TestPromises(t *testing.T) {
	storagetest.Run(t, func(t testing.TB) storagetest.Database {
		path := filepath.Join(t.TempDir(), "test.db")
		return func(o storage.Options) (storagetest.Store, error) { return storage.Open(path, o) }
	})
}

// TestPromisesInBundles: all promises hold where every article lies in a bundle as
// soon as it is stored, moves out at each change, and in again.
func TestPromisesInBundles(t *testing.T) {
	storagetest.Run(t, func(t testing.TB) storagetest.Database {
		path := filepath.Join(t.TempDir(), "test.db")
		return func(o storage.Options) (storagetest.Store, error) {
			s, err := storage.Open(path, o)
			return bundling{s}, err
		}
	})
}

type bundling struct{ *storage.Store }

func (s bundling) Add(b storage.Batch) ([]storage.Change, error) {
	changes, err := s.Store.Add(b)
	return changes, errors.Join(err, storage.BundleAll(s.Store))
}

func (s bundling) Restore(entries []storage.Entry) (int, error) {
	n, err := s.Store.Restore(entries)
	return n, errors.Join(err, storage.BundleAll(s.Store))
}
