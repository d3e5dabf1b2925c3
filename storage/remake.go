package storage

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// Body is an article and its body as it came.
type Body struct {
	Article article.Article
	Raw     article.Raw
}

// Bodies gives up to limit articles whose bodies are kept as they came, of those
// first seen since a time and of a greater Order, in that order.
func (s *Store) Bodies(since time.Time, after uint64, limit int) (list []Body, err error) {
	if !since.IsZero() {
		after = max(after, orderAt(since)-min(1, orderAt(since)))
	}
	err = s.view(func(t *tables) error {
		c := t.raw.Cursor()
		for k, v := c.Seek(number(after + 1)); k != nil && len(list) < limit; k, v = c.Next() {
			if t.articles.Get(k) == nil { // of a copy
				continue
			}
			r, err := t.record(fromNumber(k))
			if err != nil {
				return err
			}
			raw, err := t.codec.unpackRaw(v, r.Content)
			if err != nil {
				return fmt.Errorf("body of %s: %w", r.Key, err)
			}
			list = append(list, Body{r.Article, raw})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("bodies: %w", err)
	}
	return list, nil
}

// CountBodies tells how many there are.
func (s *Store) CountBodies(since time.Time) (n int, err error) {
	err = s.view(func(t *tables) error {
		c := t.raw.Cursor()
		for k, _ := c.Seek(number(orderAt(since))); k != nil; k, _ = c.Next() {
			if t.articles.Get(k) != nil {
				n++
			}
		}
		return nil
	})
	return n, err
}

// Remade is what rules of our own made of a stored article.
type Remade struct{ Before, After article.Article }

// Remake gives stored articles the content, head image and stocks that our own
// rules now make of what came, in one transaction, and tells how many look
// different, or have other stocks. One that was edited or forgotten meanwhile is
// left alone: its body was made by those rules.
//
// It is no edit: nobody but us changed anything, so that Updated stays, no
// correction is told, and nothing becomes news in a feed. What readers saw before is
// kept as a version all the same, once for any number of times in a row.
func (s *Store) Remake(list []Remade) (changed int, err error) {
	err = s.update(func(t *tables) error {
		changed = 0
		for _, m := range list {
			done, err := t.remake(m)
			if err != nil {
				return fmt.Errorf("%s: %w", m.Before.Key, err)
			}
			if done {
				changed++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remake: %w", err)
	}
	return changed, nil
}

func (t *tables) remake(m Remade) (bool, error) {
	r, err := t.refer(m.Before.Key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || r.Print() != m.Before.Print() || !slices.Equal(r.Stocks, m.Before.Stocks) {
		return false, err
	}
	before := *r
	r.Content, r.Image, r.Stocks = m.After.Content, m.After.Image, article.Union(nil, m.After.Stocks...)
	looks := r.Print() != before.Print()
	if !looks && slices.Equal(r.Stocks, before.Stocks) {
		return false, nil
	}
	a := addition{tables: t, arrival: r.Order}
	if a.order, err = t.tick(); err != nil {
		return false, err
	}
	if err := a.refile(before.Stocks, r.Stocks); err != nil {
		return false, err
	}
	if looks && !r.Remade {
		if err := a.supersede(&before, r); err != nil {
			return false, err
		}
		r.Remade = true
	}
	if err := errors.Join(t.tell(a.arrival, &r.Article), t.recode(a.arrival, before.Content, r.Content)); err != nil {
		return false, err
	}
	r.Changed = t.time
	return true, a.save(r, true)
}

// refile files the article under its stocks as if it had always been there.
func (a *addition) refile(before, after []string) error {
	for _, code := range before {
		if !slices.Contains(after, code) {
			if err := a.unfile(stockTerm(code), a.arrival); err != nil {
				return err
			}
		}
	}
	for _, code := range after {
		if _, err := a.file(stockTerm(code), a.arrival, a.arrival); err != nil {
			return err
		}
	}
	return nil
}
