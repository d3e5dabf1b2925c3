package storage

import (
	"encoding/binary"
	"errors"
	"slices"

	"aggregator/normalize/article"
)

// whole adds to an article of the store all that its file must tell for Restore to
// make the same of it elsewhere.
func (c *cursor) whole(t *tables, r *record, arrival uint64) (err error) {
	h := &article.History{
		Keys: r.Keys, Change: r.Change, Version: r.Version, Revision: r.Revision,
		Unrevised: r.Unrevised, Remade: r.Remade, Verdict: r.Verdict,
	}
	for _, l := range r.Listings {
		_, value := t.sighted(l.Source, arrival, l.Item)
		name, err := c.sourceName(t, l.Source)
		if err != nil {
			return err
		}
		h.Listings = append(h.Listings, article.Listing{Source: name, Item: l.Item, Print: seenPrint(value)})
	}
	for _, key := range t.versionKeys(arrival) {
		var v storedVersion
		if err := t.codec.unmarshal(t.versions.Get(key), &v); err != nil {
			return err
		}
		h.Former = append(h.Former, article.Former{
			Order: fromNumber(key[8:]), Updated: fromSeconds(v.Updated),
			Title: v.Title, Summary: v.Summary, Content: v.Content, Image: v.Image, Remade: v.Remade,
		})
	}
	for _, n := range sourcesOf(r) {
		if err := c.retry(t, h, n, arrival); err != nil {
			return err
		}
	}
	for _, j := range r.Joins {
		told, err := t.toldJoin(arrival, j)
		if err != nil {
			return err
		}
		h.Joins = append(h.Joins, told)
	}
	r.History = h
	r.Filed, err = c.filed(t, r, arrival)
	return err
}

// retry adds what a source wants fetched again.
func (c *cursor) retry(t *tables, h *article.History, source uint32, arrival uint64) error {
	value := t.retries.Get(retryKey(source, arrival))
	if len(value) < 8 {
		return nil
	}
	var s storedRetry
	name, err := c.sourceName(t, source)
	if err := errors.Join(err, t.codec.unmarshal(value[8:], &s)); err != nil {
		return err
	}
	h.Retries = append(h.Retries, article.Retry{Source: name, Keys: s.Keys, Item: string(s.Item), Attempts: s.Attempts, Due: fromMillis(int64(fromNumber(value)))})
	return nil
}

func (t *tables) toldJoin(arrival uint64, j joined) (article.Join, error) {
	told := article.Join{
		Step: j.Step, Key: j.Key, Source: j.Source, Link: j.Link, At: j.At,
		Reason: j.Reason, Distance: j.Distance, Order: j.Order, Gained: j.Gained,
	}
	value := t.copies.Get(versionKey(arrival, j.Order))
	if value == nil {
		return told, nil
	}
	own, err := t.decode(0, value)
	if err != nil {
		return told, err
	}
	own.History = &article.History{Keys: own.Keys, Revision: own.Revision, Verdict: own.Verdict}
	told.Copy = &own.Article
	return told, nil
}

// recall gives a restored article what its history tells, as far as that can be
// believed: orders that come after its arrival, and not from the future.
func (a *addition) recall(r *record) error {
	h := a.Article.History
	r.Revision, r.Unrevised, r.Verdict = whole(h.Revision), max(h.Unrevised, 0), h.Verdict
	if err := a.recallVersions(r, h); err != nil {
		return err
	}
	for _, want := range h.Retries[:min(len(h.Retries), maxKeys)] {
		if err := a.recallRetry(r, want); err != nil {
			return err
		}
	}
	for _, j := range h.Joins[:min(len(h.Joins), maxKeys)] {
		if err := a.recallJoin(r, j); err != nil {
			return err
		}
	}
	return nil
}

