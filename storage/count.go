package storage

import (
	"maps"
	"math"
	"slices"
)

// all stands for all articles where their number is asked for by category.
const all = math.MaxUint32

// counted is how many articles there are.
func (t *tables) counted() int {
	return int(fromNumber(t.meta.Get([]byte("articles")))) + t.gained[all]
}

// categoryCount is how many of them a category has.
func (t *tables) categoryCount(n uint32) int {
	return int(fromNumber(t.categoryTable.Get(countKey(n)))) + t.gained[n]
}

// count notes what a category, or all, have gained. It is written once a transaction: see
// tally.
func (t *tables) count(n uint32, by int) {
	if t.gained == nil {
		t.gained = map[uint32]int{}
	}
	t.gained[n] += by
}

// tally writes the counts of a transaction that has done all else.
func (t *tables) tally() error {
	for _, n := range slices.Sorted(maps.Keys(t.gained)) {
		table, key, count := t.categoryTable, countKey(n), t.categoryCount(n)
		if n == all {
			table, key, count = t.meta, []byte("articles"), t.counted()
		}
		if err := table.Put(key, number(uint64(count))); err != nil {
			return err
		}
	}
	t.gained = nil
	return nil
}
