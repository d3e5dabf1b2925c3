package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// Articles are written one by one, cheaply, and read and edited in their first days.
// After that they lie in bundles: what many say alike is stored once, and pages are
// full. An article takes two fifths of the room so, and one that is read takes its bundle
// being unpacked. Where more come than are read and edited, as at the first fetch of many
// sources, all but the newest do so at once.
//
// In the place of its record an article then has the number of its bundle. One that
// is edited moves out again, and a bundle goes with the last that is in it.

const (
	// bundleSize is how many articles a bundle has, and bundleBytes how much they
	// hold at most: it is unpacked for each of them.
	bundleSize  = 32
	bundleBytes = 512 << 10
	// bundleStep is how many bundles one transaction makes at most.
	bundleStep = 4
	// mostYoung is how many articles may lie one by one. A tenth as many new ones have it
	// looked at.
	mostYoung = 30_000
)

// Where it is noted up to which arrival articles were looked at: those that were three days
// old, and those that were younger and too many. What is edited after that is looked at once
// more when it is old.
const (
	bundledKey = "bundled"
	earlyKey   = "bundled early"
)

// Bundle puts together the articles that came more than three days ago, or before very
// many others, a few in a transaction, until it is done or the context ends, and tells how
// many they were. Nobody sees a difference, but that they take less room.
func (s *Store) Bundle(ctx context.Context) (n int, err error) {
	select {
	case s.bundling <- struct{}{}:
	case <-s.closing:
		return 0, ErrClosed
	case <-ctx.Done():
		return 0, nil
	}
	defer func() { <-s.bundling }()
	n, err = s.bundleUpTo(ctx, bundledKey, windowStart(s.now()))
	if err != nil {
		return n, err
	}
	early, err := s.bundleEarly(ctx)
	return n + early, err
}

