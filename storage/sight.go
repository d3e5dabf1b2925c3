package storage

import (
	"fmt"

	"aggregator/normalize/article"
)

// Standing is how an item of a document relates to what is stored.
type Standing int

const (
	New       Standing = iota // no article has one of its keys
	Changed                   // its article is known, and may now look different
	Copy                      // its article is known, and this source only adds itself to it
	Unchanged                 // seen before, and the same as then
)

// Sighting is what the store knows of one item.
type Sighting struct {
	Standing Standing
	// Listed tells that this source has listed the item before: known ground,
	// where paging back may stop.
	Listed bool
	// Keys are the identity's keys without those that would join the item
	// with another one of the same document.
	Keys []string
}

// Sight judges the items of one document of a source. It changes nothing.
//
// Of a known article only the source that brought it is believed when it shows
// something else than last time, and another source only when it tells a
// revision newer than the stored one. Everything else that is not known as it is
// now is a Copy: adding it makes it Unchanged the next time. So is what looks
// different at every fetch, see maxUnrevised.
func (s *Store) Sight(source string, ids []article.Identity) ([]Sighting, error) {
	sightings := make([]Sighting, len(ids))
	err := s.view(func(t *tables) error {
		src, err := t.source(source)
		if err != nil {
			return err
		}
		for i, m := range t.match(src.Number, ids) {
			sightings[i], err = t.judge(src, m, ids[i])
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sight %s: %w", source, err)
	}
	return sightings, nil
}

func (t *tables) judge(src *sourceRecord, m match, id article.Identity) (Sighting, error) {
	sighting := Sighting{Keys: m.keys, Listed: m.seen || m.forgotten}
	switch {
	case m.seen && (m.print == id.Print || id.Same), m.forgotten:
		sighting.Standing = Unchanged
		return sighting, nil
	case m.arrival == 0:
		sighting.Standing = New
		return sighting, nil
	}
	r, err := t.record(m.arrival)
	if err != nil {
		return sighting, err
	}
	sighting.Standing = Copy
	shown := m.seen && m.print != 0 // nobody knows what lists showed of restored articles
	if r.isCopy(m.keys[0]) {
		sighting.Listed = m.seen || r.lists(src.Number)
		return sighting, nil
	}
	own := shown && r.Source == src.Name && !r.restless() && !newer(r.Revision, id.Revision)
	if newer(id.Revision, r.Revision) || own {
		sighting.Standing = Changed
	}
	sighting.Listed = m.seen || r.lists(src.Number)
	return sighting, nil
}
