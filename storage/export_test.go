package storage

import "testing"

// Written is how many bytes of pages the transactions so far have written.
func Written(s *Store) int64 {
	st := s.disk.db.Stats()
	return st.TxStats.GetPageAlloc()
}

// Update runs a function within a write transaction.
func (s *Store) Update(fn func()) error {
	return s.update(func(*tables) error { fn(); return nil })
}

// SetMostYoung bounds how many articles lie one by one.
func SetMostYoung(s *Store, n int) { s.mostYoung = n }

// Bundled is how many articles lie in bundles.
func Bundled(t *testing.T, s *Store) (n int) {
	t.Helper()
	err := s.view(func(tb *tables) error {
		c := tb.articles.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if isBundled(v) {
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// BundleAll puts all articles in bundles, today's too.
func BundleAll(s *Store) error {
	if err := s.update(func(t *tables) error { return t.unbundled(1) }); err != nil {
		return err
	}
	for {
		if n, err := s.bundleSome(bundledKey, 1<<63, 1); n == 0 || err != nil {
			return err
		}
	}
}
