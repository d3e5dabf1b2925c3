package storage

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// Window bounds what a feed shows: the newest Entries articles and all that
// arrived within Age of the newest of them, but no more than Max. A Max of 0
// is no bound.
type Window struct {
	Entries int
	Age     time.Duration
	Max     int
}

// Newest gives what a category's feed shows, "" being all categories: the
// articles that came into the category last, newest published first. It
// depends on nothing but what is stored. Withdrawn articles are left out.
func (s *Store) Newest(category string, w Window) ([]article.Article, error) {
	return s.newest(w, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		if category == "" {
			return t.expecting(t.newestOfAll(), w.Entries), nil
		}
		return t.expecting(t.newestUnder(categoryTerm(t.category(category))), w.Entries), nil
	})
}

// NewestOfSource is Newest for all that a source lists, whoever brought it.
func (s *Store) NewestOfSource(source string, w Window) ([]article.Article, error) {
	return s.newest(w, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		src, err := t.source(source)
		if err != nil {
			return nil, err
		}
		return t.expecting(t.newestUnder(sourceTerm(src.Number)), w.Entries), nil
	})
}

// NewestOfStock is Newest for the articles that mention a stock.
func (s *Store) NewestOfStock(code string, w Window) ([]article.Article, error) {
	return s.newest(w, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		return t.expecting(t.newestUnder(stockTerm(code)), w.Entries), nil
	})
}

func (s *Store) newest(w Window, run func(*tables) (iter.Seq2[uint64, uint64], error)) (found []article.Article, err error) {
	err = s.view(func(t *tables) error {
		arrivals, err := run(t)
		if err == nil {
			found, err = t.within(w, arrivals)
		}
		return err
	})
	slices.SortFunc(found, func(a, b article.Article) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(a.Key, b.Key))
	})
	return found, err
}

func (t *tables) within(w Window, run iter.Seq2[uint64, uint64]) (found []article.Article, err error) {
	var oldest time.Time // zero until there is a newest
	for order, arrival := range run {
		recent := w.Age > 0 && !moment(order).Before(oldest)
		full := w.Max > 0 && len(found) >= w.Max
		if full || len(found) >= w.Entries && !recent {
			return found, nil
		}
		r, err := t.record(arrival)
		if err != nil {
			return nil, err
		}
		if !r.Withdrawn.IsZero() {
			continue
		}
		if len(found) == 0 {
			oldest = moment(order).Add(-w.Age)
		}
		found = append(found, r.Article)
	}
	return found, nil
}
