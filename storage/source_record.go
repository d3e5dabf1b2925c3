package storage

import (
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
)

// sourceRecord is a Source and its number, by which other tables name it.
type sourceRecord struct {
	Source
	Number uint32 // 0 where the source was never stored
	timed  bool   // it had the times of its fetches in it, as records of schema 12 and older
}

type storedSource struct {
	Number       uint32 `cbor:"1,keyasint"`
	URL          string `cbor:"2,keyasint,omitempty"`
	ETag         string `cbor:"3,keyasint,omitempty"`
	LastModified string `cbor:"4,keyasint,omitempty"`
	Hash         uint64 `cbor:"5,keyasint,omitempty"`
	LastFetch    int64  `cbor:"6,keyasint,omitempty"` // see timed,
	LastSuccess  int64  `cbor:"7,keyasint,omitempty"`
	LastNew      int64  `cbor:"8,keyasint,omitempty"`
	Error        string `cbor:"9,keyasint,omitempty"`
	ErrorSince   int64  `cbor:"10,keyasint,omitempty"`
	Failures     int    `cbor:"11,keyasint,omitempty"`
	Due          int64  `cbor:"12,keyasint,omitempty"` // as this
	// 13 was when a rest of its host ended; see Rest.
	Articles   uint64 `cbor:"14,keyasint,omitempty"`
	Address    string `cbor:"15,keyasint,omitempty"`
	Moved      string `cbor:"16,keyasint,omitempty"`
	MovedCount int    `cbor:"17,keyasint,omitempty"`
	MovedSince int64  `cbor:"18,keyasint,omitempty"`
	Configured string `cbor:"19,keyasint,omitempty"`
	TTL        int64  `cbor:"20,keyasint,omitempty"`
	Step       int    `cbor:"21,keyasint,omitempty"`
	Note       string `cbor:"22,keyasint,omitempty"`
	Terms      uint64 `cbor:"23,keyasint,omitempty"`
	Fresh      int64  `cbor:"24,keyasint,omitempty"`
	Gone       int64  `cbor:"25,keyasint,omitempty"`
	Skip       uint32 `cbor:"26,keyasint,omitempty"`
	Empty      int64  `cbor:"27,keyasint,omitempty"`
	Expected   int64  `cbor:"28,keyasint,omitempty"`
	Usual      int64  `cbor:"29,keyasint,omitempty"`
	Schedule   uint64 `cbor:"30,keyasint,omitempty"`
	Swept      int64  `cbor:"31,keyasint,omitempty"`
	Sent       uint64 `cbor:"32,keyasint,omitempty"`
	// 33 was a shorter kind of Prints.
	Read int64 `cbor:"34,keyasint,omitempty"`
	Same bool  `cbor:"35,keyasint,omitempty"` // URL is Configured, and not stored twice
}

// sourceTables are what the records of sources are read from.
type sourceTables struct {
	tx               Tx
	codec            *codec
	records, fetched Table
}

// sources gives records with the times of their fetches, and how they stand.
func (t sourceTables) sources(names []string) ([]*sourceRecord, error) {
	keys := make([][]byte, len(names))
	for i, name := range names {
		keys[i] = []byte(name)
	}
	t.records.Expect(keys)
	records := make([]*sourceRecord, len(names))
	for i, name := range names {
		value := t.records.Get(keys[i])
		if value == nil {
			records[i] = &sourceRecord{Source: Source{Name: name}}
			continue
		}
		r, err := t.codec.decodeSource(name, value)
		if err != nil {
			return nil, err
		}
		r.was = standing{print: xxhash.Sum64(value), number: r.Number, articles: r.Articles, read: r.Read}
		records[i] = r
	}
	tellFetched(t.fetched, records)
	return records, nil
}

// source gives a record without the times of its fetches.
func (t *tables) source(name string) (*sourceRecord, error) {
	if value := t.sourceRecords.Get([]byte(name)); value != nil {
		return t.codec.decodeSource(name, value)
	}
	return &sourceRecord{Source: Source{Name: name}}, nil
}

// sourceNames are the names by number, which is how everything else names them.
func (t *tables) sourceNames() (map[uint32]string, error) {
	names := make(map[uint32]string)
	err := t.eachSource(func(r *sourceRecord) { names[r.Number] = r.Name })
	return names, err
}

