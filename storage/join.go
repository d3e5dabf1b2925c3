package storage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// The steps of identity by which an item was joined with an article that came
// in another way.
const (
	ByAddress = "canonical URL"
	ByStory   = "same story"
)

// Join is an item that is no article of its own, since it was found to be one
// that is stored.
type Join struct {
	Step   string // ByAddress, ByStory or ByLooks
	Key    string // the item's own identity key
	Source string // that lists it
	Link   string
	At     time.Time
	// Why two texts are one story, and how many bits of their fingerprints
	// differ; of joins ByStory.
	Reason   string
	Distance int
}

// joined is a Join as a record keeps it.
type joined struct {
	Join
	Order  uint64   // under which the item is kept in "copies"; 0 if it is not
	Gained []string // categories that the article has by it
}

// join makes a copy of a new entry whose story an article of the last days
// tells already. Of several the nearest is chosen.
func (a *addition) join() error {
	if a.arrival != 0 || !a.similar || a.Skip || a.Copy || a.Article.Content == "" || !a.Article.Withdrawn.IsZero() {
		return nil
	}
	if !a.ready.told {
		return nil
	}
	found, err := a.nearest(a.ready.story)
	if err != nil || found.arrival == 0 {
		return err
	}
	a.arrival, a.Copy, a.Retry = found.arrival, true, nil
	a.joining = &joined{Join: Join{Step: ByStory, Reason: found.reason, Distance: found.distance}, Order: a.order}
	return a.keepCopy()
}

// hasRoom tells whether the article can be known by further keys: an item that
// was joined with it and is not known would be joined again at every fetch.
func (r *record) hasRoom(keys []string) bool {
	return len(r.Keys)+len(keys) <= maxKeys && len(r.Listings) < maxKeys && len(r.Joins) < maxKeys
}

// keepCopy keeps what the entry would have been as an article, for Split, and its body
// as it came as long as others'.
func (a *addition) keepCopy() error {
	r := newRecord(a.Article, a.time)
	r.Source, r.Revision, r.Verdict = a.source.Name, whole(a.Revision), a.Verdict
	r.Key, r.Keys = a.Name, a.Keys
	value, err := a.codec.marshal(r.stored())
	if err != nil {
		return err
	}
	if len(a.ready.raw) > 0 {
		err = a.raw.Put(number(a.order), a.ready.raw)
	}
	return errors.Join(err, a.copies.Put(versionKey(a.arrival, a.order), value))
}

// note records on the article by what step an entry was joined with it, when it
// first is. What comes under the article's own key needs no word.
func (a *addition) note(r *record, listings int, categories []string) {
	if a.joining == nil && a.byAddress && len(r.Listings) > listings {
		a.joining = &joined{Join: Join{Step: ByAddress}}
	}
	if a.joining == nil || len(r.Joins) >= maxKeys {
		return
	}
	j := *a.joining
	j.Key, j.Source, j.Link, j.At = string(aliasKey(a.Keys[0])), a.source.Name, a.Article.Link, a.time
	for _, name := range r.Categories {
		if !slices.Contains(categories, name) {
			j.Gained = append(j.Gained, name)
		}
	}
	r.Joins = append(r.Joins, j)
}

// isCopy tells whether an item with a key was joined for its story: what it
// shows is then not how the article looks.
func (r *record) isCopy(key string) bool {
	return slices.ContainsFunc(r.Joins, func(j joined) bool {
		return j.Step == ByStory && j.Key == string(aliasKey(key))
	})
}

