package storage

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"time"
)

type storedRetry struct {
	Keys     []string `cbor:"1,keyasint"`
	Item     []byte   `cbor:"2,keyasint"`
	Attempts int      `cbor:"3,keyasint"`
}

// State is what a cycle of a source begins with: its record, as [Store.Source] gives it,
// and its wishes that are due, the longest due first.
type State struct {
	Source  *Source
	Retries []Retry
}

// States gives those of some sources, in their order, as they are at one moment, with
// wishes that are due by a time; a limit of 0 gives all of these.
func (s *Store) States(sources []string, due time.Time, limit int) (states []State, err error) {
	err = s.viewSources(func(t sourceTables) error {
		records, err := t.sources(sources)
		if err != nil {
			return err
		}
		retries := t.tx.Table("retries").Cursor()
		states = make([]State, len(records))
		for i, r := range records {
			states[i].Source = &r.Source
			if r.Number == 0 {
				continue
			}
			found, err := t.codec.retriesDue(retries, ofSource(r.Number), due)
			if err != nil {
				return err
			}
			if limit > 0 && len(found) > limit {
				found = found[:limit]
			}
			states[i].Retries = found
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return states, nil
}

func (c *codec) retriesDue(retries Cursor, head []byte, due time.Time) (found []Retry, err error) {
	for k, v := retries.Seek(head); bytes.HasPrefix(k, head); k, v = retries.Next() {
		when := fromMillis(int64(fromNumber(v)))
		if len(v) < 8 || when.After(due) {
			continue
		}
		var stored storedRetry
		if err := c.unmarshal(v[8:], &stored); err != nil {
			return nil, err
		}
		found = append(found, Retry{Keys: stored.Keys, Item: stored.Item, Attempts: stored.Attempts, Due: when})
	}
	slices.SortStableFunc(found, func(a, b Retry) int { return a.Due.Compare(b.Due) })
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
