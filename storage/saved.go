package storage

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"aggregator/normalize/article"
)

// savedSteps is how many of the newest articles a saved search looks at: one for
// rare words must not read the whole store at every change.
const savedSteps = 5000

// Words select articles by what readers see of them.
type Words struct {
	All  []string // each of which an article has,
	Any  []string // at least one of which it has, if there are any,
	None []string // and none of which
}

// NewestOfWords is Newest for the articles that words select. It looks at the newest
// articles only.
func (s *Store) NewestOfWords(words Words, w Window) ([]article.Article, error) {
	every, some, none := lower(words.All), lower(words.Any), lower(words.None)
	return s.newest(w, func(t *tables) (iter.Seq2[uint64, uint64], error) {
		return t.newestWhere(func(a *article.Article) bool {
			all := strings.ToLower(a.Title + "\n" + a.Summary + "\n" + text(a.Content))
			missing := func(word string) bool { return !strings.Contains(all, word) }
			return len(every)+len(some) > 0 && !slices.ContainsFunc(every, missing) && (len(some) == 0 || hasOne(all, some)) && !hasOne(all, none)
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

func savedKey(slug string) []byte { return append([]byte("saved:"), slug...) }

// PutSaved remembers that saved searches were published under these slugs.
func (s *Store) PutSaved(slugs []string) error {
	var news [][]byte
	err := s.view(func(t *tables) error {
		news = nil
		for _, slug := range slugs {
			if key := savedKey(slug); t.meta.Get(key) == nil {
				news = append(news, key)
			}
		}
		return nil
	})
	if err == nil && len(news) > 0 {
		err = s.update(func(t *tables) error {
			for _, key := range news {
				if err := t.meta.Put(key, nothing()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("put saved searches: %w", err)
	}
	return nil
}

// WasSaved tells whether a saved search was ever published under a slug.
func (s *Store) WasSaved(slug string) (was bool, err error) {
	err = s.view(func(t *tables) error {
		was = t.meta.Get(savedKey(slug)) != nil
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("saved search %s: %w", slug, err)
	}
	return was, nil
}
