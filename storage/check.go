package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
)

// maxFaults is how many faults Check tells at most.
const maxFaults = 20

// Check reads the whole database and tells what is wrong with it: each article must
// have its entries in all tables, there must be no others, and the pages of a file
// must make a tree. Writes wait while it looks at the pages: bbolt's check is not
// safe, nor right, beside a writer.
func (s *Store) Check() error {
	err := s.view(func(t *tables) error {
		c := check{tables: t, want: make(map[string]int), categories: make(map[uint32]int), bundles: map[uint64]bool{}, copied: map[uint64]bool{}}
		c.articles()
		c.entries()
		c.times()
		return c.result()
	})
	if err != nil || s.disk == nil {
		return err
	}
	pages := func(t *tables) error {
		c := check{tables: t}
		c.tree()
		return c.result()
	}
	if s.verifying {
		return s.view(pages)
	}
	return s.enqueue(write{fn: pages, done: make(chan error, 1), alone: true})
}

func (c *check) result() error {
	if len(c.faults) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrDamaged, errors.Join(c.faults...))
}

// check counts the entries that the articles ask for. Where each of them is
// there, and a table has no more than were asked for, every entry leads to an
// article and back.
type check struct {
	*tables
	want       map[string]int // entries by table
	categories map[uint32]int // articles by category
	bundles    map[uint64]bool
	copied     map[uint64]bool // orders of copies
	faults     []error
}

func (c *check) fault(format string, args ...any) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, fmt.Errorf(format, args...))
	}
}

func (c *check) articles() {
	cur := c.tables.articles.Cursor()
	for k, v := cur.First(); k != nil; k, v = cur.Next() {
		r, err := c.decode(fromNumber(k), v)
		if err != nil {
			c.fault("%w", err)
			continue
		}
		if isBundled(v) {
			c.bundles[fromNumber(v[1:])] = true
		}
		c.article(fromNumber(k), r)
	}
}

// article looks for the entries of one article.
func (c *check) article(arrival uint64, r *record) {
	c.leads("names", c.names, []byte(r.Key), arrival, r)
	c.leads("changes", c.changes, number(r.Change), arrival, r)
	for _, key := range r.Keys {
		c.leads("aliases", c.aliases, []byte(key), arrival, r)
	}
	for _, l := range r.Listings {
		key, _ := c.sighted(l.Source, arrival, l.Item)
		c.leads("seen", c.seen, key, arrival, r)
	}
	p := newPublished(r.Published, arrival)
	c.indexed("index", c.index, p.key(), r)
	if v := c.index.Get(p.key()); v != nil && !bytes.Equal(v, p.value()) {
		c.fault("index: article %s is at another time than it was published", r.Key)
	}
	for _, name := range r.Categories {
		n := c.category(name)
		c.filed(categoryTerm(n), arrival, r)
		c.categories[n]++
	}
	c.succession(arrival, r)
	for _, j := range r.Joins {
		if j.Order == 0 {
			continue
		}
		c.copied[j.Order] = true
		c.want["copies"]++
		if value := c.copies.Get(versionKey(arrival, j.Order)); value == nil {
			c.fault("copies: what was joined with article %s is missing", r.Key)
		} else if own, err := c.decode(j.Order, value); err != nil {
			c.fault("copies: %w", err)
		} else {
			c.body(j.Order, own)
		}
	}
	c.body(arrival, r)
	for _, n := range sourcesOf(r) {
		c.filed(sourceTerm(n), arrival, r)
	}
	for _, code := range r.Stocks {
		c.filed(stockTerm(code), arrival, r)
	}
}

// times looks whether the times of the sources' fetches can be read.
func (c *check) times() {
	cur := c.fetched.Cursor()
	for k, v := cur.First(); k != nil; k, v = cur.Next() {
		if _, ok := readFetched(v); !ok || len(k) != 4 {
			c.fault("fetched: times of source %x cannot be read", k)
		}
	}
}

// body looks whether the body that an article or a copy was made of can be read.
func (c *check) body(order uint64, r *record) {
	if value := c.raw.Get(number(order)); value != nil {
		if _, err := c.codec.unpackRaw(value, r.Content); err != nil {
			c.fault("raw: body of %s: %w", r.Key, err)
		}
	}
}

