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
		space, err := s.engine.Space()
		if err != nil {
			return err
		}
		st = Stats{
			Bytes: space.Bytes, PageSize: space.PageSize, FreePages: int(space.Free) / space.PageSize,
			Articles: t.counted(), Sources: entriesOf(t.sourceRecords), Retries: entriesOf(t.retries),
		}
		st.Pages = int(st.Bytes) / st.PageSize
		return nil
	})
	return st, err
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
		space, err := s.engine.Space()
		if err != nil {
			return err
		}
		size = Size{Bytes: space.Bytes, Free: space.Free, Articles: t.counted()}
		if k, _ := t.articles.Cursor().Last(); k != nil {
			size.Newest = moment(fromNumber(k))
		}
		return nil
	})
	return size, err
}
