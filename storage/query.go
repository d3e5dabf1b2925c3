package storage

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// Query selects articles. The zero Query selects all, newest published first.
type Query struct {
	Category string
	Source   string    // that lists the article, whoever brought it
	Since    time.Time // published at or after
	Until    time.Time // published before
	Search   string    // words that title or text must contain
	Limit    int       // 0 means no limit
	// Whole adds to each article what another store needs to restore it just so:
	// Filed and History.
	Whole bool
	// Done ends the reading early when it is closed; optional. A search for rare
	// words looks at a whole store, though its reader be gone.
	Done <-chan struct{}
}

func (q *Query) ended() bool {
	select {
	case <-q.Done:
		return true
	default:
		return false
	}
}

// All tells whether the query selects every article.
func (q Query) All() bool {
	q.Done, q.Whole = nil, false
	return q == Query{}
}

const (
	chunkFound = 64   // articles that one transaction reads at most,
	chunkSteps = 4096 // and how many it looks at to find them, beside one span
)

// Articles gives the articles of a query, newest published first. It reads them
// a few at a time and holds no transaction while they are being used; what is
// stored meanwhile may or may not be among them. An error is the last it gives.
func (s *Store) Articles(q Query) iter.Seq2[article.Article, error] {
	return func(yield func(article.Article, error) bool) {
		c := cursor{Query: q, words: searchWords(q.Search)}
		for !c.done && !c.ended() {
			var found []article.Article
			err := s.view(func(t *tables) (err error) {
				found, err = c.next(t)
				return err
			})
			for _, a := range found {
				if !yield(a, nil) {
					return
				}
			}
			if err != nil {
				yield(article.Article{}, fmt.Errorf("articles: %w", err))
				return
			}
		}
	}
}

// cursor is where a Query has got to.
type cursor struct {
	Query
	words []string
	given int
	span  []published // what is still to be looked at, of the span
	start []byte      // that begins here
	done  bool
	names map[uint32]string // of sources, by number
}

// next goes on backwards in the order of publication.
func (c *cursor) next(t *tables) (found []article.Article, err error) {
	terms, known, err := c.terms(t)
	if c.done = err != nil || !known; c.done {
		return nil, err
	}
	for range chunkSteps {
		if more, err := c.more(t); !more {
			c.done = true
			return found, err
		}
		last := len(c.span) - 1
		p := c.span[last]
		c.span = c.span[:last]
		a, err := c.pick(t, p, terms)
		if err != nil {
			c.done = true
			return found, err
		}
		if a != nil {
			found = append(found, *a)
			c.given++
		}
		if c.done = c.Limit > 0 && c.given >= c.Limit; c.done || len(found) >= chunkFound {
			return found, nil
		}
	}
	return found, nil
}

// more tells whether there is more to be looked at, and reads the next span where that
// is to be found in it.
func (c *cursor) more(t *tables) (more bool, err error) {
	for len(c.span) == 0 {
		if c.span, c.start, err = t.lastSpan(c.end()); c.start == nil {
			return false, err
		}
		if !c.Until.IsZero() {
			until := ceiling(c.Until).Unix()
			c.span = slices.DeleteFunc(c.span, func(p published) bool { return p.at >= until })
		}
	}
	return c.Since.IsZero() || c.span[len(c.span)-1].at >= ceiling(c.Since).Unix(), nil
}

// end is the key before which the next span begins.
func (c *cursor) end() []byte {
	switch {
	case c.start != nil:
		return c.start
	case !c.Until.IsZero():
		return spanKey(ceiling(c.Until).Unix() + 1<<spanBits)
	}
	return afterSpans
}

// pick reads an article if it is one of the query's.
func (c *cursor) pick(t *tables, p published, terms []term) (*article.Article, error) {
	for _, tm := range terms {
		if !t.under(tm, p.arrival) {
			return nil, nil
		}
	}
	r, err := t.record(p.arrival)
	if err != nil && t.index.Get(p.key()) == nil {
		return nil, nil // it was pruned since its span was read
	}
	if err != nil || !contains(&r.Article, c.words) {
		return nil, err
	}
	if c.Whole {
		err = c.whole(t, r, p.arrival)
	}
	return &r.Article, err
}

// filed is what an article came under after its arrival, in that order.
func (c *cursor) filed(t *tables, r *record, arrival uint64) (later []article.Filing, _ error) {
	for _, name := range r.Categories {
		if order := t.since(categoryTerm(t.category(name)), arrival); order > arrival {
			later = append(later, article.Filing{Category: name, Order: order})
		}
	}
	for _, n := range sourcesOf(r) {
		name, err := c.sourceName(t, n)
		if err != nil {
			return nil, err
		}
		if order := t.since(sourceTerm(n), arrival); order > arrival || name != r.Source {
			later = append(later, article.Filing{Source: name, Order: order})
		}
	}
	for _, code := range r.Stocks {
		if order := t.since(stockTerm(code), arrival); order > arrival {
			later = append(later, article.Filing{Stock: code, Order: order})
		}
	}
	slices.SortStableFunc(later, func(a, b article.Filing) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Source, b.Source))
	})
	return later, nil
}

// sourceName is the name of a source, of which there may be more than a moment ago.
func (c *cursor) sourceName(t *tables, n uint32) (name string, err error) {
	if c.names[n] == "" {
		c.names, err = t.sourceNames()
	}
	return c.names[n], err
}

// terms are what the articles must be under; not known, there are none.
func (c *cursor) terms(t *tables) (terms []term, known bool, err error) {
	if c.Category != "" {
		n := t.category(c.Category)
		if n == 0 {
			return nil, false, nil
		}
		terms = append(terms, categoryTerm(n))
	}
	if c.Source != "" {
		src, err := t.source(c.Source)
		if err != nil || src.Number == 0 {
			return nil, false, err
		}
		terms = append(terms, sourceTerm(src.Number))
	}
	return terms, true, nil
}

// ceiling is the first whole second that is not before t.
func ceiling(t time.Time) time.Time {
	if whole := t.Truncate(time.Second); whole.Before(t) {
		return whole.Add(time.Second)
	}
	return t
}
