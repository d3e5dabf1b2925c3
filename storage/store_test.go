package storage_test

import (
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
