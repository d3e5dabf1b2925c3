package storage

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

type storedRetry struct {
	Keys     []string `cbor:"1,keyasint"`
	Item     []byte   `cbor:"2,keyasint"`
	Attempts int      `cbor:"3,keyasint"`
}

// State is what a cycle of a source begins with: its record, as [Store.Source] gives it,
// and whether it has wishes; see [Store.Retries].
type State struct {
	Source *Source
	Wishes bool
}

// States gives those of some sources, in their order, as they are at one moment.
func (s *Store) States(sources []string) (states []State, err error) {
	err = s.viewSources(func(t sourceTables) error {
		records, err := t.sources(sources)
		if err != nil {
			return err
		}
		retries := t.tx.Table("retries").Cursor()
		states = make([]State, len(records))
		for i, r := range records {
			states[i].Source = &r.Source
			if r.Number != 0 {
				head := ofSource(r.Number)
				k, _ := retries.Seek(head)
				states[i].Wishes = bytes.HasPrefix(k, head)
			}
		}
		return nil
	})
	return states, err
}

// Retries gives the wishes of a source that are due by a time, the longest due first; a
// limit of 0 gives all.
func (s *Store) Retries(source string, due time.Time, limit int) (found []Retry, err error) {
	err = s.viewSources(func(t sourceTables) error {
		records, err := t.sources([]string{source})
		if err != nil || records[0].Number == 0 {
			return err
		}
		found, err = t.codec.retriesDue(t.tx.Table("retries").Cursor(), ofSource(records[0].Number), due, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("retries of %s: %w", source, err)
	}
	return found, nil
}

func (c *codec) retriesDue(retries Cursor, head []byte, due time.Time, limit int) (found []Retry, err error) {
	type wish struct {
		due  time.Time
		item []byte
	}
	var wishes []wish // which may be thousands, and are not decoded to be left out
	for k, v := retries.Seek(head); bytes.HasPrefix(k, head); k, v = retries.Next() {
		if len(v) < 8 {
			continue
		}
		if when := fromMillis(int64(fromNumber(v))); !when.After(due) {
			wishes = append(wishes, wish{when, v[8:]})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return a.due.Compare(b.due) })
	if limit > 0 && len(wishes) > limit {
		wishes = wishes[:limit]
	}
	for _, w := range wishes {
		var stored storedRetry
		if err := c.unmarshal(w.item, &stored); err != nil {
			return nil, err
		}
		found = append(found, Retry{Keys: stored.Keys, Item: stored.Item, Attempts: stored.Attempts, Due: w.due})
	}
	return found, nil
}

// putRetry stores the entry's wish, or forgets that of an earlier one.
func (a *addition) putRetry() error {
	key := retryKey(a.source.Number, a.arrival)
	switch {
	case a.arrival == 0, a.Retry == nil && a.Copy:
		return nil
	case a.Retry == nil:
		return a.retries.Delete(key)
	}
	keys := a.Retry.Keys
	if len(keys) == 0 {
		keys = a.Keys
	}
	value, err := a.codec.marshal(storedRetry{keys, a.Retry.Item, a.Retry.Attempts})
	if err != nil {
		return err
	}
	// A wish without a time is due at once.
	due := cmp.Or(millis(a.Retry.Due), 1)
	return a.retries.Put(key, append(number(uint64(due)), value...))
}

func retryKey(source uint32, arrival uint64) []byte {
	return binary.BigEndian.AppendUint64(ofSource(source), arrival)
}