// bundleEarly bundles what is young, but too much.
func (s *Store) bundleEarly(ctx context.Context) (n int, err error) {
	var young uint64
	err = s.view(func(t *tables) error {
		young = t.youngest(s.mostYoung)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("bundle: %w", err)
	}
	return s.bundleUpTo(ctx, earlyKey, young)
}

// bundleUpTo bundles what came before an order and was not looked at by a mark.
func (s *Store) bundleUpTo(ctx context.Context, mark string, young uint64) (n int, err error) {
	for ctx.Err() == nil {
		select {
		case <-s.closing:
			return n, ErrClosed
		default:
		}
		made, err := s.bundleSome(mark, young, bundleSize)
		if err != nil {
			return n, fmt.Errorf("bundle: %w", err)
		}
		if made == 0 {
			return n, nil
		}
		n += made
	}
	return n, nil
}

// bundleMany is told how many articles a write brought, and has them bundled when they are
// many, beside what else is written. A write on a server far away leaves that to who does
// it every hour, as all do what fails.
func (s *Store) bundleMany(n int) {
	if s.disk == nil || n == 0 || s.brought.Add(int64(n)) < int64(s.mostYoung/10) {
		return
	}
	select {
	case s.bundling <- struct{}{}:
		s.brought.Store(0)
		go func() {
			defer func() { <-s.bundling }()
			_, _ = s.bundleEarly(context.Background())
		}()
	default:
	}
}

// youngest is the order from which on articles are young: they came in the last three
// days, and there are not more than so many. Those that have changed since count as if they
// had come then.
func (t *tables) youngest(most int) uint64 {
	young, n := windowStart(t.time), 0
	c := t.changes.Cursor()
	for k, _ := c.Last(); k != nil && fromNumber(k) >= young; k, _ = c.Prev() {
		if n++; n > most {
			return fromNumber(k) + 1
		}
	}
	return young
}

// bundleSome makes some bundles, of at least so many articles, of what came before an
// order.
func (s *Store) bundleSome(mark string, young uint64, least int) (n int, err error) {
	var all []*bundling
	err = s.view(func(t *tables) error {
		if all, err = t.toBundle(mark, young, least); len(all) > 0 && err == nil && s.codec.now.Load().dictionaries < int(s.dictionaries.Load()) {
			err = s.loadDictionaries(t.tx)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		return 0, err
	}
	for _, b := range all {
		b.value = s.codec.packDense(b.payload())
	}
	err = s.update(func(t *tables) error {
		n = 0
		for _, b := range all {
			made, err := t.bundle(mark, b)
			if err != nil {
				return err
			}
			n += made
		}
		return nil
	})
	return n, err
}

// bundling is a bundle in the making.
type bundling struct {
	after    uint64 // what the mark was before
	arrivals []uint64
	stored   [][]byte // what they have now,
	plain    [][]byte // and unpacked
	bytes    int
	value    []byte
}

func (b *bundling) payload() []byte {
	out := binary.AppendUvarint(nil, uint64(len(b.arrivals)))
	for i, arrival := range b.arrivals {
		out = binary.BigEndian.AppendUint64(out, arrival)
		out = binary.AppendUvarint(out, uint64(len(b.plain[i])))
	}
	return append(out, bytes.Join(b.plain, nil)...)
}

// toBundle finds the next articles that came before an order and are in no bundle.
func (t *tables) toBundle(mark string, young uint64, least int) (all []*bundling, err error) {
	b := &bundling{after: t.marked(mark)}
	c := t.articles.Cursor()
	for k, v := c.Seek(number(max(b.after, t.marked(bundledKey)) + 1)); k != nil && fromNumber(k) < young; k, v = c.Next() {
		if isBundled(v) {
			continue
		}
		plain, err := t.codec.unpack(v)
		if err != nil {
			return nil, fmt.Errorf("article %d: %w", fromNumber(k), err)
		}
		b.arrivals, b.stored, b.plain = append(b.arrivals, fromNumber(k)), append(b.stored, bytes.Clone(v)), append(b.plain, bytes.Clone(plain))
		if b.bytes += len(plain); len(b.arrivals) == bundleSize || b.bytes >= bundleBytes {
			if all = append(all, b); len(all) == bundleStep {
				return all, nil
			}
			b = &bundling{after: fromNumber(k)}
		}
	}
	if len(b.arrivals) >= least {
		all = append(all, b)
	}
	return all, nil
}

// bundle stores a bundle. What was edited, or forgotten, since it was read is in it
// for nothing.
func (t *tables) bundle(mark string, b *bundling) (n int, err error) {
	key, err := t.tick()
	if err != nil {
		return 0, err
	}
	place := append([]byte{bundled}, number(key)...)
	for i, arrival := range b.arrivals {
		k := number(arrival)
		if !bytes.Equal(t.articles.Get(k), b.stored[i]) {
			continue
		}
		// Deleted first: bbolt joins small pages only where something was.
		if err := errors.Join(t.articles.Delete(k), t.articles.Put(k, place)); err != nil {
			return 0, err
		}
		n++
	}
	if n > 0 {
		err = t.bundles.Put(number(key), b.value)
	}
	if t.marked(mark) == b.after { // else older ones have come meanwhile, which are looked at first
		err = errors.Join(err, t.meta.Put([]byte(mark), number(b.arrivals[len(b.arrivals)-1])))
	}
	return n, err
}

// marked is the arrival up to which articles were looked at.
func (t *tables) marked(mark string) uint64 { return fromNumber(t.meta.Get([]byte(mark))) }

// unbundled has articles from an arrival on looked at again, where they are older
// than those that were.
func (t *tables) unbundled(arrival uint64) error {
	for _, mark := range []string{bundledKey, earlyKey} {
		if arrival > t.marked(mark) {
			continue
		}
		if err := t.meta.Put([]byte(mark), number(arrival-1)); err != nil {
			return err
		}
	}
	return nil
}

func isBundled(value []byte) bool { return len(value) == 9 && value[0] == bundled }

// bundle is one that was unpacked.
type bundle struct {
	key     uint64
	members map[uint64][]byte // by arrival
	last    []uint64          // the arrivals, last first
}

// unpacked is a record as bytes, wherever it lies.
func (t *tables) unpacked(arrival uint64, value []byte) ([]byte, error) {
	if !isBundled(value) {
		return t.codec.unpack(value)
	}
	b, err := t.openBundle(fromNumber(value[1:]))
	if err != nil {
		return nil, err
	}
	plain, ok := b.members[arrival]
	if !ok {
		return nil, fmt.Errorf("%w: it is not in bundle %d", ErrDamaged, b.key)
	}
	return plain, nil
}

// openBundle keeps some: what is read in a row lies mostly in one, or by turns in that and
// one of what was edited.
func (t *tables) openBundle(key uint64) (*bundle, error) {
	for _, b := range t.open {
		if b != nil && b.key == key {
			return b, nil
		}
	}
	value := t.bundles.Get(number(key))
	if value == nil {
		return nil, fmt.Errorf("%w: bundle %d is missing", ErrDamaged, key)
	}
	plain, err := t.codec.unpack(value)
	if err != nil {
		return nil, fmt.Errorf("bundle %d: %w", key, err)
	}
	b, ok := readBundle(key, plain)
	if !ok {
		return nil, fmt.Errorf("%w: bundle %d", ErrDamaged, key)
	}
	copy(t.open[1:], t.open[:])
	t.open[0] = b
	return b, nil
}

func readBundle(key uint64, plain []byte) (*bundle, bool) {
	n, size := binary.Uvarint(plain)
	if size <= 0 || n > bundleSize {
		return nil, false
	}
	plain = plain[size:]
	b := &bundle{key: key, members: make(map[uint64][]byte, n), last: make([]uint64, n)}
	lengths := make([]uint64, n)
	for i := range lengths {
		if len(plain) < 8 {
			return nil, false
		}
		b.last[int(n)-1-i] = fromNumber(plain)
		if lengths[i], size = binary.Uvarint(plain[8:]); size <= 0 {
			return nil, false
		}
		plain = plain[8+size:]
	}
	for i, length := range lengths {
		if length > uint64(len(plain)) {
			return nil, false
		}
		b.members[b.last[int(n)-1-i]] = plain[:length:length]
		plain = plain[length:]
	}
	return b, true
}

// leave takes an article out of its bundle, before it is stored anew or forgotten. A
// bundle that nobody is in any more is removed. What is forgotten goes from the oldest
// on, so that the last of a bundle is mostly there.
func (t *tables) leave(arrival uint64) error {
	value := t.articles.Get(number(arrival))
	if !isBundled(value) {
		return nil
	}
	b, err := t.openBundle(fromNumber(value[1:]))
	if err != nil {
		return err
	}
	for _, other := range b.last {
		if other != arrival && bytes.Equal(t.articles.Get(number(other)), value) {
			return nil
		}
	}
	return t.bundles.Delete(number(b.key))
}
