package storage

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// record is an article and what only the store knows of it. It holds all that
// is needed to find, and to remove, the article's entries in the other tables.
type record struct {
	article.Article
	Keys     []string  // its aliases, as they are in the table
	Listings []listing // who lists it
	Revision time.Time // of what is stored, as the origin told it
	Change   uint64    // its entry in "changes"
	Verdict  article.Verdict
	// Version is the order at which the present version was stored; 0 while
	// there is but the first. Unrevised is how often it was edited without a
	// new revision since the last one.
	Version   uint64
	Unrevised int
	Remade    bool // the present version is what our own rules made: see Remake
	Joins     []joined
}

// listing is one source's item that is the article.
type listing struct {
	Source uint32 // its number
	Item   uint64 // hash of the item's first key
}

// storedRecord is a record as bytes. The field numbers are part of the schema:
// a number is never given to another field.
type storedRecord struct {
	ID         string            `cbor:"1,keyasint"`
	Key        string            `cbor:"2,keyasint"`
	GUID       string            `cbor:"3,keyasint,omitempty"`
	Source     string            `cbor:"4,keyasint,omitempty"`
	Title      string            `cbor:"5,keyasint,omitempty"`
	Link       string            `cbor:"6,keyasint,omitempty"`
	Via        []string          `cbor:"7,keyasint,omitempty"`
	Published  int64             `cbor:"8,keyasint,omitempty"`
	Updated    int64             `cbor:"9,keyasint,omitempty"`
	Seen       int64             `cbor:"10,keyasint,omitempty"`
	Changed    int64             `cbor:"11,keyasint,omitempty"`
	Categories []string          `cbor:"12,keyasint,omitempty"`
	Tags       []string          `cbor:"13,keyasint,omitempty"`
	Stocks     []string          `cbor:"14,keyasint,omitempty"`
	Author     string            `cbor:"15,keyasint,omitempty"`
	Origin     string            `cbor:"16,keyasint,omitempty"`
	Image      string            `cbor:"17,keyasint,omitempty"`
	Summary    string            `cbor:"18,keyasint,omitempty"`
	Content    string            `cbor:"19,keyasint,omitempty"`
	Enclosures []storedEnclosure `cbor:"20,keyasint,omitempty"`
	Withdrawn  int64             `cbor:"21,keyasint,omitempty"`
	Keys       []string          `cbor:"22,keyasint,omitempty"`
	Listings   []storedListing   `cbor:"23,keyasint,omitempty"`
	Revision   int64             `cbor:"24,keyasint,omitempty"`
	Change     uint64            `cbor:"25,keyasint,omitempty"`
	Verdict    *storedVerdict    `cbor:"26,keyasint,omitempty"`
	Version    uint64            `cbor:"27,keyasint,omitempty"`
	Unrevised  int               `cbor:"28,keyasint,omitempty"`
	Joins      []storedJoin      `cbor:"29,keyasint,omitempty"`
	Remade     bool              `cbor:"30,keyasint,omitempty"`
}

type storedEnclosure struct {
	_      struct{} `cbor:",toarray"`
	URL    string
	Type   string
	Length int64
}

type storedListing struct {
	_      struct{} `cbor:",toarray"`
	Source uint32
	Item   uint64
}

type storedJoin struct {
	Step     string   `cbor:"1,keyasint"`
	Key      string   `cbor:"2,keyasint"`
	Source   string   `cbor:"3,keyasint"`
	Link     string   `cbor:"4,keyasint,omitempty"`
	At       int64    `cbor:"5,keyasint"`
	Reason   string   `cbor:"6,keyasint,omitempty"`
	Distance int      `cbor:"7,keyasint,omitempty"`
	Order    uint64   `cbor:"8,keyasint,omitempty"`
	Gained   []string `cbor:"9,keyasint,omitempty"`
}

type storedVerdict struct {
	From       string            `cbor:"1,keyasint,omitempty"`
	Refused    string            `cbor:"2,keyasint,omitempty"`
	Failed     string            `cbor:"3,keyasint,omitempty"`
	Candidates []storedCandidate `cbor:"4,keyasint,omitempty"`
}

type storedCandidate struct {
	_     struct{} `cbor:",toarray"`
	From  string
	Score int
	Why   string
}

