package storage

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// A clock that was once ahead leaves orders ahead: whatever comes later is counted from
// them (see tick), as if all of it had come at one moment, in a month that is not there
// yet. Feeds then show all of it as of the last day, archives put it into one month, and
// retention finds nothing old.

// ErrBehind is returned by Mend where it seems that the clock is behind now.
var ErrBehind = errors.New("the clock is behind what publishers say")

// aheadBy is how far ahead orders are at least to be worth the trouble: the clock
// comes up to nearer ones soon.
const aheadBy = 24 * time.Hour

// Ahead tells how far what was stored last lies ahead of the clock; 0 for less than a
// day.
func (s *Store) Ahead() (d time.Duration, err error) {
	err = s.view(func(t *tables) error {
		if d = moment(t.articles.Sequence()).Sub(t.time); d < aheadBy {
			d = 0
		}
		return nil
	})
	return d, err
}

// Mend puts what a clock ahead has left where it belongs, in the order in which it
// came: at the time of which it is known, and else between what surrounds it. Times
// from the future, which no publisher said, become those. It tells how many articles
// it moved. Ids and keys stay. Since all depends on the clock being right now, Mend
// is for its owner to call, and fails with ErrBehind where most of what came last says
// that it was published later than now.
//
// It is one transaction, in memory: a day's articles are nothing, a year's are some
// hundred thousand.
func (s *Store) Mend() (n int, err error) {
	if d, err := s.Ahead(); err != nil || d == 0 {
		return 0, err
	}
	err = s.enqueue(write{alone: true, done: make(chan error, 1), fn: func(t *tables) error {
		m := mending{tables: t, now: orderAt(t.time), when: map[uint64]time.Time{}, articles: map[uint64]bool{}}
		n, err = m.mend()
		return err
	}})
	if err != nil {
		return 0, fmt.Errorf("mend: %w", err)
	}
	return n, nil
}

// mending is what is known of the orders that are ahead.
type mending struct {
	*tables
	now      uint64
	when     map[uint64]time.Time // each of them, and when it was, where that is known
	articles map[uint64]bool      // that have some of them
	to       map[uint64]uint64    // what becomes of them
}

func (m *mending) mend() (int, error) {
	if m.behind() {
		return 0, ErrBehind
	}
	m.find()
	arrivals := slices.Sorted(maps.Keys(m.articles))
	for _, arrival := range arrivals {
		a, err := m.read(arrival)
		if err != nil {
			return 0, err
		}
		for _, order := range orders(a) {
			m.note(*order, time.Time{})
		}
		m.note(a.Order, a.Seen)
		m.note(a.History.Change, a.Changed)
	}
	last := m.place()
	for _, arrival := range arrivals {
		if err := m.move(arrival); err != nil {
			return 0, fmt.Errorf("article %d: %w", arrival, err)
		}
	}
	return len(arrivals), m.rest(last)
}

// behind tells whether the publishers of what came last tell later times than the
// clock.
func (m *mending) behind() bool {
	later, all := 0, 0
	for arrival := range m.newestOfAll() {
		r, err := m.record(arrival)
		if err != nil || all == 100 {
			break
		}
		if all++; r.Published.Sub(m.time) > aheadBy && !r.Published.Equal(r.Seen) {
			later++
		}
	}
	return later*2 > all
}

func (m *mending) note(order uint64, when time.Time) {
	if order > m.now {
		if old, known := m.when[order]; !known || old.IsZero() {
			m.when[order] = when
		}
	}
}

// find looks for all orders that are ahead.
func (m *mending) find() {
	c := m.tables.articles.Cursor()
	for k, _ := c.Seek(number(m.now + 1)); k != nil; k, _ = c.Next() {
		m.articles[fromNumber(k)] = true
	}
	c = m.changes.Cursor()
	for k, v := c.Seek(number(m.now + 1)); k != nil; k, v = c.Next() {
		m.articles[fromNumber(v)] = true
	}
	c = m.runs.Cursor()
	for _, kind := range []byte{'c', 'k', 's'} {
		from := append([]byte{kind}, number(m.now)[:2]...)
		for k, v := c.Seek(from); len(k) > 8 && k[0] == kind; k, v = c.Next() {
			order := fromNumber(slices.Concat(k[1:3], k[len(k)-6:]))
			if arrival, ok := entry(order, v); ok && order > m.now {
				m.articles[arrival] = true
			}
		}
	}
	c = m.health.Cursor()
	for k, _ := c.Seek(conditionKey(m.now + 1)); len(k) == 9 && k[0] == 'n'; k, _ = c.Next() {
		m.note(fromNumber(k[1:]), time.Time{})
	}
}

// read is an article with all that is to be moved with it.
func (m *mending) read(arrival uint64) (*article.Article, error) {
	r, err := m.record(arrival)
	if err == nil {
		err = (&cursor{}).whole(m.tables, r, arrival)
	}
	if err != nil {
		return nil, err
	}
	return &r.Article, nil
}

// orders are all of an article.
func orders(a *article.Article) []*uint64 {
	h := a.History
	list := []*uint64{&a.Order, &h.Change, &h.Version}
	for i := range a.Filed {
		list = append(list, &a.Filed[i].Order)
	}
	for i := range h.Former {
		list = append(list, &h.Former[i].Order)
	}
	for i := range h.Joins {
		list = append(list, &h.Joins[i].Order)
	}
	return list
}

