package storage

import (
	"fmt"

	"aggregator/normalize/article"
)

// Changes gives up to limit articles that were stored or changed after a
// position, in the order of their last change, and the position reached. An
// article that changed twice comes once, as it is now.
func (s *Store) Changes(after uint64, limit int) (changed []article.Article, last uint64, err error) {
	last = after
	err = s.view(func(t *tables) error {
		c := t.changes.Cursor()
		for k, v := c.Seek(number(after + 1)); k != nil && len(changed) < limit; k, v = c.Next() {
			r, err := t.record(fromNumber(v))
			if err != nil {
				return err
			}
			changed = append(changed, r.Article)
			last = fromNumber(k)
		}
		return nil
	})
	if err != nil {
		return nil, after, fmt.Errorf("changes after %d: %w", after, err)
	}
	return changed, last, nil
}

// Position is how far a reader of Changes has come; 0 at first.
func (s *Store) Position(reader string) (p uint64, err error) {
	err = s.view(func(t *tables) error {
		p = fromNumber(t.readers.Get([]byte(reader)))
		return nil
	})
	return p, err
}

// SetPosition stores how far a reader has come. It is stored after the reader's
// own work, so that a crash between makes it do that again and not skip it.
func (s *Store) SetPosition(reader string, p uint64) error {
	err := s.update(func(t *tables) error { return t.readers.Put([]byte(reader), number(p)) })
	if err != nil {
		return fmt.Errorf("position of %s: %w", reader, err)
	}
	return nil
}
