package storage

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// A term is what is the same in the keys of a run: what the articles of a category,
// of a source, or with a stock have in common.
//
// A run is in the order in which articles came under the term. Most came
// under it when they arrived, and the entry, at the article's arrival, has no
// value. An article that came under a term later, as a copy in another column,
// has two: one at the order of that moment, whose value is the arrival, so that
// readers of the term get it as the news that it is to them; and one at its
// arrival, whose value is the later order, by which it is known that the
// article is under the term. The greater number is thus always the order.
type term []byte

func categoryTerm(n uint32) term { return binary.BigEndian.AppendUint32(term{'c'}, n) }
func sourceTerm(n uint32) term   { return binary.BigEndian.AppendUint32(term{'s'}, n) }
func stockTerm(code string) term { return append(append(term{'k'}, code...), 0) }

// periodBits are those of an order number that tell where within its period it
// lies. A period is 2^28 milliseconds, three days: what comes in now goes into the
// few pages of the present one, under however many terms, and a stock that is
// mentioned once a year is looked for in 118 places a year.
const periodBits = 48

func periodOf(order uint64) uint64 { return order >> periodBits }

// at is the key of an order: first the kind of term and the period, then the
// rest of the term and the order.
func (tm term) at(order uint64) []byte {
	n := number(order)
	key := make([]byte, 0, len(tm)+len(n))
	key = append(append(key, tm[0]), n[:2]...)
	return append(append(key, tm[1:]...), n[2:]...)
}

// order reads a key; it is not ok for one of another term.
func (tm term) order(key []byte) (order uint64, ok bool) {
	if len(key) != len(tm)+8 || key[0] != tm[0] || !bytes.Equal(key[3:len(key)-6], tm[1:]) {
		return 0, false
	}
	return fromNumber(append(key[1:3:3], key[len(key)-6:]...)), true
}

// file enters an article under a term, and tells whether it is new there. order
// is its arrival or the number of what is being stored now.
func (t *tables) file(tm term, arrival, order uint64) (bool, error) {
	own := tm.at(arrival)
	switch {
	case t.runs.Get(own) != nil:
		return false, nil
	case order == arrival:
		return true, t.runs.Put(own, nothing())
	}
	if err := t.runs.Put(own, number(order)); err != nil {
		return false, err
	}
	return true, t.runs.Put(tm.at(order), number(arrival))
}

// unfile takes an article from under a term.
func (t *tables) unfile(tm term, arrival uint64) error {
	own := tm.at(arrival)
	if later := t.runs.Get(own); len(later) == 8 {
		if err := t.runs.Delete(tm.at(fromNumber(later))); err != nil {
			return err
		}
	}
	return t.runs.Delete(own)
}

// since is the order at which an article came under a term that it is under.
func (t *tables) since(tm term, arrival uint64) uint64 {
	return max(arrival, fromNumber(t.runs.Get(tm.at(arrival))))
}

// under tells whether an article is under a term.
func (t *tables) under(tm term, arrival uint64) bool {
	return t.runs.Get(tm.at(arrival)) != nil
}

// entry reads an entry of a run: the order it stands for and whose it is. One
// that only leads to a later one is not ok.
func entry(order uint64, v []byte) (arrival uint64, ok bool) {
	if len(v) == 8 {
		return fromNumber(v), fromNumber(v) <= order
	}
	return order, true
}

// down goes through a run backwards from before an order: order and arrival of
// each article.
func (t *tables) down(tm term, from uint64) iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		c, period := t.runs.Cursor(), periodOf(from)
		k, v := before(c, tm.at(from))
		for len(k) > 2 && k[0] == tm[0] {
			order, own := tm.order(k)
			if own {
				if arrival, ok := entry(order, v); ok && !yield(order, arrival) {
					return
				}
				period = periodOf(order)
				k, v = c.Prev()
				continue
			}
			last := uint64(binary.BigEndian.Uint16(k[1:]))
			if last == period { // nothing more of the term in this one
				if last == 0 {
					return
				}
				last--
			}
			period = last
			k, v = before(c, append(tm.at((period+1)<<periodBits-1), 0))
		}
	}
}

// up goes through a run from an order on.
func (t *tables) up(tm term, from uint64) iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		c, period := t.runs.Cursor(), periodOf(from)
		k, v := c.Seek(tm.at(from))
		for len(k) > 2 && k[0] == tm[0] {
			order, own := tm.order(k)
			if own {
				if arrival, ok := entry(order, v); ok && !yield(order, arrival) {
					return
				}
				period = periodOf(order)
				k, v = c.Next()
				continue
			}
			next := uint64(binary.BigEndian.Uint16(k[1:]))
			if next == period { // nothing more of the term in this one
				next++
			}
			if period = next; period > periodOf(1<<64-1) {
				return
			}
			k, v = c.Seek(tm.at(period << periodBits))
		}
	}
}

// newestUnder goes through a run backwards.
func (t *tables) newestUnder(tm term) iter.Seq2[uint64, uint64] { return t.down(tm, 1<<64-1) }

// newestOfAll goes through all articles backwards.
func (t *tables) newestOfAll() iter.Seq2[uint64, uint64] { return t.downAll(1<<64 - 1) }

func (t *tables) downAll(from uint64) iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		c := t.articles.Cursor()
		for k, _ := before(c, number(from)); k != nil; k, _ = c.Prev() {
			if n := fromNumber(k); !yield(n, n) {
				return
			}
		}
	}
}

func (t *tables) upAll(from uint64) iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		c := t.articles.Cursor()
		for k, _ := c.Seek(number(from)); k != nil; k, _ = c.Next() {
			if n := fromNumber(k); !yield(n, n) {
				return
			}
		}
	}
}

// before moves the cursor to the last key that is less than key.
func before(c Cursor, key []byte) (k, v []byte) {
	if k, _ = c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}
