package storage

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
)

type storedRetry struct {
	Keys     []string `cbor:"1,keyasint"`
	Item     []byte   `cbor:"2,keyasint"`
	Attempts int      `cbor:"3,keyasint"`
}

// State gives the record of a source, as Source does, and its wishes that are due by
// a time, the longest due first; a limit of 0 gives all.
func (s *Store) State(source string, due time.Time, limit int) (rec *Source, found []Retry, err error) {
	err = s.viewSource(source, func(src *sourceRecord, value []byte, c *codec, tx Tx) error {
		rec = &src.Source
		rec.was = standing{print: xxhash.Sum64(value), number: src.Number, articles: src.Articles, read: src.Read}
		found, err = c.retriesDue(tx.Table("retries"), ofSource(src.Number), due)
		return err
	})
	if rec == nil {
		rec = &Source{Name: source}
	}
	slices.SortStableFunc(found, func(a, b Retry) int { return a.Due.Compare(b.Due) })
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	return rec, found, err
}

func (c *codec) retriesDue(retries Table, head []byte, due time.Time) (found []Retry, err error) {
	at := retries.Cursor()
	for k, v := at.Seek(head); bytes.HasPrefix(k, head); k, v = at.Next() {
		when := fromMillis(int64(fromNumber(v)))
		if len(v) < 8 || when.After(due) {
			continue
		}
		var r storedRetry
		if err := c.unmarshal(v[8:], &r); err != nil {
			return nil, err
		}
		found = append(found, Retry{Keys: r.Keys, Item: r.Item, Attempts: r.Attempts, Due: when})
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
