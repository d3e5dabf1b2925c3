package storage

import (
	"iter"

	"aggregator/normalize/article"
)

// Earlier gives the articles of a run that came into it before an order, 0 being
// now: the last limit of them, newest published first. next is the order to go on
// from, 0 where nothing older is left: a reader who goes on meets each article once,
// whatever comes meanwhile. Withdrawn articles are left out.
func (s *Store) Earlier(r Run, before uint64, limit int) (found []article.Article, next uint64, err error) {
	found, err = s.newest(Window{Entries: limit}, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		at, err := t.run(r)
		return func(yield func(order, arrival uint64) bool) {
			for order, arrival := range at.expecting(at.down(upTo(before)), limit) {
				if !yield(order, arrival) {
					return
				}
				next = order
			}
			next = 0
		}, err
	})
	return found, next, err
}

// upTo is the order before which reading begins.
func upTo(before uint64) uint64 {
	if before == 0 {
		return 1<<64 - 1
	}
	return before
}
