package storage

import "time"

// Stats are the sizes of a store.
type Stats struct {
	Bytes     int64
	PageSize  int
	Pages     int
	FreePages int // that the next writes use before the file grows
	Articles  int
	Sources   int
	Retries   int // article pages that shall be tried again
}

// Stats counts what there is. It walks through the small tables only.
func (s *Store) Stats() (st Stats, err error) {
	err = s.view(func(t *tables) error {
		st = Stats{Articles: t.counted(), Sources: entriesOf(t.sourceRecords), Retries: entriesOf(t.retries)}
		return nil
	})
	if err != nil {
		return st, err
	}
	space, err := s.space()
	if err != nil {
		return st, err
	}
	st.Bytes, st.PageSize = space.Bytes, space.PageSize
	st.Pages, st.FreePages = int(st.Bytes)/st.PageSize, int(space.Free)/st.PageSize
	return st, nil
}

// space is not asked for within a transaction: an engine looks by one of its own, and
// bbolt's would wait for a writer that grows the file, which waits for the other.
func (s *Store) space() (space Space, err error) {
	err = protect(func() error { space, err = s.engine.Space(); return err })
	return space, s.wrap(err)
}

// Size is what of the Stats is known without walking through anything.
type Size struct {
	Bytes, Free int64
	Articles    int
	Newest      time.Time // when the newest of them came
}

// Size tells how large the store is.
func (s *Store) Size() (size Size, err error) {
	err = s.view(func(t *tables) error {
		size.Articles = t.counted()
		if k, _ := t.articles.Cursor().Last(); k != nil {
			size.Newest = moment(fromNumber(k))
		}
		return nil
	})
	if err != nil {
		return size, err
	}
	space, err := s.space()
	size.Bytes, size.Free = space.Bytes, space.Free
	return size, err
}
