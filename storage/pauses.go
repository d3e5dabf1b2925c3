package storage

import (
	"fmt"
	"slices"
	"time"
)

// Pause is a time in which sources were due and not asked: the program did not run,
// the machine slept, or its link was down.
type Pause struct{ From, To time.Time }

var pausesKey = []byte("pauses")

// Pauses are those that were noted, in order.
func (s *Store) Pauses() (all []Pause, err error) {
	err = s.view(func(t *tables) error { all, err = t.pauses(); return err })
	if err != nil {
		return nil, fmt.Errorf("pauses: %w", err)
	}
	return all, nil
}

func (t *tables) pauses() ([]Pause, error) {
	var stored [][2]int64
	value := t.meta.Get(pausesKey)
	if value == nil {
		return nil, nil
	}
	err := t.codec.unmarshal(value, &stored)
	all := make([]Pause, len(stored))
	for i, p := range stored {
		all[i] = Pause{fromMillis(p[0]), fromMillis(p[1])}
	}
	return all, err
}

// PutPause notes one, and forgets those that ended before since.
func (s *Store) PutPause(p Pause, since time.Time) error {
	err := s.update(func(t *tables) error {
		all, err := t.pauses()
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(append(all, p), func(p Pause) bool { return p.To.Before(since) })
		stored := make([][2]int64, len(all))
		for i, p := range all {
			stored[i] = [2]int64{millis(p.From), millis(p.To)}
		}
		value, err := s.codec.marshal(stored)
		if err != nil {
			return err
		}
		return t.meta.Put(pausesKey, value)
	})
	if err != nil {
		return fmt.Errorf("put pause: %w", err)
	}
	return nil
}
