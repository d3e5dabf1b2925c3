package storage

import (
	"fmt"
	"time"
)

// Arrivals tells of every article that was published at or after since when it was
// and when it came, latest published first. It reads keys alone, a hundred a page.
func (s *Store) Arrivals(since time.Time, each func(published, arrived time.Time)) error {
	err := s.view(func(t *tables) error {
		c := t.index.Cursor()
		for k, _ := before(c, []byte{'p' + 1}); len(k) == 17 && k[0] == 'p'; k, _ = c.Prev() {
			published := publishedIn(k)
			if published.Before(since) {
				return nil
			}
			each(published, moment(fromNumber(k[9:])))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("arrivals: %w", err)
	}
	return nil
}
