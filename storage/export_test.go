package storage

// Written is how many bytes of pages the transactions so far have written.
func Written(s *Store) int64 {
	st := s.disk.db.Stats()
	return st.TxStats.GetPageAlloc()
}

// Update runs a function within a write transaction.
func (s *Store) Update(fn func()) error {
	return s.update(func(*tables) error { fn(); return nil })
}

// BundleAll puts all articles in bundles, today's too.
func BundleAll(s *Store) error {
	if err := s.update(func(t *tables) error { return t.unbundled(1) }); err != nil {
		return err
	}
	for {
		if n, err := s.bundleSome(1<<63, 1); n == 0 || err != nil {
			return err
		}
	}
}
