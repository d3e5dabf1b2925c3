package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"aggregator/storage"
)

// TestPruneInterruptedByDamage: what fails while the time runs out is told as what
// failed, and not as an interruption.
func TestPruneInterruptedByDamage(t *testing.T) {
	path := filled(t)
	change(t, path, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("articles"))
		k, _ := b.Cursor().First()
		return b.Put(k, []byte{0xff})
	})
	ctx, cancel := context.WithCancel(t.Context())
	begun := false
	o := options
	o.Now = func() time.Time {
		if begun { // the first transaction reads the time
			cancel()
		}
		return time.Now()
	}
	s, err := storage.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	begun = true
	_, err = s.Prune(ctx, storage.Retention{MaxArticles: 1})
	if ctx.Err() == nil || !errors.Is(err, storage.ErrDamaged) || errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
