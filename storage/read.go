package storage

import (
	"fmt"
	"strings"

	"aggregator/normalize/article"
)

// Article gives one article, by its Key or by its tag: URI.
func (s *Store) Article(ref string) (a article.Article, err error) {
	err = s.view(func(t *tables) error {
		r, err := t.refer(ref)
		if err == nil {
			a = r.Article
		}
		return err
	})
	return a, err
}

func (t *tables) refer(ref string) (*record, error) {
	key, whole := ref, ""
	if rest, ok := strings.CutPrefix(ref, "tag:"); ok {
		_, key, _ = strings.Cut(rest, ":")
		whole = ref
	}
	arrival := fromNumber(t.names.Get([]byte(key)))
	if arrival == 0 {
		return nil, fmt.Errorf("article %s: %w", ref, ErrNotFound)
	}
	r, err := t.record(arrival)
	if err == nil && whole != "" && r.ID != whole {
		return nil, fmt.Errorf("article %s: %w", ref, ErrNotFound)
	}
	return r, err
}

// Count is how many articles are stored.
func (s *Store) Count() (n int, err error) {
	err = s.view(func(t *tables) error {
		n = t.counted()
		return nil
	})
	return n, err
}
