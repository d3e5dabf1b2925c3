package storage

import (
	"errors"
	"fmt"
	"time"
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

	was standing // of a record that States has read
}

// standing is what of a record is the store's own affair, and a hash of all of it, as it
// was when the state was read; see stands.
type standing struct {
	print    uint64
	number   uint32
	articles uint64
	read     time.Time
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
		records, err := t.sources(names)
		found = make([]Source, len(records))
		for i, r := range records {
			found[i] = r.Source
			found[i].was = standing{}
		}
		return err
	})
	return found, err
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
		} else {
			rec.was = standing{} // should it be put again
		}
	}
	return errs
}

func (s *Store) putSources(recs []*Source) error {
	names := make([]string, len(recs))
	for i, rec := range recs {
		if rec.Name == "" {
			return errors.New("no name")
		}
		names[i] = rec.Name
	}
	return s.updateOutcomes(names, func(t *tables) error {
		var changed []*Source
		var keys [][]byte
		for _, rec := range recs {
			number, stands, err := t.stands(rec)
			if err == nil && stands {
				err = t.tellDue(number, rec)
			}
			if err != nil {
				return err
			}
			if !stands {
				changed, keys = append(changed, rec), append(keys, []byte(rec.Name))
			}
		}
		t.sourceRecords.Expect(keys)
		for _, rec := range changed {
			src, err := t.ownSource(rec.Name)
			if err != nil {
				return err
			}
			if err := errors.Join(t.setState(src, *rec), t.putSource(src)); err != nil {
				return err
			}
		}
		return nil
	})
}

// stands tells whether nothing of a state but the times of its fetches is to be stored:
// its record would be what it was when the state was read. What others have made of
// that meanwhile is their affair; of a state there is one cycle at a time that stores it.
func (t *tables) stands(state *Source) (number uint32, stands bool, err error) {
	was := state.was
	if was.number == 0 || state.Prints != nil {
		return 0, false, nil
	}
	r := sourceRecord{Number: was.number, Source: *state}
	r.Articles, r.Read = was.articles, was.read
	s := r.stored()
	defer storedSources.Put(s)
	print, err := t.codec.print(s)
	return was.number, print == was.print, err
}

// setState takes over all but what is the store's own affair.
func (t *tables) setState(r *sourceRecord, state Source) error {
	state.Name, state.Articles, state.Read, state.was = r.Name, r.Articles, r.Read, standing{}
	r.Source, r.timed = state, false
	return t.tellDue(r.Number, &state)
}

// tellDue stores when a source was fetched and is due again.
func (t *tables) tellDue(number uint32, state *Source) error {
	if shared, ok := t.tx.(Timetable); ok {
		shared.Due(state.Name, state.Due)
	}
	return t.putFetched(number, state)
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