func (r *record) stored() *storedRecord {
	s := &storedRecord{
		ID: r.ID, Key: r.Key, GUID: r.GUID, Source: r.Source, Title: r.Title, Link: r.Link, Via: r.Via,
		Published: seconds(r.Published), Updated: seconds(r.Updated), Seen: seconds(r.Seen),
		Changed: seconds(r.Changed), Withdrawn: seconds(r.Withdrawn), Revision: seconds(r.Revision),
		Categories: r.Categories, Tags: r.Tags, Stocks: r.Stocks, Author: r.Author, Origin: r.Origin,
		Image: r.Image, Summary: r.Summary, Content: r.Content, Keys: r.Keys, Change: r.Change,
		Verdict: storeVerdict(r.Verdict), Version: r.Version, Unrevised: r.Unrevised, Remade: r.Remade,
	}
	for _, e := range r.Enclosures {
		s.Enclosures = append(s.Enclosures, storedEnclosure{URL: e.URL, Type: e.Type, Length: e.Length})
	}
	for _, l := range r.Listings {
		s.Listings = append(s.Listings, storedListing{Source: l.Source, Item: l.Item})
	}
	for _, j := range r.Joins {
		s.Joins = append(s.Joins, storedJoin{j.Step, j.Key, j.Source, j.Link, seconds(j.At), j.Reason, j.Distance, j.Order, j.Gained})
	}
	return s
}

func (s *storedRecord) record() *record {
	r := &record{Article: article.Article{
		ID: s.ID, Key: s.Key, GUID: s.GUID, Source: s.Source, Title: s.Title, Link: s.Link, Via: s.Via,
		Published: fromSeconds(s.Published), Updated: fromSeconds(s.Updated), Seen: fromSeconds(s.Seen),
		Changed: fromSeconds(s.Changed), Withdrawn: fromSeconds(s.Withdrawn),
		Categories: s.Categories, Tags: s.Tags, Stocks: s.Stocks, Author: s.Author, Origin: s.Origin,
		Image: s.Image, Summary: s.Summary, Content: s.Content,
	}, Keys: s.Keys, Revision: fromSeconds(s.Revision), Change: s.Change, Verdict: s.Verdict.verdict(), Version: s.Version, Unrevised: s.Unrevised, Remade: s.Remade}
	for _, e := range s.Enclosures {
		r.Enclosures = append(r.Enclosures, article.Enclosure{URL: e.URL, Type: e.Type, Length: e.Length})
	}
	for _, l := range s.Listings {
		r.Listings = append(r.Listings, listing{Source: l.Source, Item: l.Item})
	}
	for _, j := range s.Joins {
		r.Joins = append(r.Joins, joined{Join{j.Step, j.Key, j.Source, j.Link, fromSeconds(j.At), j.Reason, j.Distance}, j.Order, j.Gained})
	}
	return r
}

// storeVerdict gives nil where nothing is known, as of an imported article.
func storeVerdict(v article.Verdict) *storedVerdict {
	if v.From == "" && v.Refused == "" && v.Failed == "" && len(v.Candidates) == 0 {
		return nil
	}
	s := &storedVerdict{From: v.From, Refused: string(v.Refused), Failed: v.Failed}
	for _, c := range v.Candidates {
		s.Candidates = append(s.Candidates, storedCandidate{From: c.From, Score: c.Score, Why: c.Why})
	}
	return s
}

func (s *storedVerdict) verdict() (v article.Verdict) {
	if s == nil {
		return v
	}
	v = article.Verdict{From: s.From, Refused: article.Refusal(s.Refused), Failed: s.Failed}
	for _, c := range s.Candidates {
		v.Candidates = append(v.Candidates, article.Candidate{From: c.From, Score: c.Score, Why: c.Why})
	}
	return v
}

// lists tells whether a source has listed the article.
func (r *record) lists(source uint32) bool {
	return slices.ContainsFunc(r.Listings, func(l listing) bool { return l.Source == source })
}

// record reads the article that arrived at a number.
func (t *tables) record(arrival uint64) (*record, error) {
	value := t.articles.Get(number(arrival))
	if value == nil {
		return nil, fmt.Errorf("%w: article %d is missing", ErrDamaged, arrival)
	}
	return t.decode(arrival, value)
}

func (t *tables) decode(arrival uint64, value []byte) (*record, error) {
	var s storedRecord
	plain, err := t.unpacked(arrival, value)
	if err == nil {
		err = t.codec.cbor.Unmarshal(plain, &s)
	}
	if err != nil {
		return nil, fmt.Errorf("read article %d: %w", arrival, err)
	}
	r := s.record()
	r.Order = arrival
	return r, nil
}

func (t *tables) putRecord(arrival uint64, r *record) error {
	pack := t.codec.pack
	if arrival >= windowStart(t.time) {
		pack = t.codec.packQuick // it will be bundled
	}
	value, err := t.codec.marshalBy(r.stored(), pack)
	if err != nil {
		return fmt.Errorf("encode article %s: %w", r.Key, err)
	}
	return errors.Join(t.leave(arrival), t.articles.Put(number(arrival), value))
}

// Times are stored as whole seconds; zero stands for the zero time, so that
// the first second of 1970, which is always a mistake, is unknown as well.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func fromSeconds(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
