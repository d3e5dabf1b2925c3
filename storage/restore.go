package storage

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"aggregator/normalize/article"
)

// Restore adds articles as they stood in another store or archive: with their
// ID, Key and times as far as they have any. Nothing of it is news: in every
// feed they stand where they would, had they arrived when they were Seen (when
// they were published, where that is not known). It tells how many were added.
//
// What is here already is left alone, by its identity, and by its Key for an
// article with an ID. An Article.Source is told to have listed the article, so
// that its next fetch finds known ground; with a History, all that it tells is
// restored.
func (s *Store) Restore(entries []Entry) (added int, err error) {
	ready, err := s.ready(Batch{Source: "restore", Entries: entries})
	if err != nil {
		return 0, fmt.Errorf("restore: %w", err)
	}
	err = s.update(func(t *tables) error {
		added = 0
		for i, e := range entries {
			ok, err := t.restore(e, ready[i])
			if err != nil {
				return fmt.Errorf("%s: %w", e.Keys[0], err)
			}
			if ok {
				added++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("restore: %w", err)
	}
	s.bundleMany(added)
	return added, nil
}

func (t *tables) restore(e Entry, ready prepared) (bool, error) {
	if t.restored(e) {
		return false, nil
	}
	src, err := t.ownSource(e.Article.Source)
	if err != nil {
		return false, err
	}
	r := t.oldRecord(e.Article)
	a := addition{tables: t, Entry: e, source: src, ready: ready}
	a.Print = 0 // nobody knows what the list showed: see judge
	if err := a.dateBack(e.Article.Order, r.Seen); err != nil {
		return false, err
	}
	if err := a.name(r); err != nil {
		return false, err
	}
	a.Keys = a.free(r)
	return true, a.putOld(r)
}

// restored tells whether an article is here already, or was and is forgotten.
func (t *tables) restored(e Entry) bool {
	for _, k := range usable(e.Identity) {
		if arrival, forgotten := t.leadsTo(k); arrival != 0 || forgotten {
			return true
		}
	}
	if e.Article.ID != "" {
		return t.names.Get([]byte(e.Article.Key)) != nil
	}
	return t.alias(archivedKey(&e.Article)) != 0 || t.exported(&e.Article)
}

// exported tells whether an article without an id is one of this store's own, which
// came from here as a plain file: it has the name, and the second, of one.
func (t *tables) exported(a *article.Article) bool {
	arrival := fromNumber(t.names.Get([]byte(a.Key)))
	if arrival == 0 {
		return false
	}
	r, err := t.record(arrival)
	return err == nil && r.Published.Equal(whole(a.Published))
}

// oldRecord is newRecord with the times that the article brings.
func (t *tables) oldRecord(a article.Article) *record {
	r := newRecord(a, t.time)
	seen := whole(a.Seen)
	if seen.IsZero() {
		seen = r.Published
	}
	if seen.Before(t.time) {
		r.Seen = seen
	}
	if r.Changed = whole(a.Changed); r.Changed.IsZero() || r.Changed.After(t.time) {
		r.Changed = r.Seen
	}
	r.Revision = r.Updated
	return r
}

// dateBack gives the article the arrival that it had, where that is free; else
// one of the time, out of the way of those that tick gives out.
func (a *addition) dateBack(order uint64, seen time.Time) error {
	n := order
	if n == 0 || n > a.latest() {
		n = uint64(max(seen.UnixMilli(), 1))<<20 | 1<<19
	}
	n = a.freeOrder(n)
	a.arrival, a.order = n, n
	return errors.Join(a.reach(n), a.unbundled(n))
}

// latest bounds the numbers that are believed: one from far ahead would have all
// that comes later counted from there.
func (a *addition) latest() uint64 { return uint64(a.time.Add(time.Minute).UnixMilli()) << 20 }

// freeOrder is the first number from n on that stands for nothing yet.
func (t *tables) freeOrder(n uint64) uint64 {
	for t.articles.Get(number(n)) != nil || t.changes.Get(number(n)) != nil {
		n++
	}
	return n
}

// fileOld files the article under what it came under later, each at that moment.
func (a *addition) fileOld(r *record) (err error) {
	for _, f := range a.Article.Filed {
		if f.Order <= a.latest() {
			err = a.reach(f.Order)
		}
		switch {
		case err != nil:
		case slices.Contains(r.Categories, f.Category):
			err = a.fileCategoryOld(f)
		case slices.Contains(r.Stocks, f.Stock):
			tm := stockTerm(f.Stock)
			_, err = a.file(tm, a.arrival, a.laterOrder(tm, f.Order))
		case f.Source != "":
			err = a.listOld(r, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *addition) fileCategoryOld(f article.Filing) error {
	n, err := a.ownCategory(f.Category)
	if err != nil {
		return err
	}
	own := a.order
	defer func() { a.order = own }()
	a.order = a.laterOrder(categoryTerm(n), f.Order)
	return a.fileCategory(f.Category)
}

// laterOrder is the order at which an article came under a term, or the next that
// is free there; its arrival for one that cannot be believed.
func (a *addition) laterOrder(tm term, order uint64) uint64 {
	if order <= a.arrival || order > a.latest() {
		return a.arrival
	}
	for a.runs.Get(tm.at(order)) != nil {
		order++
	}
	return order
}

// listOld notes since when a source lists the article. Where its history does not
// tell what item that is, it is taken for one with the article's own key, so that the
// next fetch finds known ground.
func (a *addition) listOld(r *record, f article.Filing) error {
	src := a.source
	if f.Source != src.Name {
		var err error
		if src, err = a.ownSource(f.Source); err != nil {
			return err
		}
	}
	if !r.lists(src.Number) {
		if a.Article.History != nil || len(r.Listings) >= maxKeys {
			return nil
		}
		l := listing{src.Number, itemHash(a.Keys[0])}
		r.Listings = append(r.Listings, l)
		if err := errors.Join(a.see(l), a.putSource(src)); err != nil {
			return err
		}
	}
	tm := sourceTerm(src.Number)
	_, err := a.file(tm, a.arrival, a.laterOrder(tm, f.Order))
	return err
}

// name keeps the article's Key and ID, and mints them where it has none.
func (a *addition) name(r *record) error {
	if r.ID == "" || r.Key == "" || safeName(r.Key) != r.Key {
		return a.mint(r)
	}
	return a.names.Put([]byte(r.Key), number(a.arrival))
}

// free are the keys that lead to no other article. What has neither an id nor an
// address of its own is known by when it was published under which title.
func (a *addition) free(r *record) (keys []string) {
	for _, k := range usable(a.Identity) {
		_, listed := a.sighted(a.source.Number, a.alias(k), itemHash(k))
		if a.alias(k) == 0 && listed == nil {
			keys = append(keys, k)
		}
	}
	if r.GUID == "" && r.Link == "" && a.Article.History == nil {
		keys = append(keys, archivedKey(&r.Article))
	}
	if len(keys) == 0 {
		keys = []string{"restored:" + r.Key}
	}
	return keys
}

func (a *addition) putOld(r *record) error {
	if err := a.listAll(r); err != nil {
		return err
	}
	if err := a.publish(r); err != nil {
		return err
	}
	if err := a.fileOld(r); err != nil {
		return err
	}
	if err := a.fileAll(r); err != nil {
		return err
	}
	if err := a.putRaw(); err != nil {
		return err
	}
	a.source.Articles++
	if err := a.putSource(a.source); err != nil {
		return err
	}
	a.count(all, +1)
	now, err := a.tick()
	if err != nil {
		return err
	}
	if err := a.meta.Put([]byte(restoredKey), number(now)); err != nil {
		return err
	}
	if err := a.tell(a.arrival, &r.Article); err != nil {
		return err
	}
	if h := a.Article.History; h != nil {
		a.order = a.changeOrder(h.Change)
	}
	return errors.Join(a.reach(a.order), a.save(r, true))
}

// listAll notes by what the article is known, and who lists it.
func (a *addition) listAll(r *record) error {
	h := a.Article.History
	if h == nil {
		_, _, err := a.list(r)
		return err
	}
	for _, k := range a.Keys[:min(len(a.Keys), maxKeys)] {
		r.Keys = append(r.Keys, string(aliasKey(k)))
		if err := a.aliases.Put(aliasKey(k), number(a.arrival)); err != nil {
			return err
		}
	}
	return errors.Join(a.relist(r), a.recall(r))
}

// archivedKey knows an article by the second of its publication and its title,
// without the signs that older archives wrote in other ways.
func archivedKey(a *article.Article) string {
	title := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, a.Title)
	return "archived:" + strconv.FormatInt(cmp.Or(a.Published, a.Updated).Unix(), 10) + ":" + title
}

// archived finds the article of an archive that an entry is, which nothing
// else would recognise. Such an entry only adds itself to it.
func (a *addition) archived() {
	if a.arrival != 0 || a.Skip || a.Copy || a.Article.Title == "" || a.Article.Published.IsZero() {
		return
	}
	if a.arrival = a.alias(archivedKey(&a.Article)); a.arrival != 0 {
		a.Copy, a.Retry = true, nil
	}
}
