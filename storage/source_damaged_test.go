package storage_test

import (
	"errors"
	"testing"

	bolt "go.etcd.io/bbolt"

	"aggregator/storage"
)

// TestDamagedRecordHarmsNoOtherSource: of outcomes that are stored together, those of
// sources whose records can be read are stored.
func TestDamagedRecordHarmsNoOtherSource(t *testing.T) {
	path := filled(t)
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.PutSource(storage.Source{Name: "torn"}), s.Close()); err != nil {
		t.Fatal(err)
	}
	change(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("sources")).Put([]byte("torn"), []byte{0xff})
	})
	if s, err = open(t, path); err != nil {
		t.Fatal(err)
	}
	errs := s.PutSources([]*storage.Source{{Name: "one", Failures: 3}, {Name: "torn"}, {Name: "two", Failures: 3}})
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("%v", errs)
	}
	for _, name := range []string{"one", "two"} {
		if got, err := s.Source(name); got.Failures != 3 || err != nil {
			t.Errorf("%s: %d, %v", name, got.Failures, err)
		}
	}
}
