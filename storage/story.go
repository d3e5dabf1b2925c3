package storage

import (
	"cmp"
	"iter"
	"maps"

	"aggregator/normalize/article"
)

// stories are the fingerprints of the articles that arrived within storyWindow,
// by arrival. Only the goroutine that writes knows them.
type stories map[uint64]fingerprint

// settle takes over what a transaction told, stories that are new and, without
// letters, those that are none any more; or forgets all if it failed, for they
// may have been read in it.
func (s *Store) settle(told stories, err error) {
	if err != nil {
		s.stories = nil
	}
	for arrival, f := range told {
		switch {
		case s.stories == nil:
		case f.letters == 0:
			delete(s.stories, arrival)
		default:
			s.stories[arrival] = f
		}
	}
}

// loadStories reads the window at its first use.
func (t *tables) loadStories() error {
	if t.stories != nil {
		return nil
	}
	found := stories{}
	c := t.articles.Cursor()
	from := uint64(max(t.time.Add(-storyWindow).UnixMilli(), 0)) << 20
	for k, v := c.Seek(number(from)); k != nil; k, v = c.Next() {
		r, err := t.decode(fromNumber(k), v)
		if err != nil {
			return err
		}
		if f, ok := storyOf(&r.Article); ok {
			found[fromNumber(k)] = f
		}
	}
	t.stories = found
	return nil
}

// storyOf is the fingerprint of an article that others may be joined with.
func storyOf(a *article.Article) (fingerprint, bool) {
	if !a.Withdrawn.IsZero() {
		return fingerprint{}, false
	}
	return newFingerprint(a)
}

// tell notes how an article reads now.
func (t *tables) tell(arrival uint64, a *article.Article) {
	if t.stories == nil {
		return // loaded when they are asked for
	}
	f, ok := storyOf(a)
	if !ok {
		f = fingerprint{}
	}
	t.told[arrival] = f
}

// untell takes an article out of the window.
func (t *tables) untell(arrival uint64) {
	if t.stories != nil {
		t.told[arrival] = fingerprint{}
	}
}

// likeness is an article of the same story.
type likeness struct {
	arrival  uint64
	reason   string
	distance int
}

// nearest finds the article within the window whose text is the nearest to that
// of a new one, and the older of two: an arrival of 0 where there is none.
func (a *addition) nearest(f fingerprint) (found likeness, err error) {
	if err := a.loadStories(); err != nil {
		return found, err
	}
	maps.DeleteFunc(a.stories, func(_ uint64, g fingerprint) bool { return a.time.Sub(g.at) > storyWindow })
	for arrival, g := range a.present() {
		reason, distance := f.same(g)
		nearer := found.arrival == 0 || cmp.Or(cmp.Compare(distance, found.distance), cmp.Compare(arrival, found.arrival)) < 0
		if reason == "" || !nearer {
			continue
		}
		r, err := a.record(arrival)
		if err != nil {
			return found, err
		}
		if r.hasRoom(a.Keys) && !a.beside(r) && !contradict(visible(r.Content), visible(a.Article.Content)) {
			found = likeness{arrival, reason, distance}
		}
	}
	return found, nil
}

// present goes through the window as the transaction sees it.
func (t *tables) present() iter.Seq2[uint64, fingerprint] {
	within := func(f fingerprint) bool { return f.letters > 0 && t.time.Sub(f.at) <= storyWindow }
	return func(yield func(uint64, fingerprint) bool) {
		for arrival, f := range t.stories {
			if _, changed := t.told[arrival]; !changed && within(f) && !yield(arrival, f) {
				return
			}
		}
		for arrival, f := range t.told {
			if within(f) && !yield(arrival, f) {
				return
			}
		}
	}
}