func sourcesOf(r *record) (numbers []uint32) {
	for _, l := range r.Listings {
		numbers = append(numbers, l.Source)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// succession looks whether the present version follows on the former ones.
func (c *check) succession(arrival uint64, r *record) {
	keys := c.versionKeys(arrival)
	c.want["versions"] += len(keys)
	if len(keys) >= maxVersions || len(keys) > 0 && fromNumber(keys[len(keys)-1][8:]) >= r.Version || len(keys) == 0 && r.Version != 0 {
		c.fault("versions: %d former ones do not lead to that of article %s", len(keys), r.Key)
	}
}

func (c *check) leads(table string, b Table, key []byte, arrival uint64, r *record) {
	c.want[table]++
	if fromNumber(b.Get(key)) != arrival {
		c.fault("%s: %q does not lead to article %s", table, key, r.Key)
	}
}

func (c *check) indexed(table string, b Table, key []byte, r *record) {
	c.want[table]++
	if b.Get(key) == nil {
		c.fault("%s: %q of article %s is missing", table, key, r.Key)
	}
}

func (c *check) filed(tm term, arrival uint64, r *record) {
	c.indexed("runs", c.runs, tm.at(arrival), r)
	if later := c.runs.Get(tm.at(arrival)); len(later) == 8 {
		c.leads("runs", c.runs, tm.at(fromNumber(later)), arrival, r)
	}
}

// entries compares what is there with what was asked for.
func (c *check) entries() {
	for _, e := range []struct {
		table string
		Table
	}{{"names", c.names}, {"changes", c.changes}, {"aliases", c.aliases}, {"seen", c.seen}, {"index", c.index}, {"runs", c.runs}, {"versions", c.tables.versions}, {"copies", c.copies}} {
		n := entriesOf(e.Table)
		if e.table == "seen" || e.table == "names" || e.table == "aliases" {
			n -= leadNowhere(e.Table)
		}
		if n != c.want[e.table] {
			c.fault("%s: %d entries where the articles ask for %d", e.table, n, c.want[e.table])
		}
	}
	if n := entriesOf(c.tables.bundles); n != len(c.bundles) {
		c.fault("bundles: articles are in %d of %d", len(c.bundles), n)
	}
	if n := entriesOf(c.tables.articles); n != c.counted() {
		c.fault("articles: %d counted, %d there", c.counted(), n)
	}
	cur := c.categoryTable.Cursor()
	for k, _ := cur.Seek([]byte{'a'}); len(k) == 5 && k[0] == 'a'; k, _ = cur.Next() {
		c.categories[binary.BigEndian.Uint32(k[1:])] += 0 // also of those that no article is in
	}
	for n, articles := range c.categories {
		if counted := c.categoryCount(n); counted != articles {
			c.fault("categories: number %d has %d articles, counted %d", n, articles, counted)
		}
	}
	c.belong("raw", c.raw, c.copied)
	c.belong("retries", c.retries, nil)
}

func entriesOf(b Table) (n int) {
	c := b.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	return n
}

// leadNowhere counts what remains of skipped items and of pruned articles.
func leadNowhere(b Table) (n int) {
	for range toNowhere(b) {
		n++
	}
	return n
}

// toNowhere goes through the keys that lead to no article.
func toNowhere(b Table) iter.Seq[string] {
	return func(yield func(string) bool) {
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if fromNumber(v) == 0 && !yield(string(k)) {
				return
			}
		}
	}
}

// belong looks for the articles of a table whose keys end in an arrival, but for some.
func (c *check) belong(table string, b Table, but map[uint64]bool) {
	cur := b.Cursor()
	for k, _ := cur.First(); k != nil; k, _ = cur.Next() {
		if len(k) < 8 || c.tables.articles.Get(k[len(k)-8:]) == nil && !but[fromNumber(k[len(k)-8:])] {
			c.fault("%s: %x belongs to no article", table, k)
		}
	}
}

// tree runs bbolt's check. That runs in a goroutine of its own, where nothing
// would catch it if it followed a damaged page out of the file; so every table
// is walked through here first.
func (c *check) tree() {
	for _, name := range tableNames() {
		entriesOf(c.tx.Table(name))
	}
	if c.heads() {
		return // bbolt's check would go no further
	}
	for err := range c.tx.(fileTx).Check() {
		c.fault("%s", plainly(err))
	}
}

// heads looks at the two pages that a file begins with, and tells whether one is damaged.
// It was opened by the other one.
func (c *check) heads() (damaged bool) {
	db := c.tx.(fileTx).DB()
	f, err := os.Open(db.Path())
	if err != nil {
		c.faults = append(c.faults, err)
		return true
	}
	defer f.Close()
	const isHead = 4 // among a page's flags, which follow its number
	for id := range 2 {
		var b [10]byte
		_, err := f.ReadAt(b[:], int64(id*db.Info().PageSize))
		if err != nil || binary.NativeEndian.Uint64(b[:]) != uint64(id) || binary.NativeEndian.Uint16(b[8:]) != isHead {
			c.faults = append(c.faults, fmt.Errorf("page %d: %w", id, ErrHead))
			damaged = true
		}
	}
	return damaged
}

// plainly is what is wrong with a page, without the words of who panics over it.
func plainly(what any) string {
	text := strings.TrimPrefix(fmt.Sprint(what), "panic: ")
	return strings.TrimPrefix(text, "assertion failed: ")
}
