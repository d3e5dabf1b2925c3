package storage

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// Correction is an edit of what readers saw of an article, or that its origin
// took it back.
type Correction struct {
	// Number names the correction among those of its article, for ever; of two
	// corrections the later one's is greater.
	Number  uint64
	At      time.Time
	Article article.Article // as it is now
	// Before and After are what the edit changed; empty for a withdrawal.
	Before, After Version
	Withdrawn     bool
}

// correctionSteps is how many of the newest changes are looked at. Most are new
// articles: after some days an edit is news to nobody.
const correctionSteps = 2000

// Corrections gives the newest corrections, newest first. Of a withdrawn article
// it tells no edits. It looks at the newest changes only.
func (s *Store) Corrections(limit int) (found []Correction, err error) {
	err = s.view(func(t *tables) error {
		c := t.changes.Cursor()
		k, v := c.Last()
		for steps := 0; k != nil && steps < correctionSteps && newerThan(found, fromNumber(k)) < limit; k, v = c.Prev() {
			r, err := t.record(fromNumber(v))
			if err != nil {
				return err
			}
			more, err := t.correctionsOf(fromNumber(v), r)
			if err != nil {
				return err
			}
			found = append(found, more...)
			if !r.Remade { // thousands may be at once, and push nothing out of the list
				steps++
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("corrections: %w", err)
	}
	slices.SortFunc(found, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(b.Number, a.Number), cmp.Compare(a.Article.Key, b.Article.Key))
	})
	return found[:min(limit, len(found))], nil
}

// newerThan counts the corrections that no older change can push out of the list.
func newerThan(found []Correction, change uint64) (n int) {
	for _, c := range found {
		if c.Number > change {
			n++
		}
	}
	return n
}

func (t *tables) correctionsOf(arrival uint64, r *record) ([]Correction, error) {
	switch {
	case !r.Withdrawn.IsZero():
		// After all edits of that second: only the second is known.
		n := orderAt(r.Withdrawn.Add(time.Second)) - 1
		return []Correction{{Number: n, At: r.Withdrawn, Article: r.Article, Withdrawn: true}}, nil
	case r.Version == 0:
		return nil, nil
	}
	versions, err := t.versionsOf(r)
	if err != nil {
		return nil, err
	}
	return corrections(r, versions, t.versionKeys(arrival)), nil
}

// corrections are the steps from each version to the next that its origin made. keys are those of all
// versions but the last.
func corrections(r *record, versions []Version, keys [][]byte) (all []Correction) {
	for i := 1; i < len(versions); i++ {
		if versions[i].Remade {
			continue
		}
		n := r.Version
		if i < len(keys) {
			n = fromNumber(keys[i][8:])
		}
		all = append(all, Correction{
			Number: n, At: versions[i].Since, Article: r.Article, Before: versions[i-1], After: versions[i],
		})
	}
	return all
}
