package storage

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
)

// maxGroup is how many writes share a transaction at most.
const maxGroup = 64

// write is one function that waits to be run in a transaction.
type write struct {
	fn    func(*tables) error
	done  chan error
	alone bool // shares its transaction with nobody
	// outcomes are the sources whose outcome is written.
	outcomes []string
}

// update runs fn in a write transaction, which it may share with others that
// wait at the same time: a commit costs two syncs to the disk whatever it holds.
// Unlike bolt.DB.Batch nobody waits for company: those who come while a commit
// is under way make the next group. fn may run more than once and must start
// afresh each time. When fn fails nothing of it is stored, and what the others
// of its group wrote is.
func (s *Store) update(fn func(*tables) error) error {
	return s.enqueue(write{fn: fn, done: make(chan error, 1)})
}

// updateOutcomes is update for the outcome of sources, which is refused with [ErrLost]
// where another is at work on one of them by then: a write may wait for long.
func (s *Store) updateOutcomes(sources []string, fn func(*tables) error) error {
	return s.enqueue(write{fn: fn, done: make(chan error, 1), outcomes: sources})
}

// stuck is closed when the file is.
func (s *Store) stuck() <-chan struct{} {
	if s.disk == nil {
		return nil
	}
	return s.disk.stuck.is
}

func (s *Store) enqueue(w write) error {
	select {
	case s.writes <- w:
	case <-s.closing:
		return ErrClosed
	case <-s.stuck():
		return s.wrap(s.disk.stuck.err())
	}
	select {
	case err := <-w.done:
		return s.wrap(err)
	case <-s.stuck(): // the one who writes may wait for ever
		return s.wrap(s.disk.stuck.err())
	}
}

// write is the one goroutine that writes.
func (s *Store) write() {
	defer close(s.written)
	for {
		select {
		case w := <-s.writes:
			group, next := s.gather(w)
			s.commit(group)
			if next != nil {
				s.commit([]write{*next})
			}
		case <-s.closing:
			return
		}
	}
}

// gather adds to w those that are waiting already; next is one that wants to be
// alone.
func (s *Store) gather(w write) (group []write, next *write) {
	group = []write{w}
	for len(group) < maxGroup && !w.alone {
		select {
		case other := <-s.writes:
			if other.alone {
				return group, &other
			}
			group = append(group, other)
		default:
			return group, nil
		}
	}
	return group, nil
}

// commit runs the group in one transaction; one that fails is answered and
// taken out, and the rest start again.
func (s *Store) commit(group []write) {
	for len(group) > 0 {
		failed, err := s.metrics.write(func() (int, error) { return s.try(group) })
		if failed >= 0 {
			group[failed].done <- err
			group = slices.Delete(group, failed, failed+1)
			continue
		}
		for _, w := range group {
			w.done <- err
		}
		return
	}
}

// try returns the index of the write that failed, or -1 where the outcome is
// that of the whole transaction.
func (s *Store) try(group []write) (failed int, err error) {
	var t *tables
	at := -1 // the write that runs
	err = protect(func() error {
		return s.engine.Update(func(tx Tx) error {
			failed = -1
			t = s.tables(tx)
			t.told, t.began = map[uint64]fingerprint{}, t.articles.Sequence()
			if err := t.ours(); err != nil {
				return err
			}
			lost, err := t.lost(group)
			if err != nil {
				return err
			}
			for at = range group {
				if err := group[at].run(t, lost); err != nil {
					failed = at
					return err
				}
			}
			t.ended, at = t.articles.Sequence(), -1
			return t.tally()
		})
	})
	if errors.Is(err, ErrDamaged) {
		failed = at // it alone, perhaps, comes to the damage
	}
	s.settle(t, err)
	return failed, err
}

// lost are the sources of a group whose outcome others store.
func (t *tables) lost(group []write) (map[string]bool, error) {
	shared, ok := t.tx.(Timetable)
	if !ok {
		return nil, nil
	}
	var sources []string
	for _, w := range group {
		sources = append(sources, w.outcomes...)
	}
	if len(sources) == 0 {
		return nil, nil
	}
	return shared.Lost(sources)
}

func (w *write) run(t *tables, lost map[string]bool) error {
	if slices.ContainsFunc(w.outcomes, func(source string) bool { return lost[source] }) {
		return ErrLost
	}
	return w.fn(t)
}

// ours tells whether the tables are still those that this version knows: another
// node of a newer one may have brought them forward.
func (t *tables) ours() error {
	if version := t.meta.Sequence(); version > schema {
		return errNewer(int(version))
	}
	return nil
}

// protect turns a panic into an error. Engines panic where they cannot read: bbolt
// where pages make no sense, and reading a file that was cut short faults. None of
// it may end the daemon, which can still serve what it has rendered and say what is
// wrong.
func protect(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case Failure:
			err = r
		default:
			err = fmt.Errorf("%w: %s", ErrDamaged, plainly(r))
		}
	}()
	return fn()
}
