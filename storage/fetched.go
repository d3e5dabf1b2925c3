package storage

import "encoding/binary"

// fetched are the times of a source's fetches, in Unix milliseconds; 0 for none. They are
// all that changes where the source has not, and lie apart from its record: so small,
// and by its number, that those of many sources that are fetched together take a few
// pages, instead of a page each that is written anew.
type fetched struct{ last, success, due int64 }

func fetchedOf(s *Source) fetched {
	return fetched{millis(s.LastFetch), millis(s.LastSuccess), millis(s.Due)}
}

func (f fetched) encode() []byte {
	v := binary.AppendVarint(make([]byte, 0, 16), f.last)
	return binary.AppendVarint(binary.AppendVarint(v, f.success-f.last), f.due-f.last)
}

// tell tells a source its times.
func (f fetched) tell(s *Source) {
	s.LastFetch, s.LastSuccess, s.Due = fromMillis(f.last), fromMillis(f.success), fromMillis(f.due)
}

// readFetched reads the times of a source that has some.
func readFetched(value []byte) (f fetched, ok bool) {
	for _, n := range []*int64{&f.last, &f.success, &f.due} {
		v, size := binary.Varint(value)
		if size <= 0 {
			return fetched{}, false
		}
		*n, value = f.last+v, value[size:]
	}
	return f, true
}

// putFetched stores the times of a source by its number.
func (t *tables) putFetched(source uint32, s *Source) error {
	return t.fetched.Put(ofSource(source), fetchedOf(s).encode())
}

// tellFetched tells records their times.
func tellFetched(from Table, records []*sourceRecord) {
	keys := make([][]byte, len(records))
	for i, r := range records {
		keys[i] = ofSource(r.Number)
	}
	from.Expect(keys)
	for i, r := range records {
		if f, ok := readFetched(from.Get(keys[i])); ok {
			f.tell(&r.Source)
		}
	}
}
