package storage

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Condition is how a source fares, as its owner is told. What the states are
// called is the caller's affair.
type Condition struct {
	// Number names the condition for ever; of two, the later one's is greater.
	Number uint64
	Source string
	State  string
	Since  time.Time // since when it is so, which may be before it was found out
	At     time.Time // when it was found out
	Text   string    // what it is about
	// Was is the state before, and WasSince since when; empty for the first.
	Was      string
	WasSince time.Time
}

// mostConditions is how many of the newest are kept, and those that still hold.
const mostConditions = 500

type storedCondition struct {
	Source   string `cbor:"1,keyasint"`
	State    string `cbor:"2,keyasint"`
	Since    int64  `cbor:"3,keyasint,omitempty"`
	At       int64  `cbor:"4,keyasint"`
	Text     string `cbor:"5,keyasint,omitempty"`
	Was      string `cbor:"6,keyasint,omitempty"`
	WasSince int64  `cbor:"7,keyasint,omitempty"`
}

func conditionKey(number uint64) []byte { return binary.BigEndian.AppendUint64([]byte{'n'}, number) }
func holdsKey(source string) []byte     { return append([]byte{'s'}, source...) }

// PutCondition notes a new condition of a source, and fills in its Number and what
// it follows on.
func (s *Store) PutCondition(c Condition) (Condition, error) {
	err := s.update(func(t *tables) (err error) {
		if c.Number, err = t.tick(); err != nil {
			return err
		}
		before, _, err := t.condition(fromNumber(t.health.Get(holdsKey(c.Source))))
		if err != nil {
			return err
		}
		c.Was, c.WasSince = before.State, before.Since
		c.At = t.time
		value, err := t.codec.marshal(storedCondition{c.Source, c.State, seconds(c.Since), seconds(c.At), c.Text, c.Was, seconds(c.WasSince)})
		if err != nil {
			return err
		}
		if err := t.health.Put(conditionKey(c.Number), value); err != nil {
			return err
		}
		if err := t.health.Put(holdsKey(c.Source), number(c.Number)); err != nil {
			return err
		}
		return t.forgetConditions()
	})
	if err != nil {
		return c, fmt.Errorf("put condition of %s: %w", c.Source, err)
	}
	c.Since = whole(c.Since)
	return c, nil
}

func (t *tables) condition(n uint64) (c Condition, known bool, err error) {
	value := t.health.Get(conditionKey(n))
	if value == nil {
		return c, false, nil
	}
	var s storedCondition
	if err := t.codec.unmarshal(value, &s); err != nil {
		return c, false, fmt.Errorf("read condition %d: %w", n, err)
	}
	return Condition{n, s.Source, s.State, fromSeconds(s.Since), fromSeconds(s.At), s.Text, s.Was, fromSeconds(s.WasSince)}, true, nil
}

// forgetConditions forgets the oldest that no longer hold.
func (t *tables) forgetConditions() error {
	var over [][]byte
	kept := 0
	c := t.health.Cursor()
	for k, _ := before(c, []byte{'n' + 1}); len(k) > 0 && k[0] == 'n'; k, _ = c.Prev() {
		if kept++; kept <= mostConditions {
			continue
		}
		old, _, err := t.condition(fromNumber(k[1:]))
		if err != nil {
			return err
		}
		if fromNumber(t.health.Get(holdsKey(old.Source))) != old.Number {
			over = append(over, k)
		}
	}
	for _, k := range over {
		if err := t.health.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// Conditions gives the newest conditions, newest first.
func (s *Store) Conditions(limit int) (found []Condition, err error) {
	err = s.view(func(t *tables) error {
		c := t.health.Cursor()
		for k, _ := before(c, []byte{'n' + 1}); len(k) > 0 && k[0] == 'n' && len(found) < limit; k, _ = c.Prev() {
			one, _, err := t.condition(fromNumber(k[1:]))
			if err != nil {
				return err
			}
			found = append(found, one)
		}
		return nil
	})
	return found, err
}

// Holding gives the condition that each source is in, by its name; none of one
// that never had any.
func (s *Store) Holding() (map[string]Condition, error) {
	all := map[string]Condition{}
	err := s.view(func(t *tables) error {
		c := t.health.Cursor()
		for k, v := c.Seek([]byte{'s'}); len(k) > 0 && k[0] == 's'; k, v = c.Next() {
			one, known, err := t.condition(fromNumber(v))
			if err != nil {
				return err
			}
			if known {
				all[one.Source] = one
			}
		}
		return nil
	})
	return all, err
}
