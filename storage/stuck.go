package storage

import (
	"fmt"
	"sync"
)

// stuck is what becomes of a file that was cut short, or whose disk was taken away, while
// it is open: to read it faults, and where that meets bbolt in the midst of its own work
// it keeps a lock for good. Who comes after that is told, instead of waiting for the lock.
type stuck struct {
	once sync.Once
	is   chan struct{} // closed when it is
}

func newStuck() *stuck { return &stuck{is: make(chan struct{})} }

func (s *stuck) now() bool {
	select {
	case <-s.is:
		return true
	default:
		return false
	}
}

func (s *stuck) stick() { s.once.Do(func() { close(s.is) }) }

// err tells whoever comes to a file that is stuck.
func (s *stuck) err() error {
	if s.now() {
		return fmt.Errorf("%w: it cannot be read any more; the next start looks what is left of it", ErrDamaged)
	}
	return nil
}

// guard runs what is bbolt's own work to begin and to end reading. Where that panics, it
// is stuck. Who reads beside that, and ends in the same moment, may wait for ever.
func (s *stuck) guard(work func() error) error {
	if err := s.err(); err != nil {
		return err
	}
	ended := false
	defer func() {
		if !ended {
			s.stick()
		}
	}()
	err := work()
	ended = true
	return err
}
