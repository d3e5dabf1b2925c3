package storage

import (
	"fmt"
	"slices"
	"time"
)

// Arrivals tells of every article that was published at or after since when it was
// and when it came, latest published first. It reads no article.
func (s *Store) Arrivals(since time.Time, each func(published, arrived time.Time)) error {
	err := s.view(func(t *tables) error {
		for end := afterSpans; ; {
			span, start, err := t.lastSpan(end)
			if start == nil {
				return err
			}
			end = start
			for _, p := range slices.Backward(span) {
				at := time.Unix(p.at, 0)
				if at.Before(since) {
					return nil
				}
				each(at, moment(p.arrival))
			}
		}
	})
	if err != nil {
		return fmt.Errorf("arrivals: %w", err)
	}
	return nil
}
