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
