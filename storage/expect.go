package storage

import "iter"

// What a transaction is about to read is told to an engine that is far away, in one
// go: each question of its own costs a journey. To a file it would be of no use.

// expectItems tells of the keys by which items are looked for.
func (t *tables) expectItems(source uint32, found []match) {
	if t.disk != nil {
		return
	}
	var keys [][]byte
	for _, m := range found {
		for _, k := range m.keys {
			keys = append(keys, aliasKey(k))
		}
	}
	t.aliases.Expect(keys)
	keys = nil
	for _, m := range found {
		if len(m.keys) == 0 {
			continue
		}
		item := itemHash(m.keys[0])
		keys = append(keys, seenKey(source, t.alias(m.keys[0]), item), seenKey(source, 0, item))
	}
	t.seen.Expect(keys)
}

// expectMatches tells of the records of the articles that were found.
func (t *tables) expectMatches(found []match) {
	if t.disk != nil {
		return
	}
	var keys [][]byte
	for _, m := range found {
		if m.arrival != 0 {
			keys = append(keys, number(m.arrival))
		}
	}
	t.expectRecords(keys)
}

// expectRecords tells of records, wherever they lie.
func (t *tables) expectRecords(arrivals [][]byte) {
	t.articles.Expect(arrivals)
	var bundles [][]byte
	for _, arrival := range arrivals {
		if value := t.articles.Get(arrival); isBundled(value) {
			bundles = append(bundles, value[1:])
		}
	}
	t.bundles.Expect(bundles)
}

// expectTold tells of fingerprints.
func (t *tables) expectTold(arrivals []uint64) {
	if t.disk != nil || len(arrivals) == 0 {
		return
	}
	keys := make([][]byte, len(arrivals))
	for i, arrival := range arrivals {
		keys[i] = number(arrival)
	}
	t.toldTable.Expect(keys)
}

// expectTerms tells of the entries of an article in runs.
func (a *addition) expectTerms(r *record) {
	if a.disk != nil {
		return
	}
	var keys [][]byte
	for _, name := range r.Categories {
		if n := a.category(name); n != 0 {
			keys = append(keys, categoryTerm(n).at(a.arrival))
		}
	}
	for _, n := range sourcesOf(r) {
		keys = append(keys, sourceTerm(n).at(a.arrival))
	}
	for _, code := range r.Stocks {
		keys = append(keys, stockTerm(code).at(a.arrival))
	}
	a.runs.Expect(keys)
}

// expectNew tells what adding entries will look up: names, and categories.
func (t *tables) expectNew(entries []Entry) {
	if t.disk != nil {
		return
	}
	var names, categories, aliases [][]byte
	for _, e := range entries {
		aliases = append(aliases, aliasKey(archivedKey(&e.Article)))
		if name := safeName(e.Name); name != "" {
			names = append(names, []byte(name))
		}
		for _, c := range e.Article.Categories {
			categories = append(categories, append([]byte{'n'}, c...))
		}
	}
	t.aliases.Expect(aliases)
	t.names.Expect(names)
	t.categoryTable.Expect(categories)
	categories = nil
	for _, e := range entries {
		for _, c := range e.Article.Categories {
			if n := t.category(c); n != 0 {
				categories = append(categories, countKey(n))
			}
		}
	}
	t.categoryTable.Expect(categories)
}

// expecting goes through a run, with the records of what comes next read before it is
// asked for: first as many as a reader wants at least, then as many again.
func (t *tables) expecting(run iter.Seq2[uint64, uint64], atLeast int) iter.Seq2[uint64, uint64] {
	if t.disk != nil {
		return run
	}
	return func(yield func(order, arrival uint64) bool) {
		next, stop := iter.Pull2(run)
		defer stop()
		for more := true; more; {
			var orders, arrivals []uint64
			var keys [][]byte
			for len(orders) < max(1, min(atLeast, mostExpected)) && more {
				var order, arrival uint64
				if order, arrival, more = next(); more {
					orders, arrivals, keys = append(orders, order), append(arrivals, arrival), append(keys, number(arrival))
				}
			}
			t.expectRecords(keys)
			for i := range orders {
				if !yield(orders[i], arrivals[i]) {
					return
				}
			}
		}
	}
}

// mostExpected bounds how many records are read before they are asked for.
const mostExpected = 100
