package storage

import (
	"errors"
	"fmt"
	"io"
)

// Backup writes a copy of the database, as it is now, as a file that Open
// opens. Others go on reading and writing; the file grows meanwhile by what
// they replace, since a copy under way keeps the old pages.
func (s *Store) Backup(w io.Writer) error {
	err := s.wrap(protect(func() error {
		if s.disk == nil {
			return s.backupElsewhere(w)
		}
		return s.disk.View(func(tx Tx) error {
			_, err := tx.(fileTx).WriteTo(w)
			if errors.Is(err, io.EOF) {
				return fmt.Errorf("%w: its file was cut", ErrDamaged)
			}
			return err
		})
	}))
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// Verify opens a database that nobody uses and checks it; it changes nothing,
// and sets nothing aside.
func Verify(path string) error {
	before, err := inspect(path)
	if err == nil && before == nil {
		err = fmt.Errorf("database %s: %w: it is empty", path, ErrDamaged)
	}
	if err != nil {
		return err
	}
	s, err := newStore(&file{path: path}, Options{})
	if err != nil {
		return err
	}
	s.verifying = true
	if err := s.openFile(Options{}); err != nil {
		return s.wrap(err)
	}
	defer s.engine.Close()
	return s.Check()
}
