package storage

// Alive finds out whether the store still reads and writes: it returns when it has
// done both, and not at all where the disk or a transaction hangs. A commit of
// nothing is a commit all the same, with its syncs.
func (s *Store) Alive() error {
	if _, err := s.Count(); err != nil {
		return err
	}
	return s.update(func(*tables) error { return nil })
}
