package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Source is the store's record of a source's state. Its times are kept to the
// millisecond.
type Source struct {
	Name string

	// Validators of the last document that was stored whole.
	URL          string
	ETag         string
	LastModified string
	Hash         uint64
	Sent         uint64
	// Prints of the items in it, by which they are known when they come again, are
	// stored with the record, but only read by [Store.Prints]; nil leaves those that
	// are stored.
	Prints *string

	LastFetch   time.Time // last attempt
	LastSuccess time.Time
	LastNew     time.Time // when it last brought a new article
	Error       string    // of the last attempt; empty after a success
	ErrorSince  time.Time // first of the failures without a success between
	Failures    int       // in a row
	Due         time.Time // when the next fetch is to start
	Articles    uint64    // how many new articles it has brought; the store counts

	// Address is where the source was found to have moved for good from the
	// Configured URL; empty where it has not. Moved is where its permanent
	// redirects point to, MovedCount how many in a row said so, MovedSince the
	// first of them.
	Address    string
	Configured string
	Moved      string
	MovedCount int
	MovedSince time.Time

	TTL  time.Duration // how long its last document asked to be left alone,
	Skip uint32        // and in which hours and days; see fetcher.Skip
	Note string        // what was odd about it, though it was read; empty for nothing
	// Empty is since when its documents list nothing at all; zero while they do.
	Empty time.Time
	// Expected is until when something new usually comes after what came last, and
	// Usual the gap that is usual then; zero where that is not known.
	Expected time.Time
	Usual    time.Duration

	Read     time.Time // when it last told what it lists; the store notes it, see Listed
	Swept    time.Time // when its list was last read back beyond known ground
	Schedule uint64    // fingerprint of the schedule that Due is by

	// Terms is a fingerprint of how the document that the validators are of was
	// asked for and read; Fresh how long its headers said that it will not
	// change; Gone before when an origin that said it is gone is not asked again.
	Terms uint64
	Fresh time.Duration
	Gone  time.Time

	Step int // how far its own ids can be trusted; the caller's to count, never lower than before

	was standing // of a record that State has read
}

// standing is what of a record is the store's own affair, and a hash of all of it: where a
// record still stands so when its state is put, it need not be read again.
type standing struct {
	print    uint64
	number   uint32
	articles uint64
	read     time.Time
}

// sourceRecord is a Source and its number, by which other tables name it.
type sourceRecord struct {
	Source
	Number uint32 // 0 where the source was never stored
}

