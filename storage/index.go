package storage

import (
	"bytes"
	"encoding/binary"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A term is the head of a run of index keys: what the articles of a category,
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

func categoryTerm(n uint32) term    { return binary.BigEndian.AppendUint32(term{'c'}, n) }
func sourceTerm(n uint32) term      { return binary.BigEndian.AppendUint32(term{'s'}, n) }
func stockTerm(code string) term    { return append(append(term{'k'}, code...), 0) }
func (t term) at(order uint64) term { return binary.BigEndian.AppendUint64(bytes.Clone(t), order) }

// file enters an article under a term, and tells whether it is new there. order
// is its arrival or the number of what is being stored now.
func (t *tables) file(tm term, arrival, order uint64) (bool, error) {
	own := tm.at(arrival)
	switch {
	case t.index.Get(own) != nil:
		return false, nil
	case order == arrival:
		return true, t.index.Put(own, nothing())
	}
	if err := t.index.Put(own, number(order)); err != nil {
		return false, err
	}
	return true, t.index.Put(tm.at(order), number(arrival))
}

// unfile takes an article from under a term.
func (t *tables) unfile(tm term, arrival uint64) error {
	own := tm.at(arrival)
	if later := t.index.Get(own); len(later) == 8 {
		if err := t.index.Delete(tm.at(fromNumber(later))); err != nil {
			return err
		}
	}
	return t.index.Delete(own)
}

// under tells whether an article is under a term.
func (t *tables) under(tm term, arrival uint64) bool {
	return t.index.Get(tm.at(arrival)) != nil
}

// newestUnder goes through a run backwards: order and arrival of each article.
func (t *tables) newestUnder(tm term) iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		c := t.index.Cursor()
		for k, v := before(c, tm.at(1<<64-1)); bytes.HasPrefix(k, tm); k, v = c.Prev() {
			order := fromNumber(k[len(tm):])
			arrival := order
			if len(v) == 8 {
				arrival = fromNumber(v)
			}
			if arrival <= order && !yield(order, arrival) {
				return
			}
		}
	}
}

// newestOfAll goes through all articles backwards.
func (t *tables) newestOfAll() iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		c := t.articles.Cursor()
		for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
			if n := fromNumber(k); !yield(n, n) {
				return
			}
		}
	}
}

// before moves the cursor to the last key that is less than key.
func before(c *bolt.Cursor, key []byte) (k, v []byte) {
	if k, _ = c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// publishedKey orders articles by publication. The flipped sign bit lets times
// before 1970 sort before those after.
func publishedKey(published time.Time, arrival uint64) []byte {
	key := binary.BigEndian.AppendUint64([]byte{'p'}, uint64(published.Unix())^1<<63)
	return binary.BigEndian.AppendUint64(key, arrival)
}
