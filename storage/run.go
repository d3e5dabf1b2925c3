package storage

import (
	"fmt"
	"hash/fnv"
	"iter"
	"time"

	"aggregator/normalize/article"
)

// Run names the articles that came under one thing, in the order in which they
// did: those of a category, of a source or with a stock; the zero Run is all
// articles. That order only grows at its end, whatever becomes of an article
// later, so that a stretch of the past keeps its articles; only Prune takes some away.
type Run struct{ Category, Source, Stock string }

// Latest gives what [Store.Newest] and its like do, and tells whether that is
// all there is in the run.
func (s *Store) Latest(r Run, w Window) (found []article.Article, all bool, err error) {
	found, err = s.newest(w, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		at, err := t.run(r)
		return func(yield func(order, arrival uint64) bool) {
			for order, arrival := range at.expecting(at.down(1<<64-1), w.Entries) {
				if !yield(order, arrival) {
					return
				}
			}
			all = true
		}, err
	})
	return found, all && err == nil, err
}

// Stretch is what came into a run from First on and before End: after Skip
// others, and Limit at most.
type Stretch struct {
	First, End  time.Time
	Skip, Limit int
}

// Arrived gives the articles of a stretch, newest published first. Withdrawn ones
// are left out, but counted by Skip and Limit, so that those stay what they are.
// The surroundings are those at the same moment.
func (s *Store) Arrived(r Run, st Stretch) (found []article.Article, around Surroundings, err error) {
	found, err = s.newest(Window{Entries: st.Limit}, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		at, err := t.run(r)
		if err != nil {
			return nil, err
		}
		around = at.around(st)
		return at.expecting(at.part(st), st.Limit), nil
	})
	return found, around, err
}

// Surroundings tell where a stretch lies.
type Surroundings struct {
	Count         int       // articles in it, withdrawn ones too
	Before, After time.Time // when the last before it came, and the first after it; zero where none did
	// Revision is another number whenever an article of the stretch, or of what
	// came before it, changed, or others are there: because more came, or because
	// some were forgotten, which moves those that stay.
	Revision uint64
}

// Around looks at what a stretch holds and what surrounds it, without reading
// articles. Before and After do not depend on Skip and Limit.
func (s *Store) Around(r Run, st Stretch) (around Surroundings, err error) {
	err = s.view(func(t *tables) error {
		at, err := t.run(r)
		if err != nil {
			return err
		}
		around = at.around(st)
		return nil
	})
	if err != nil {
		return Surroundings{}, fmt.Errorf("around: %w", err)
	}
	return around, nil
}

// Within tells how many articles a stretch holds, withdrawn ones too. That takes less than
// [Store.Around], which looks at all that came since.
func (s *Store) Within(r Run, st Stretch) (n int, err error) {
	err = s.view(func(t *tables) error {
		at, err := t.run(r)
		if err != nil {
			return err
		}
		for range at.part(st) {
			n++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("within: %w", err)
	}
	return n, nil
}

// runAt is a Run in a transaction.
type runAt struct {
	*tables
	term  term // nil for all articles
	none  bool // nothing ever came
	total int  // how many articles there are in it; -1 where nobody counts them
}

func (t *tables) run(r Run) (runAt, error) {
	switch {
	case r.Category != "":
		n := t.category(r.Category)
		return runAt{t, categoryTerm(n), n == 0, t.categoryCount(n)}, nil
	case r.Source != "":
		src, err := t.source(r.Source)
		if err != nil {
			return runAt{none: true}, err
		}
		return runAt{t, sourceTerm(src.Number), src.Number == 0, -1}, nil
	case r.Stock != "":
		return runAt{t, stockTerm(r.Stock), false, -1}, nil
	}
	return runAt{t, nil, false, t.counted()}, nil
}

// up goes through the run from an order on, down backwards from before it.
func (at runAt) up(from uint64) iter.Seq2[uint64, uint64] {
	switch {
	case at.none:
		return func(func(order, arrival uint64) bool) {}
	case at.term == nil:
		return at.upAll(from)
	}
	return at.tables.up(at.term, from)
}

func (at runAt) down(from uint64) iter.Seq2[uint64, uint64] {
	switch {
	case at.none:
		return func(func(order, arrival uint64) bool) {}
	case at.term == nil:
		return at.downAll(from)
	}
	return at.tables.down(at.term, from)
}

func (at runAt) part(st Stretch) iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		n, end := 0, orderAt(st.End)
		for order, arrival := range at.up(orderAt(st.First)) {
			if order >= end || n >= st.Skip+st.Limit {
				return
			}
			if n++; n > st.Skip && !yield(order, arrival) {
				return
			}
		}
	}
}

func (at runAt) around(st Stretch) (a Surroundings) {
	var last uint64
	sum := fnv.New64a()
	for order := range at.part(st) {
		a.Count++
		last = order
		_, _ = sum.Write(number(order)) // it never fails
	}
	for order := range at.down(orderAt(st.First)) {
		a.Before = moment(order)
		break
	}
	for order := range at.up(orderAt(st.End)) {
		a.After = moment(order)
		break
	}
	if a.Count > 0 {
		_, _ = sum.Write(number(at.revised(last)))
		_, _ = sum.Write(number(at.first()))
		_, _ = sum.Write(number(uint64(at.upTo(last))))
		a.Revision = sum.Sum64()
	}
	return a
}

// revised looks for the last change, after last, of what came up to last. It goes
// back through the changes since: keys of 16 bytes, a thousand a page. What
// changed before last came is told by last.
func (at runAt) revised(last uint64) uint64 {
	c := at.changes.Cursor()
	for k, v := c.Last(); k != nil && fromNumber(k) > last; k, v = c.Prev() {
		arrival := fromNumber(v)
		if arrival > last { // as of most that came since: no order is less than the arrival
			continue
		}
		if order := at.order(arrival); 0 < order && order <= last {
			return fromNumber(k)
		}
	}
	return 0
}

// first is the order of the oldest article.
func (at runAt) first() uint64 {
	for order := range at.up(0) {
		return order
	}
	return 0
}

// upTo is how many articles came up to last.
func (at runAt) upTo(last uint64) (n int) {
	if at.total >= 0 { // what came since is less, mostly
		n = at.total
		for range at.up(last + 1) {
			n--
		}
		return n
	}
	for order := range at.up(0) {
		if order > last {
			break
		}
		n++
	}
	return n
}

// order is where in the run an article stands; 0 where it is not in it.
func (at runAt) order(arrival uint64) uint64 {
	if at.term == nil {
		return arrival
	}
	v := at.runs.Get(at.term.at(arrival))
	switch {
	case v == nil:
		return 0
	case len(v) == 8:
		return fromNumber(v)
	}
	return arrival
}

// orderAt is the first order number of a time.
func orderAt(t time.Time) uint64 {
	const ends = 1 << 44 // where the number has no more room for the time
	return uint64(min(max(t.UnixMilli(), 0), ends-1)) << 20
}
