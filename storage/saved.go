package storage

import (
	"iter"
	"strings"

	"aggregator/normalize/article"
)

// savedSteps is how many of the newest articles a saved search looks at: one for
// rare words must not read the whole store at every change.
const savedSteps = 5000

// NewestOfWords is Newest for the articles that have at least one word of any,
// and none of none, in what readers see of them. It looks at the newest articles
// only.
func (s *Store) NewestOfWords(any, none []string, w Window) ([]article.Article, error) {
	any, none = lower(any), lower(none)
	return s.newest(w, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		return t.newestWhere(func(a *article.Article) bool {
			all := strings.ToLower(a.Title + "\n" + a.Summary + "\n" + text(a.Content))
			return hasOne(all, any) && !hasOne(all, none)
		}), nil
	})
}

// newestWhere goes through the newest articles backwards and gives those that
// match. One that cannot be read is given too: whoever reads it finds out why.
func (t *tables) newestWhere(match func(*article.Article) bool) iter.Seq2[uint64, uint64] {
	return func(yield func(order, arrival uint64) bool) {
		steps := 0
		for order, arrival := range t.newestOfAll() {
			if steps++; steps > savedSteps {
				return
			}
			r, err := t.record(arrival)
			if (err != nil || match(&r.Article)) && !yield(order, arrival) {
				return
			}
		}
	}
}

func lower(words []string) []string {
	low := make([]string, len(words))
	for i, w := range words {
		low[i] = strings.ToLower(w)
	}
	return low
}

func hasOne(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
