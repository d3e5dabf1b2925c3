package storage

import (
	"fmt"
	"time"

	"aggregator/normalize/article"
)

// Sample is what the store knows of how one article of a source came in.
type Sample struct {
	Seen      time.Time
	Published time.Time
	Verdict   article.Verdict // zero of an imported article
}

// Samples gives those of the newest articles that a source brought itself, newest
// first.
func (s *Store) Samples(source string, limit int) (found []Sample, err error) {
	err = s.view(func(t *tables) error {
		src, err := t.source(source)
		if err != nil {
			return err
		}
		steps := 0
		for order, arrival := range t.newestUnder(sourceTerm(src.Number)) {
			if steps++; len(found) == limit || steps > 4*limit {
				return nil
			}
			if order != arrival { // somebody else's
				continue
			}
			r, err := t.record(arrival)
			if err != nil {
				return err
			}
			if r.Source == source && r.Withdrawn.IsZero() {
				found = append(found, Sample{r.Seen, r.Published, r.Verdict})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("samples of %s: %w", source, err)
	}
	return found, nil
}

// momentSteps is how many of what a source listed are looked at.
const momentSteps = 20000

// Moments gives when a source listed something that it had not listed before,
// newest first, back to since, and of what lies less than apart from the later one
// before it nothing. It reads no article.
func (s *Store) Moments(source string, since time.Time, apart time.Duration, limit int) (found []time.Time, err error) {
	err = s.view(func(t *tables) error {
		src, err := t.source(source)
		if err != nil {
			return err
		}
		steps := 0
		for order := range t.newestUnder(sourceTerm(src.Number)) {
			at := moment(order)
			if steps++; at.Before(since) || len(found) == limit || steps > momentSteps {
				return nil
			}
			if n := len(found); n == 0 || found[n-1].Sub(at) >= apart {
				found = append(found, at)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("moments of %s: %w", source, err)
	}
	return found, nil
}
