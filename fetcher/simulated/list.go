package simulated

import (
	"sync"
	"time"
)

// block is how many articles are placed and counted together.
const block = 1024

// placed is an article's place with its time.
type placed struct {
	place
	at time.Time
}

// shelf remembers the places of a few blocks, and how many articles of each
// settled block are in each column, so that a far page of a list of a million
// is found without reading all of it. A block is settled when nothing will
// be filed into it any more.
type shelf struct {
	mu      sync.Mutex
	blocks  map[int][]placed
	settled [][]uint16
}

// keepBlocks is how many blocks of places are remembered.
const keepBlocks = 16

// block returns the places of a block, under s.mu.
func (s *shelf) block(o *Origin, b int) []placed {
	if all, ok := s.blocks[b]; ok {
		return all
	}
	if s.blocks == nil || len(s.blocks) >= keepBlocks {
		s.blocks = make(map[int][]placed)
	}
	all := make([]placed, block)
	for i := range all {
		all[i] = placed{o.place(b*block + i), o.articles.at(b*block + i)}
	}
	s.blocks[b] = all
	return all
}

// settle counts the blocks that are settled by now.
func (s *shelf) settle(o *Origin, now time.Time) {
	wait := laterSpan * max(o.articles.before, o.articles.every)
	for {
		n := len(s.settled)
		if o.articles.at((n + 1) * block).Add(wait).After(now) {
			return
		}
		counts := make([]uint16, len(columns))
		for _, p := range s.block(o, n) {
			for column := range columns {
				if (p.first | p.later).has(column) {
					counts[column]++
				}
			}
		}
		s.settled = append(s.settled, counts)
	}
}

// list returns the articles lo <= index < hi of a column, newest first: num
// of them after skip, and how many there are in all.
func (o *Origin) list(column int, now time.Time, lo, hi, skip, num int) (indexes []int, total int) {
	s := &o.shelf
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(o, now)
	for hi > lo {
		b := (hi - 1) / block
		from := max(b*block, lo)
		whole := hi == (b+1)*block && from == b*block && b < len(s.settled)
		if whole && (int(s.settled[b][column]) <= skip-total || len(indexes) == num) {
			total, hi = total+int(s.settled[b][column]), from
			continue
		}
		all := s.block(o, b)
		for i := hi - 1; i >= from; i-- {
			if p := &all[i-b*block]; !p.in(column, now) {
				continue
			}
			if total >= skip && len(indexes) < num {
				indexes = append(indexes, i)
			}
			total++
		}
		hi = from
	}
	return indexes, total
}

// in tells whether the article is in a column by now.
func (p *placed) in(column int, now time.Time) bool {
	return p.columns(now.Sub(p.at)).has(column)
}
