package storage

import (
	"encoding/binary"
	"slices"

	"aggregator/normalize/article"
)

// match is where the keys of one item lead.
type match struct {
	arrival uint64 // of the article; 0 where there is none
	seen    bool   // this source has listed the item, by its first key,
	print   uint64 // and showed this
	keys    []string
	further bool // found by a further key
	// forgotten tells that a key is that of an article that was pruned.
	forgotten bool
}

// match finds the articles of the items of one document. Two items of one
// document are never the same article unless they have the same first key:
// a key by which they would be is left out of the match's keys.
//
// That happens in two ways. Items may share a further key, such as the address
// of a page that stands for several of them: then it tells nothing of either. Or
// their keys lead to one article, by the first key of one and a further key of the
// other: then the article belongs to the former, and the other is judged by
// what keys it has left.
func (t *tables) match(source uint32, ids []article.Identity) []match {
	found := make([]match, len(ids))
	same := make([]int, len(ids))           // index of the first with the same first key
	first := make(map[string]int, len(ids)) // first key => that index
	for i, id := range ids {
		same[i] = i
		keys := usable(id)
		if len(keys) == 0 {
			continue
		}
		if j, repeated := first[keys[0]]; repeated {
			same[i] = j
			continue
		}
		first[keys[0]], found[i].keys = i, keys
	}
	dropShared(found)
	t.lookUp(source, found)
	for i, j := range same {
		found[i] = found[j]
	}
	return found
}

// dropShared leaves out further keys that several items have.
func dropShared(found []match) {
	items := make(map[string]int, 2*len(found))
	for _, m := range found {
		for _, k := range m.keys {
			items[k]++
		}
	}
	for i := range found {
		for j, k := range slices.Backward(found[i].keys) {
			if j > 0 && items[k] > 1 {
				found[i].keys = slices.Delete(found[i].keys, j, j+1)
			}
		}
	}
}

// lookUp finds the articles: by all first keys, then by the further ones of the rest.
func (t *tables) lookUp(source uint32, found []match) {
	t.expectItems(source, found)
	taken := make(map[uint64]bool, len(found))
	for i := range found {
		if m := &found[i]; len(m.keys) > 0 {
			t.lookUpFirst(source, m)
			taken[m.arrival] = true
		}
	}
	taken[0] = false
	for i := range found {
		if m := &found[i]; m.arrival == 0 {
			t.lookUpFurther(m, taken)
		}
	}
}

func (t *tables) lookUpFirst(source uint32, m *match) {
	arrival, forgotten := t.leadsTo(m.keys[0])
	if _, v := t.sighted(source, arrival, itemHash(m.keys[0])); len(v) >= 16 {
		m.arrival, m.print, m.seen = fromNumber(v), binary.BigEndian.Uint64(v[8:]), true
	}
	if m.arrival == 0 { // never seen, or skipped and brought by another source since
		m.arrival = arrival
	}
	m.forgotten = m.arrival == 0 && forgotten
}

func (t *tables) lookUpFurther(m *match, taken map[uint64]bool) {
	for j := 1; j < len(m.keys); {
		arrival, forgotten := t.leadsTo(m.keys[j])
		switch {
		case taken[arrival]:
			m.keys = slices.Delete(m.keys, j, j+1)
			continue
		case arrival != 0 && m.arrival == 0:
			m.arrival, m.further = arrival, true
		case forgotten:
			m.forgotten = true
		}
		j++
	}
	if m.arrival != 0 {
		taken[m.arrival], m.forgotten = true, false
	}
}
