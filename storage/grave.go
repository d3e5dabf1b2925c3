package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// What remains of an article that was pruned are its keys, so that it does not come
// back as new: a grave has the order at which it was last known to be listed, and the
// numbers of the sources that list it. It goes when nobody has listed it for long.

const (
	// graveKept is how long a grave stays after its article was last listed.
	graveKept = 180 * 24 * time.Hour
	// relisted is how often it is noted that one is still listed, and listedOften how
	// often that a source was read.
	relisted    = 30 * 24 * time.Hour
	listedOften = 24 * time.Hour
	// graveSteps is how many keys one transaction looks at, and graveTurns how many
	// of those one Prune takes: the next goes on where it was.
	graveSteps, graveTurns = 5000, 8
)

// gravesKey is where it is noted how far the search for old graves came, and that
// there are any.
const gravesKey = "graves"

func grave(order uint64, sources []uint32) []byte {
	value := append(number(0), number(order)...)
	for _, n := range sources {
		value = binary.BigEndian.AppendUint32(value, n)
	}
	return value
}

// readGrave is not ok of a key that leads to an article.
func readGrave(value []byte) (order uint64, sources []uint32, ok bool) {
	if len(value) < 16 || fromNumber(value) != 0 {
		return 0, nil, false
	}
	for rest := value[16:]; len(rest) >= 4; rest = rest[4:] {
		sources = append(sources, binary.BigEndian.Uint32(rest))
	}
	return fromNumber(value[8:]), sources, true
}

// Listed notes that a source lists items: what was pruned of them does not come back
// as long as that is told, and half a year longer. A document that is as it was last
// time need not be told.
func (s *Store) Listed(source string, ids []article.Identity) error {
	if s.noGraves.Load() {
		return nil
	}
	var idle bool
	err := s.view(func(t *tables) error {
		if t.meta.Get([]byte(gravesKey)) == nil {
			idle = true
			s.noGraves.Store(true)
			return nil
		}
		src, err := t.source(source)
		if err != nil {
			return err
		}
		idle = s.now().Sub(src.Read).Abs() < listedOften && len(t.toRelist(src.Number, ids)) == 0
		return nil
	})
	if err == nil && !idle {
		err = s.update(func(t *tables) error { return t.relistAll(source, ids) })
	}
	if err != nil {
		return fmt.Errorf("listed by %s: %w", source, err)
	}
	return nil
}

// toRelist are the graves of which it is to be noted that a source lists them.
func (t *tables) toRelist(source uint32, ids []article.Identity) (keys [][]byte) {
	for _, id := range ids {
		for _, key := range usable(id) {
			alias := aliasKey(key)
			order, sources, ok := readGrave(t.aliases.Get(alias))
			if ok && (t.time.Sub(moment(order)) > relisted || !slices.Contains(sources, source)) {
				keys = append(keys, alias)
			}
		}
	}
	return keys
}

func (t *tables) relistAll(source string, ids []article.Identity) error {
	src, err := t.ownSource(source)
	if err != nil {
		return err
	}
	now, err := t.tick()
	if err != nil {
		return err
	}
	for _, key := range t.toRelist(src.Number, ids) {
		_, sources, _ := readGrave(t.aliases.Get(key))
		if !slices.Contains(sources, src.Number) && len(sources) < maxKeys {
			sources = append(sources, src.Number)
		}
		if err := t.aliases.Put(key, grave(now, sources)); err != nil {
			return err
		}
	}
	src.Read = t.time
	return t.putSource(src)
}

// clearGraves goes on with the search for graves that need not be kept.
func (t *tables) clearGraves() error {
	position := t.meta.Get([]byte(gravesKey))
	t.noGraves.Store(position == nil)
	if position == nil {
		return nil
	}
	sources, err := t.readAt()
	if err != nil {
		return err
	}
	tables := []Table{t.aliases, t.names, t.seen}
	at, after := 0, position
	if len(position) > 0 {
		at, after = int(position[0])%len(tables), position[1:]
	}
	after = bytes.Clone(after)
	var old [][]byte
	steps := 0
	c := tables[at].Cursor()
	k, v := c.Seek(append(after, 0))
	for ; k != nil && steps < graveSteps; k, v = c.Next() {
		if after = append(after[:0], k...); t.leftAlone(at, v, sources) {
			old = append(old, bytes.Clone(k))
		}
		steps++
	}
	next := append([]byte{byte(at)}, after...)
	if k == nil {
		next = []byte{byte((at + 1) % len(tables))}
	}
	for _, key := range old {
		if err := tables[at].Delete(key); err != nil {
			return err
		}
	}
	return t.meta.Put([]byte(gravesKey), next)
}

// readAt tells when each source was last read, by number; those that are fetched no
// more are left out.
func (t *tables) readAt() (map[uint32]time.Time, error) {
	read := map[uint32]time.Time{}
	err := t.eachSource(func(r *sourceRecord) {
		if t.time.Sub(r.LastFetch) < graveKept {
			read[r.Number] = r.Read
		}
	})
	return read, err
}

// leftAlone tells whether a value is a grave that nobody has listed for long. A source
// that was not read since, because its document is as it was, lists it still.
func (t *tables) leftAlone(table int, value []byte, read map[uint32]time.Time) bool {
	if fromNumber(value) != 0 {
		return false
	}
	if table != 0 { // a name, or the item of one source: its keys say whether it is known
		return len(value) >= 16 && t.time.Sub(moment(fromNumber(value[len(value)-8:]))) > graveKept
	}
	order, sources, ok := readGrave(value)
	if !ok || t.time.Sub(moment(order)) <= graveKept {
		return false
	}
	return !slices.ContainsFunc(sources, func(n uint32) bool {
		at, asked := read[n]
		return asked && at.Sub(moment(order)) < 2*relisted
	})
}

// bury leaves what remains of an article.
func (t *tables) bury(r *record, order uint64) error {
	errs := []error{t.names.Put([]byte(r.Key), grave(order, nil))}
	sources := sourcesOf(r)
	for _, key := range r.Keys {
		errs = append(errs, t.aliases.Put([]byte(key), grave(order, sources)))
	}
	t.noGraves.Store(false)
	if t.meta.Get([]byte(gravesKey)) == nil {
		errs = append(errs, t.meta.Put([]byte(gravesKey), []byte{0}))
	}
	return errors.Join(errs...)
}
