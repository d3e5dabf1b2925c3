package storage

import (
	"fmt"
	"slices"
	"time"
)

// Arrivals tells of every article that was published at or after since when it was
// and when it came, latest published first. It reads keys alone, a hundred a page.
func (s *Store) Arrivals(since time.Time, each func(published, arrived time.Time)) error {
	err := s.view(func(t *tables) error {
		for span, start := t.lastSpan(afterSpans); start != nil; span, start = t.lastSpan(start) {
			for _, p := range slices.Backward(span) {
				at := time.Unix(p.at, 0)
				if at.Before(since) {
					return nil
				}
				each(at, moment(p.arrival))
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("arrivals: %w", err)
	}
	return nil
}