// recallVersions takes the versions over if each follows on the one before it.
func (a *addition) recallVersions(r *record, h *article.History) error {
	orders := []uint64{}
	for _, v := range h.Former {
		if v.Order == a.Article.Order { // of its arrival, which may have become another
			v.Order = a.arrival
		}
		orders = append(orders, v.Order)
	}
	orders = append(orders, h.Version)
	follows := slices.IsSorted(orders) && len(slices.Compact(slices.Clone(orders))) == len(orders)
	if len(orders) == 1 || len(orders) > maxVersions || !follows || orders[0] < a.arrival || h.Version > a.latest() {
		return nil
	}
	for i, v := range h.Former {
		value, err := a.codec.marshal(storedVersion{seconds(v.Updated), v.Title, v.Summary, v.Content, v.Image, v.Remade})
		if err != nil {
			return err
		}
		if err := a.versions.Put(versionKey(a.arrival, orders[i]), value); err != nil {
			return err
		}
	}
	r.Version, r.Remade = h.Version, h.Remade
	return a.reach(h.Version)
}

// recallRetry stores a wish of a source that lists the article.
func (a *addition) recallRetry(r *record, want article.Retry) error {
	src := a.source // which may not be stored yet
	if want.Source != src.Name {
		var err error
		if src, err = a.tables.source(want.Source); err != nil {
			return err
		}
	}
	if !r.lists(src.Number) {
		return nil
	}
	wish := addition{tables: a.tables, source: src, arrival: a.arrival, Entry: Entry{
		Identity: article.Identity{Keys: a.Keys},
		Retry:    &Retry{Keys: want.Keys, Item: []byte(want.Item), Attempts: want.Attempts, Due: want.Due},
	}}
	return wish.putRetry()
}

func (a *addition) recallJoin(r *record, j article.Join) error {
	own := joined{Join: Join{j.Step, j.Key, j.Source, j.Link, whole(j.At), j.Reason, j.Distance}, Gained: j.Gained}
	key := versionKey(a.arrival, j.Order)
	if j.Copy != nil && j.Order > a.arrival && j.Order <= a.latest() && a.copies.Get(key) == nil {
		own.Order = j.Order
		value, err := a.codec.marshal(copyOf(j.Copy).stored())
		if err := errors.Join(err, a.copies.Put(key, value), a.reach(j.Order)); err != nil {
			return err
		}
	}
	r.Joins = append(r.Joins, own)
	return nil
}

// copyOf is the record of a copy as keepCopy made it.
func copyOf(c *article.Article) *record {
	r := &record{Article: *c}
	if h := c.History; h != nil {
		r.Keys, r.Revision, r.Verdict = h.Keys, whole(h.Revision), h.Verdict
	}
	if len(r.Keys) == 0 { // it would have no identity, should it be split off
		r.Keys = []string{"restored:" + c.Key}
	}
	return r
}

// relist notes who lists the article, and what each showed. An item that is
// another article here stays that one.
func (a *addition) relist(r *record) error {
	for _, l := range a.Article.History.Listings {
		src := a.source
		if l.Source != src.Name {
			var err error
			if src, err = a.ownSource(l.Source); err != nil {
				return err
			}
			if err := a.putSource(src); err != nil {
				return err
			}
		}
		if err := a.relistOne(r, listing{src.Number, l.Item}, l.Print); err != nil {
			return err
		}
	}
	return nil
}

func (a *addition) relistOne(r *record, l listing, print uint64) error {
	home := uint64(0) // see seenKey
	for _, key := range r.Keys {
		if itemHash(key) == l.Item && fromNumber(a.aliases.Get([]byte(key))) == a.arrival {
			home = a.arrival
		}
	}
	_, known := a.sighted(l.Source, home, l.Item)
	if known != nil || slices.Contains(r.Listings, l) || len(r.Listings) >= maxKeys {
		return nil
	}
	r.Listings = append(r.Listings, l)
	return a.seen.Put(seenKey(l.Source, home, l.Item), binary.BigEndian.AppendUint64(number(a.arrival), print))
}

// changeOrder is the order of the article's last change, or its arrival where that
// cannot be believed.
func (a *addition) changeOrder(order uint64) uint64 {
	if order <= a.arrival || order > a.latest() || a.changes.Get(number(order)) != nil {
		return a.arrival
	}
	return order
}

// reach has tick give out greater orders only.
func (t *tables) reach(order uint64) error {
	return t.articles.SetSequence(max(t.articles.Sequence(), order))
}