func (t *tables) eachSource(do func(*sourceRecord)) error {
	times := map[string]fetched{} // by key
	at := t.fetched.Cursor()
	for k, v := at.First(); k != nil; k, v = at.Next() {
		if f, ok := readFetched(v); ok {
			times[string(k)] = f
		}
	}
	c := t.sourceRecords.Cursor()
	for name, value := c.First(); name != nil; name, value = c.Next() {
		r, err := t.codec.decodeSource(string(name), value)
		if err != nil {
			return err
		}
		if f, ok := times[string(ofSource(r.Number))]; ok {
			f.tell(&r.Source)
		}
		do(r)
	}
	return nil
}

// ownSource is source, with a number at its first use.
func (t *tables) ownSource(name string) (*sourceRecord, error) {
	r, err := t.source(name)
	if err != nil || r.Number != 0 {
		return r, err
	}
	n, err := next(t.sourceRecords)
	r.Number = uint32(n)
	return r, err
}

// putSource stores a record, without the times of its fetches.
func (t *tables) putSource(r *sourceRecord) error {
	s := r.stored()
	defer storedSources.Put(s)
	value, err := t.codec.encode(s)
	if err != nil {
		return err
	}
	if r.Prints != nil {
		if err := t.meta.Put(printsKey(r.Name), []byte(*r.Prints)); err != nil {
			return err
		}
	}
	if r.timed {
		if err := t.putFetched(r.Number, &r.Source); err != nil {
			return err
		}
	}
	return t.sourceRecords.Put([]byte(r.Name), value)
}

// stored is what is stored of a record, without the times of its fetches. It goes back to
// storedSources.
func (r *sourceRecord) stored() *storedSource {
	s := storedSources.Get().(*storedSource)
	*s = storedSource{
		Number: r.Number, URL: r.URL, ETag: r.ETag, LastModified: r.LastModified, Hash: r.Hash, Sent: r.Sent,
		LastNew: millis(r.LastNew),
		Error:   r.Error, ErrorSince: millis(r.ErrorSince), Failures: r.Failures,
		Articles: r.Articles,
		Address:  r.Address, Moved: r.Moved, MovedCount: r.MovedCount, MovedSince: millis(r.MovedSince), Configured: r.Configured, TTL: int64(r.TTL), Skip: r.Skip, Step: r.Step, Note: r.Note,
		Terms: r.Terms, Fresh: int64(r.Fresh), Gone: millis(r.Gone), Empty: millis(r.Empty), Expected: millis(r.Expected), Usual: int64(r.Usual), Schedule: r.Schedule, Swept: millis(r.Swept), Read: millis(r.Read),
	}
	if s.URL != "" && s.URL == s.Configured {
		s.URL, s.Same = "", true
	}
	return s
}

// storedSources are what records are decoded into and encoded from, one after the other.
var storedSources = sync.Pool{New: func() any { return new(storedSource) }}

func (c *codec) decodeSource(name string, value []byte) (*sourceRecord, error) {
	s := storedSources.Get().(*storedSource)
	defer storedSources.Put(s)
	*s = storedSource{}
	if err := c.unmarshal(value, s); err != nil {
		return nil, fmt.Errorf("read source %s: %w", name, err)
	}
	if s.Same {
		s.URL = s.Configured
	}
	return &sourceRecord{Number: s.Number, timed: s.LastFetch != 0 || s.LastSuccess != 0 || s.Due != 0, Source: Source{
		Name: name, URL: s.URL, ETag: s.ETag, LastModified: s.LastModified, Hash: s.Hash, Sent: s.Sent,
		LastFetch: fromMillis(s.LastFetch), LastSuccess: fromMillis(s.LastSuccess), LastNew: fromMillis(s.LastNew),
		Error: s.Error, ErrorSince: fromMillis(s.ErrorSince), Failures: s.Failures,
		Due: fromMillis(s.Due), Articles: s.Articles,
		Address: s.Address, Moved: s.Moved, MovedCount: s.MovedCount, MovedSince: fromMillis(s.MovedSince), Configured: s.Configured, TTL: time.Duration(s.TTL), Skip: s.Skip, Step: s.Step, Note: s.Note,
		Terms: s.Terms, Fresh: time.Duration(s.Fresh), Gone: fromMillis(s.Gone), Empty: fromMillis(s.Empty), Expected: fromMillis(s.Expected), Usual: time.Duration(s.Usual), Schedule: s.Schedule, Swept: fromMillis(s.Swept), Read: fromMillis(s.Read),
	}}, nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// ofSource heads the keys of what belongs to a source.
func ofSource(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
