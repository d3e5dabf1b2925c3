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

func (s *stuck) now() bool {
	select {
	case <-s.is:
		return true
	default:
		return false
	}
}

// guard runs what is bbolt's own work with a transaction. Where that panics, it is stuck.
func (s *stuck) guard(work func() error) error {
	if s.now() {
		return fmt.Errorf("%w: it cannot be read any more; the next start looks what is left of it", ErrDamaged)
	}
	ended := false
	defer func() {
		if !ended {
			s.once.Do(func() { close(s.is) })
		}
	}()
	err := work()
	ended = true
	return err
}
