package storage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// pruneStep is how many articles or bodies one transaction forgets at most: the
// cycles that wait for it are not to wait long.
const pruneStep = 100

// Retention says what is forgotten.
type Retention struct {
	MaxAge      time.Duration // of articles since they were first seen; 0 is for ever
	MaxArticles int           // the newest so many are kept; 0 is all
	Raw         time.Duration // how long a body is kept as it came
	// Keep tells of which sources bodies are kept as long as their articles.
	// Optional.
	Keep func(source string) bool
}

// Pruned is what Prune forgot.
type Pruned struct{ Articles, Bodies int }

// Prune forgets what a Retention does not keep, in small transactions, until it
// is done or the context ends. Of an article the keys remain, so that it does
// not come back as new, and its Key, so that no other gets its ID, until no source has
// listed it for half a year: see [Store.Listed]. So do the records of sources that were
// not fetched for as long and of whose items nothing is known.
func (s *Store) Prune(ctx context.Context, r Retention) (p Pruned, err error) {
	for done := false; !done && err == nil && ctx.Err() == nil; {
		var n int
		err = s.update(func(t *tables) (err error) {
			n, done, err = t.pruneArticles(r)
			return err
		})
		if err == nil {
			p.Articles += n
		}
	}
	for done := false; !done && err == nil && ctx.Err() == nil; {
		var n int
		err = s.update(func(t *tables) (err error) {
			n, done, err = t.pruneRaw(r)
			return err
		})
		if err == nil {
			p.Bodies += n
		}
	}
	for range graveTurns {
		if err == nil && ctx.Err() == nil {
			err = s.update((*tables).clearGraves)
		}
	}
	if err == nil && ctx.Err() == nil {
		err = s.update((*tables).clearDeparted)
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return p, fmt.Errorf("prune: %w", err)
	}
	return p, nil
}

// pruneArticles forgets some of the oldest articles.
func (t *tables) pruneArticles(r Retention) (n int, done bool, err error) {
	count := t.counted()
	c := t.articles.Cursor()
	for k, _ := c.First(); k != nil && n < pruneStep; k, _ = c.First() {
		arrival := fromNumber(k)
		old := r.MaxAge > 0 && t.time.Sub(moment(arrival)) > r.MaxAge
		many := r.MaxArticles > 0 && count-n > r.MaxArticles
		if !old && !many {
			return n, true, nil
		}
		if err := t.forget(arrival); err != nil {
			return n, false, err
		}
		n++
	}
	return n, n < pruneStep, nil
}

// forget removes an article. What is known of its items remains as that of
// items that were skipped; its keys and its name lead to nothing.
func (t *tables) forget(arrival uint64) error {
	r, err := t.record(arrival)
	if err != nil {
		return err
	}
	order, err := t.tick()
	if err != nil {
		return err
	}
	errs := []error{t.bury(r, order)}
	for _, l := range r.Listings {
		_, value := t.sighted(l.Source, arrival, l.Item)
		value = append(number(0), number(seenPrint(value))...)
		errs = append(errs, t.takeOutListing(arrival, l),
			t.seen.Put(seenKey(l.Source, 0, l.Item), append(value, number(order)...)),
			t.retries.Delete(retryKey(l.Source, arrival)))
	}
	return errors.Join(append(errs, t.takeOut(arrival, r))...)
}

func (t *tables) takeOutListing(arrival uint64, l listing) error {
	key, _ := t.sighted(l.Source, arrival, l.Item)
	return errors.Join(t.seen.Delete(key), t.unfile(sourceTerm(l.Source), arrival))
}

// takeOut removes an article from all tables but those of its keys and of who lists it.
func (t *tables) takeOut(arrival uint64, r *record) error {
	var errs []error
	for _, name := range r.Categories {
		n := t.category(name)
		errs = append(errs, t.unfile(categoryTerm(n), arrival))
		t.count(n, -1)
	}
	for _, code := range r.Stocks {
		errs = append(errs, t.unfile(stockTerm(code), arrival))
	}
	for _, key := range t.versionKeys(arrival) {
		errs = append(errs, t.versions.Delete(key))
	}
	for _, j := range r.Joins {
		errs = append(errs, t.copies.Delete(versionKey(arrival, j.Order)), t.raw.Delete(number(j.Order)))
	}
	errs = append(errs, t.leave(arrival), t.index.Delete(newPublished(r.Published, arrival).key()), t.changes.Delete(number(r.Change)),
		t.raw.Delete(number(arrival)), t.articles.Delete(number(arrival)), t.untell(arrival))
	t.count(all, -1)
	return errors.Join(errs...)
}

// pruneRaw forgets some of the oldest bodies, and remembers how far it came:
// those that are kept need not be looked at again.
func (t *tables) pruneRaw(r Retention) (n int, done bool, err error) {
	position := t.meta.Get([]byte("raw"))
	c := t.raw.Cursor()
	steps := 0
	var last []byte
	for k, _ := c.Seek(number(fromNumber(position) + 1)); k != nil; k, _ = c.Seek(number(fromNumber(last) + 1)) {
		if steps++; steps > pruneStep || t.time.Sub(moment(fromNumber(k))) <= r.Raw {
			break
		}
		last = number(fromNumber(k))
		kept, err := t.keeps(r, fromNumber(k))
		if err != nil {
			return n, false, err
		}
		if kept {
			continue
		}
		if err := t.raw.Delete(last); err != nil {
			return n, false, err
		}
		n++
	}
	if last != nil {
		err = t.meta.Put([]byte("raw"), last)
	}
	return n, steps <= pruneStep, err
}

func (t *tables) keeps(r Retention, arrival uint64) (bool, error) {
	if r.Keep == nil {
		return false, nil
	}
	if t.articles.Get(number(arrival)) == nil { // of a copy
		return false, nil
	}
	rec, err := t.record(arrival)
	return err == nil && r.Keep(rec.Source), err
}