// Split undoes the joins by story of an article, by its Key or by its tag: URI:
// the one whose item has the key, or all for no key. What was joined becomes
// articles of their own, as they were when they came. Their keys lead to them
// from then on, so that they are never joined again.
func (s *Store) Split(ref, key string) (split []article.Article, err error) {
	err = s.update(func(t *tables) (err error) {
		split, err = t.split(ref, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("split %s: %w", ref, err)
	}
	return split, nil
}

func (t *tables) split(ref, key string) (split []article.Article, err error) {
	r, err := t.refer(ref)
	if err != nil {
		return nil, err
	}
	arrival := fromNumber(t.names.Get([]byte(r.Key)))
	for _, j := range slices.Clone(r.Joins) {
		if j.Step != ByStory || key != "" && key != j.Key {
			continue
		}
		own, err := t.splitOff(arrival, r, j)
		if err != nil {
			return nil, err
		}
		split = append(split, own)
	}
	if len(split) == 0 {
		return nil, fmt.Errorf("join: %w", ErrNotFound)
	}
	return split, nil
}

// splitOff makes an article of a copy, and takes from the one that it was joined
// with what that had by it.
func (t *tables) splitOff(arrival uint64, r *record, j joined) (article.Article, error) {
	key := versionKey(arrival, j.Order)
	value := t.copies.Get(key)
	if value == nil {
		return article.Article{}, fmt.Errorf("copy %s: %w", j.Key, ErrNotFound)
	}
	own, err := t.decode(j.Order, value)
	if err != nil {
		return article.Article{}, err
	}
	src, err := t.ownSource(own.Source)
	if err != nil {
		return article.Article{}, err
	}
	_, sighting := t.sighted(src.Number, arrival, itemHash(own.Keys[0]))
	print := seenPrint(sighting)
	if err := t.takeBack(arrival, r, j, own); err != nil {
		return article.Article{}, err
	}
	raw := bytes.Clone(t.raw.Get(number(j.Order)))
	if err := errors.Join(t.copies.Delete(key), t.raw.Delete(number(j.Order))); err != nil {
		return article.Article{}, err
	}
	return t.standAlone(own, src, print, raw)
}

// takeBack takes from the article the keys, listings, link and categories that
// it has by a copy.
func (t *tables) takeBack(arrival uint64, r *record, j joined, own *record) (err error) {
	a := addition{tables: t, arrival: arrival}
	if a.order, err = t.tick(); err != nil {
		return err
	}
	for _, key := range own.Keys {
		if err := a.unlist(r, key); err != nil {
			return err
		}
	}
	for _, name := range j.Gained {
		if err := a.unfileCategory(r, name); err != nil {
			return err
		}
	}
	r.Via = slices.DeleteFunc(r.Via, func(link string) bool { return link == own.Link })
	r.Joins = slices.DeleteFunc(r.Joins, func(o joined) bool { return o.Order == j.Order && o.Key == j.Key })
	r.Changed = t.time
	return a.save(r, true)
}

// unlist forgets that an item with a key is the article; whoever lists it finds
// what it is at the next fetch.
func (a *addition) unlist(r *record, key string) error {
	alias := string(aliasKey(key))
	i := slices.Index(r.Keys, alias)
	if i <= 0 { // the first is the article's own
		return nil
	}
	if err := a.aliases.Delete([]byte(alias)); err != nil {
		return err
	}
	r.Keys = slices.Delete(r.Keys, i, i+1)
	for _, l := range slices.Clone(r.Listings) {
		if l.Item != itemHash(key) {
			continue
		}
		sighting, _ := a.sighted(l.Source, a.arrival, l.Item)
		if err := a.seen.Delete(sighting); err != nil {
			return err
		}
		r.Listings = slices.DeleteFunc(r.Listings, func(o listing) bool { return o == l })
		if r.lists(l.Source) {
			continue
		}
		if err := a.unfile(sourceTerm(l.Source), a.arrival); err != nil {
			return err
		}
	}
	return nil
}

func (a *addition) unfileCategory(r *record, name string) error {
	i := slices.Index(r.Categories, name)
	if i < 0 {
		return nil
	}
	r.Categories = slices.Delete(r.Categories, i, i+1)
	n := a.category(name)
	a.count(n, -1)
	return a.unfile(categoryTerm(n), a.arrival)
}

// standAlone stores a copy as the article that it would have been.
func (t *tables) standAlone(own *record, src *sourceRecord, print uint64, raw []byte) (article.Article, error) {
	a := addition{tables: t, source: src, ready: prepared{raw: raw}, Entry: Entry{
		Identity: article.Identity{Keys: own.Keys, Print: print, Revision: own.Revision, Name: own.Key},
		Article:  own.Article, Verdict: own.Verdict,
	}}
	var err error
	if a.order, err = t.tick(); err != nil {
		return article.Article{}, err
	}
	change, err := a.addNew()
	if err != nil {
		return article.Article{}, err
	}
	return change.Article, t.putSource(src)
}
