package storage

import (
	"errors"
	"fmt"

	"aggregator/normalize/article"
)

// addition is one entry on its way into the tables.
type addition struct {
	*tables
	Entry
	source  *sourceRecord
	ready   prepared
	arrival uint64 // of its article; 0 for a new one
	order   uint64 // of this addition

	similar   bool      // the same story makes the same article,
	document  *document // but for those that it lists
	byAddress bool      // it was found by a further key
	joining   *joined   // by what it becomes a copy
}

func (t *tables) add(b Batch, ready []prepared) ([]Change, error) {
	src, err := t.ownSource(b.Source)
	if err != nil {
		return nil, err
	}
	ids := make([]article.Identity, len(b.Entries))
	for i, e := range b.Entries {
		ids[i] = e.Identity
	}
	changes := make([]Change, 0, len(b.Entries))
	document := &document{keys: b.Document}
	arrivals := make(map[string]uint64) // by first key: an item may come twice in a batch
	found := t.match(src.Number, ids)
	t.expectMatches(found)
	t.expectNew(b.Entries)
	for i, m := range found {
		a := addition{tables: t, Entry: b.Entries[i], source: src, ready: ready[i], arrival: m.arrival,
			similar: b.Similar, document: document, byAddress: m.further}
		a.Keys = m.keys
		if a.arrival == 0 {
			a.arrival = arrivals[a.Keys[0]]
		}
		a.archived()
		a.Skip = a.Skip || m.forgotten && a.arrival == 0
		change, err := a.add()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Keys[0], err)
		}
		arrivals[a.Keys[0]] = a.arrival
		for _, key := range a.Keys {
			document.add(key, a.arrival)
		}
		changes = append(changes, change)
	}
	if b.State != nil {
		if err := t.setState(src, *b.State); err != nil {
			return nil, err
		}
	}
	return changes, t.putSource(src)
}

func (a *addition) add() (change Change, err error) {
	if a.order, err = a.tick(); err != nil {
		return change, err
	}
	if err := errors.Join(a.moved(), a.join()); err != nil {
		return change, err
	}
	switch {
	case a.Skip:
		change, err = Change{Outcome: Same}, a.skip()
	case a.arrival != 0:
		change, err = a.addKnown()
	case a.Copy:
		return change, fmt.Errorf("copied article: %w", ErrNotFound)
	default:
		change, err = a.addNew()
	}
	if err != nil {
		return change, err
	}
	return change, a.putRetry()
}

func (a *addition) addNew() (Change, error) {
	a.arrival = a.order
	r := newRecord(a.Article, a.time)
	r.Source, r.Revision, r.Verdict = a.source.Name, whole(a.Revision), a.Verdict
	if err := a.mint(r); err != nil {
		return Change{}, err
	}
	if _, _, err := a.list(r); err != nil {
		return Change{}, err
	}
	if err := a.publish(r); err != nil {
		return Change{}, err
	}
	if err := a.fileAll(r); err != nil {
		return Change{}, err
	}
	if err := a.putRaw(); err != nil {
		return Change{}, err
	}
	a.source.Articles++
	a.count(all, +1)
	if err := a.tellNew(r); err != nil {
		return Change{}, err
	}
	return Change{Outcome: Stored, Article: r.Article}, a.save(r, true)
}

// addKnown lets the stored article take over what is new in the entry, each
// thing by its own rule.
func (a *addition) addKnown() (Change, error) {
	r, err := a.record(a.arrival)
	if err != nil {
		return Change{}, err
	}
	edited, revised, err := a.edit(r)
	if err != nil {
		return Change{}, err
	}
	categories, listings := r.Categories, len(r.Listings)
	grown := r.merge(a.Article)
	gained, first, err := a.list(r)
	if err != nil {
		return Change{}, err
	}
	a.note(r, listings, categories)
	if edited {
		if err := a.tell(a.arrival, &r.Article); err != nil {
			return Change{}, err
		}
	}
	if err := a.fileAll(r); err != nil {
		return Change{}, err
	}
	change := Change{Outcome: Same, Joined: a.joining != nil}
	switch {
	case edited:
		change.Outcome = Edited
	case grown, first:
		change.Outcome = Filed
	}
	if edited || grown {
		r.Changed = a.time
	}
	change.Article = r.Article
	if edited || grown || gained || revised {
		err = a.save(r, edited || grown)
	}
	return change, err
}

// save stores the record, and as the newest change if it is one.
func (a *addition) save(r *record, changed bool) error {
	if changed {
		if r.Change != 0 {
			if err := a.changes.Delete(number(r.Change)); err != nil {
				return err
			}
		}
		r.Change = a.order
		if err := a.changes.Put(number(r.Change), number(a.arrival)); err != nil {
			return err
		}
	}
	return a.putRecord(a.arrival, r)
}
