package storage

import (
	"path/filepath"
	"sync/atomic"
	"testing"
)

// nested is an engine that notes whether it is asked for its space by somebody who
// reads.
type nested struct {
	Engine
	reading atomic.Int32
	within  atomic.Bool
}

func (n *nested) View(fn func(Tx) error) error {
	n.reading.Add(1)
	defer n.reading.Add(-1)
	return n.Engine.View(fn)
}

func (n *nested) Space() (Space, error) {
	if n.reading.Load() > 0 {
		n.within.Store(true)
	}
	return n.Engine.Space()
}

// TestSizeWithinNoTransaction: how large a store is, is not asked for while its own
// transaction is open. Where the file grew at that moment, bbolt's writer waited for
// that reader, the reader's second transaction for the writer, and all others for both.
func TestSizeWithinNoTransaction(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "x.example,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := &nested{Engine: s.engine}
	s.engine = n
	size, err := s.Size()
	if err != nil || size.Bytes == 0 {
		t.Errorf("%+v, %v", size, err)
	}
	st, err := s.Stats()
	if err != nil || st.Pages == 0 || st.Bytes != size.Bytes {
		t.Errorf("%+v, %v", st, err)
	}
	if n.within.Load() {
		t.Error("a transaction was opened within another")
	}
}