// place finds new numbers for the orders, which keep their order, and gives the last.
func (m *mending) place() (last uint64) {
	for _, name := range []Table{m.tables.articles, m.changes} {
		k, _ := before(name.Cursor(), number(m.now+1))
		last = max(last, fromNumber(k))
	}
	m.to = make(map[uint64]uint64, len(m.when))
	all := slices.Sorted(maps.Keys(m.when))
	following := make([]int, len(all)+1) // index of the next whose time is known
	following[len(all)] = len(all)
	for i, order := range slices.Backward(all) {
		if following[i] = following[i+1]; m.known(order) != 0 {
			following[i] = i
		}
	}
	for i, order := range all {
		end := m.now
		if following[i] < len(all) {
			end = m.known(all[following[i]])
		}
		// A second after the one before, if there is room for all up to that one.
		step := min(1000<<20, (max(end, last)-last)/uint64(following[i]-i+1))
		if following[i] == i {
			step = max(end, last) - last
		}
		last += max(step, 1)
		m.to[order] = last
	}
	return last
}

// known is the first number of the time of an order; 0 where that is not known.
func (m *mending) known(order uint64) uint64 {
	if at := orderAt(m.when[order]); at <= m.now {
		return at
	}
	return 0
}

// move takes an article out and restores it at its new place.
func (m *mending) move(arrival uint64) error {
	a, err := m.read(arrival)
	if err != nil {
		return err
	}
	for _, order := range orders(a) {
		if to := m.to[*order]; to != 0 {
			*order = to
		}
	}
	m.believe(a)
	e := Entry{Identity: article.Identity{Keys: a.History.Keys, Name: a.Key}, Article: *a}
	ready := prepared{raw: bytes.Clone(m.raw.Get(number(arrival)))}
	if err := m.takeAway(arrival); err != nil {
		return err
	}
	done, err := m.restore(e, ready)
	if err == nil && !done {
		err = errors.New("it is there still")
	}
	return err
}

// believe takes times from the future for what they are: those of our own clock.
func (m *mending) believe(a *article.Article) {
	when := whole(moment(a.Order))
	for _, at := range []*time.Time{&a.Seen, &a.Changed, &a.Withdrawn, &a.Published, &a.Updated} {
		if at.Sub(m.time) > aheadBy {
			*at = when
		}
	}
}

// takeAway removes an article as if it had never been.
func (m *mending) takeAway(arrival uint64) error {
	r, err := m.record(arrival)
	if err != nil {
		return err
	}
	src, err := m.source(r.Source)
	if err != nil {
		return err
	}
	src.Articles-- // restore counts it
	errs := []error{m.putSource(src), m.names.Delete([]byte(r.Key))}
	for _, l := range r.Listings {
		errs = append(errs, m.retries.Delete(retryKey(l.Source, arrival)), m.takeOutListing(arrival, l))
	}
	for _, key := range r.Keys {
		errs = append(errs, m.aliases.Delete([]byte(key)))
	}
	return errors.Join(append(errs, m.takeOut(arrival, r))...)
}

// rest moves what is no article, and has tick go on from the last.
func (m *mending) rest(last uint64) error {
	last = max(last, m.now)
	errs := []error{m.moveConditions(), m.movePositions(), m.tables.articles.SetSequence(last),
		m.meta.Put([]byte(restoredKey), number(last))}
	for _, key := range []string{"raw", bundledKey, earlyKey} {
		if fromNumber(m.meta.Get([]byte(key))) > m.now {
			errs = append(errs, m.meta.Delete([]byte(key))) // it looks from the start again
		}
	}
	return errors.Join(errs...)
}

func (m *mending) moveConditions() error {
	for _, from := range slices.Sorted(maps.Keys(m.to)) {
		value := m.health.Get(conditionKey(from))
		if value == nil {
			continue
		}
		c, _, err := m.condition(from)
		if err != nil {
			return err
		}
		errs := []error{m.health.Put(conditionKey(m.to[from]), bytes.Clone(value)), m.health.Delete(conditionKey(from))}
		if fromNumber(m.health.Get(holdsKey(c.Source))) == from {
			errs = append(errs, m.health.Put(holdsKey(c.Source), number(m.to[from])))
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}

// movePositions has readers of changes go on where they were.
func (m *mending) movePositions() error {
	all := slices.Sorted(maps.Keys(m.to))
	moved := map[string]uint64{}
	c := m.readers.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		at := fromNumber(v)
		if at <= m.now {
			continue
		}
		i, found := slices.BinarySearch(all, at)
		switch {
		case found:
			moved[string(k)] = m.to[at]
		case i > 0:
			moved[string(k)] = m.to[all[i-1]]
		default:
			moved[string(k)] = m.now
			if len(all) > 0 {
				moved[string(k)] = m.to[all[0]] - 1
			}
		}
	}
	for name, at := range moved {
		if err := m.readers.Put([]byte(name), number(at)); err != nil {
			return err
		}
	}
	return nil
}