type storedSource struct {
	Number       uint32 `cbor:"1,keyasint"`
	URL          string `cbor:"2,keyasint,omitempty"`
	ETag         string `cbor:"3,keyasint,omitempty"`
	LastModified string `cbor:"4,keyasint,omitempty"`
	Hash         uint64 `cbor:"5,keyasint,omitempty"`
	LastFetch    int64  `cbor:"6,keyasint,omitempty"`
	LastSuccess  int64  `cbor:"7,keyasint,omitempty"`
	LastNew      int64  `cbor:"8,keyasint,omitempty"`
	Error        string `cbor:"9,keyasint,omitempty"`
	ErrorSince   int64  `cbor:"10,keyasint,omitempty"`
	Failures     int    `cbor:"11,keyasint,omitempty"`
	Due          int64  `cbor:"12,keyasint,omitempty"`
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

// Source gives the record of a source; of one that was never seen, only the name.
func (s *Store) Source(name string) (Source, error) {
	found, err := s.SourcesNamed([]string{name})
	if err != nil {
		return Source{Name: name}, err
	}
	return found[0], nil
}

// SourcesNamed gives the records of some sources, in their order.
func (s *Store) SourcesNamed(names []string) (found []Source, err error) {
	err = s.viewSources(func(t sourceTables) error {
		t.expect(names)
		found = make([]Source, len(names))
		for i, name := range names {
			r, _, err := t.source(name)
			if err != nil {
				return err
			}
			found[i] = r.Source
		}
		return nil
	})
	return found, err
}

// sourceTables are what the records of sources are read from.
type sourceTables struct {
	tx      Tx
	codec   *codec
	records Table
}

func (t sourceTables) expect(names []string) {
	keys := make([][]byte, len(names))
	for i, name := range names {
		keys[i] = []byte(name)
	}
	t.records.Expect(keys)
}

// source gives a record, and as it is stored.
func (t sourceTables) source(name string) (*sourceRecord, []byte, error) {
	value := t.records.Get([]byte(name))
	if value == nil {
		return &sourceRecord{Source: Source{Name: name}}, nil, nil
	}
	r, err := t.codec.decodeSource(name, value)
	return r, value, err
}

// Sources gives all records by name, also of sources no longer configured.
func (s *Store) Sources() (all []Source, err error) {
	err = s.view(func(t *tables) error {
		return t.eachSource(func(r *sourceRecord) { all = append(all, r.Source) })
	})
	return all, err
}

// PutSource stores the outcome of a cycle that changed no article. The error is
// [ErrLost] where the cycle is not this program's any more.
func (s *Store) PutSource(rec Source) error {
	return s.PutSources([]*Source{&rec})[0]
}

// PutSources stores those of many together. The errors are those of each.
func (s *Store) PutSources(recs []*Source) []error {
	err := s.putSources(recs)
	errs := make([]error, len(recs))
	for i, rec := range recs {
		if len(recs) > 1 && (errors.Is(err, ErrDamaged) || errors.Is(err, ErrLost)) { // perhaps of one of them
			errs[i] = s.PutSource(*rec)
		} else if err != nil {
			errs[i] = fmt.Errorf("put source %s: %w", rec.Name, err)
		}
	}
	return errs
}

func (s *Store) putSources(recs []*Source) error {
	names, keys := make([]string, len(recs)), make([][]byte, len(recs))
	for i, rec := range recs {
		if rec.Name == "" {
			return errors.New("no name")
		}
		names[i], keys[i] = rec.Name, []byte(rec.Name)
	}
	return s.updateOutcomes(names, func(t *tables) error {
		t.sourceRecords.Expect(keys)
		var src sourceRecord
		for _, rec := range recs {
			if err := t.standingSource(&src, rec); err != nil {
				return err
			}
			t.setState(&src, *rec)
			if err := t.putSource(&src); err != nil {
				return err
			}
		}
		return nil
	})
}

// setState takes over all but what is the store's own affair.
func (t *tables) setState(r *sourceRecord, state Source) {
	state.Name, state.Articles, state.Read, state.was = r.Name, r.Articles, r.Read, standing{}
	r.Source = state
	if shared, ok := t.tx.(Timetable); ok {
		shared.Due(r.Name, r.Due)
	}
}

func (t *tables) source(name string) (*sourceRecord, error) {
	r, _, err := sourceTables{t.tx, t.codec, t.sourceRecords}.source(name)
	return r, err
}

// sourceNames are the names by number, which is how everything else names them.
func (t *tables) sourceNames() (map[uint32]string, error) {
	names := make(map[uint32]string)
	err := t.eachSource(func(r *sourceRecord) { names[r.Number] = r.Name })
	return names, err
}

func (t *tables) eachSource(do func(*sourceRecord)) error {
	c := t.sourceRecords.Cursor()
	for name, value := c.First(); name != nil; name, value = c.Next() {
		r, err := t.codec.decodeSource(string(name), value)
		if err != nil {
			return err
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

// standingSource is ownSource, but for what the caller's own state of it replaces.
func (t *tables) standingSource(r *sourceRecord, state *Source) error {
	was := state.was
	if was.number != 0 && xxhash.Sum64(t.sourceRecords.Get([]byte(state.Name))) == was.print {
		*r = sourceRecord{Number: was.number, Source: Source{Name: state.Name, Articles: was.articles, Read: was.read}}
		return nil
	}
	own, err := t.ownSource(state.Name)
	if err == nil {
		*r = *own
	}
	return err
}

func (t *tables) putSource(r *sourceRecord) error {
	s := storedSources.Get().(*storedSource)
	defer storedSources.Put(s)
	*s = storedSource{
		Number: r.Number, URL: r.URL, ETag: r.ETag, LastModified: r.LastModified, Hash: r.Hash, Sent: r.Sent,
		LastFetch: millis(r.LastFetch), LastSuccess: millis(r.LastSuccess), LastNew: millis(r.LastNew),
		Error: r.Error, ErrorSince: millis(r.ErrorSince), Failures: r.Failures,
		Due: millis(r.Due), Articles: r.Articles,
		Address: r.Address, Moved: r.Moved, MovedCount: r.MovedCount, MovedSince: millis(r.MovedSince), Configured: r.Configured, TTL: int64(r.TTL), Skip: r.Skip, Step: r.Step, Note: r.Note,
		Terms: r.Terms, Fresh: int64(r.Fresh), Gone: millis(r.Gone), Empty: millis(r.Empty), Expected: millis(r.Expected), Usual: int64(r.Usual), Schedule: r.Schedule, Swept: millis(r.Swept), Read: millis(r.Read),
	}
	if s.URL != "" && s.URL == s.Configured {
		s.URL, s.Same = "", true
	}
	value, err := t.codec.encode(s)
	if err != nil {
		return err
	}
	if r.Prints != nil {
		if err := t.meta.Put(printsKey(r.Name), []byte(*r.Prints)); err != nil {
			return err
		}
	}
	return t.sourceRecords.Put([]byte(r.Name), value)
}

func printsKey(source string) []byte { return append([]byte("prints:"), source...) }

// Prints gives those of a source's last document that was stored whole. They are some
// forty bytes an item, and most cycles, whose document is as it was, do without.
func (s *Store) Prints(source string) (prints string, err error) {
	err = s.view(func(t *tables) error {
		prints = string(t.meta.Get(printsKey(source)))
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("prints of %s: %w", source, err)
	}
	return prints, nil
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
	return &sourceRecord{Number: s.Number, Source: Source{
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
