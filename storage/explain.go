package storage

import (
	"cmp"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// Explanation is what the store knows of an article beyond what readers see.
type Explanation struct {
	Article article.Article
	// Sources are the names of those that list it, in the order in which they
	// first did.
	Sources []string
	// Keys are the identity keys that it is recognised by, in the order in which
	// they came; of a very long one the end is a hash, and no text.
	Keys []string
	// Revision is when the origin says it last changed what is stored; zero
	// where it does not say.
	Revision time.Time
	// Verdict is how its body was chosen; the zero Verdict where nobody told,
	// as for an imported article.
	Verdict article.Verdict
	// Joins are the items that are no articles of their own, as they were joined.
	Joins []Join
	// Versions are what readers saw of it; see [Store.Versions].
	Versions []Version
	// Retries are the pages that are to be fetched again, the next due first.
	Retries []PendingPage
}

// PendingPage is a page that a source wants fetched again for an article.
type PendingPage struct {
	Source   string
	Attempts int // so far
	Due      time.Time
}

// Explain tells where an article came from, by its Key or by its tag: URI.
func (s *Store) Explain(ref string) (e Explanation, err error) {
	err = s.view(func(t *tables) error {
		r, err := t.refer(ref)
		if err != nil {
			return err
		}
		e = Explanation{Article: r.Article, Keys: r.Keys, Revision: r.Revision, Verdict: r.Verdict}
		for _, j := range r.Joins {
			e.Joins = append(e.Joins, j.Join)
		}
		if e.Versions, err = t.versionsOf(r); err != nil {
			return err
		}
		return t.explainSources(&e, r)
	})
	return e, err
}

func (t *tables) explainSources(e *Explanation, r *record) error {
	arrival := fromNumber(t.names.Get([]byte(r.Key)))
	names, err := t.sourceNames()
	if err != nil {
		return err
	}
	for n, name := range names {
		if err := t.explainRetry(e, name, n, arrival); err != nil {
			return err
		}
	}
	for _, l := range r.Listings {
		e.Sources = article.Union(e.Sources, names[l.Source])
	}
	slices.SortFunc(e.Retries, func(a, b PendingPage) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Source, b.Source))
	})
	return nil
}

func (t *tables) explainRetry(e *Explanation, source string, n uint32, arrival uint64) error {
	value := t.retries.Get(retryKey(n, arrival))
	if len(value) < 8 {
		return nil
	}
	var stored storedRetry
	if err := t.codec.unmarshal(value[8:], &stored); err != nil {
		return err
	}
	e.Retries = append(e.Retries, PendingPage{source, stored.Attempts, fromMillis(int64(fromNumber(value)))})
	return nil
}
