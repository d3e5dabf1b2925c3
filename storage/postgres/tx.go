package postgres

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"aggregator/storage"
)

// tx is a transaction. What it writes is kept until its end and goes to the server
// at once, so that reading alone waits for the server.
type tx struct {
	engine   *Engine
	db       pgx.Tx
	writable bool
	tables   map[string]*table
	counters map[string]uint64    // nil until they are asked for
	counted  map[string]uint64    // those that were set
	due      map[string]time.Time // of sources
	made     []string             // partitions
}

// Table gives a table by its name; nil where there is none.
func (t *tx) Table(name string) storage.Table {
	if tb := t.tables[name]; tb != nil {
		return tb
	}
	if !t.engine.exists(t, name) {
		return nil
	}
	tb := &table{tx: t, name: name, known: map[string][]byte{}, written: map[string][]byte{}}
	t.tables[name] = tb
	return tb
}

// lock waits until nobody else writes.
func (t *tx) lock() error {
	return t.count("SELECT name, value FROM counters ORDER BY name FOR UPDATE")
}

func (t *tx) count(sql string) error {
	t.counters = map[string]uint64{}
	ctx, cancel := context.WithTimeout(t.engine.ctx, longAnswer)
	defer cancel()
	rows, err := t.db.Query(ctx, sql)
	if err != nil {
		return err
	}
	var name string
	var value int64
	_, err = pgx.ForEachRow(rows, []any{&name, &value}, func() error {
		t.counters[name] = uint64(value)
		return nil
	})
	return err
}

// flush sends what was written.
func (t *tx) flush() error {
	b := &pgx.Batch{}
	for _, name := range slices.Sorted(maps.Keys(t.tables)) {
		if err := t.partition(t.tables[name]); err != nil {
			return err
		}
		t.tables[name].flush(b)
	}
	for _, name := range slices.Sorted(maps.Keys(t.counted)) {
		b.Queue("INSERT INTO counters VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, int64(t.counted[name]))
	}
	t.flushDue(b)
	if b.Len() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(t.engine.ctx, longAnswer)
	defer cancel()
	return t.db.SendBatch(ctx, b).Close()
}

// mostKnown bounds what a transaction remembers of a table that it goes through.
const mostKnown = 4096

// table is a table of a transaction.
type table struct {
	tx   *tx
	name string
	// known are the values that were read, nil where there is none; written those
	// that were put, nil where they were deleted; order the keys of written, sorted.
	known, written map[string][]byte
	order          []string
}

func (t *table) ident() string { return pgx.Identifier{t.name}.Sanitize() }

func (t *table) Get(key []byte) []byte {
	if v, ok := t.written[string(key)]; ok {
		return v
	}
	if _, ok := t.known[string(key)]; !ok {
		t.fetch([][]byte{key})
	}
	return t.known[string(key)]
}

// Expect reads what is not known yet.
func (t *table) Expect(keys [][]byte) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(key []byte) bool {
		_, written := t.written[string(key)]
		_, known := t.known[string(key)]
		return written || known
	})
	if len(keys) > 0 {
		t.fetch(keys)
	}
}

func (t *table) fetch(keys [][]byte) {
	for _, key := range keys { // those that are not found
		t.known[string(key)] = nil
	}
	if len(keys) == 1 { // a plan of its own
		t.read("SELECT key, value FROM "+t.ident()+" WHERE key = $1", keys[0])
		return
	}
	t.read("SELECT key, value FROM "+t.ident()+" WHERE key = ANY($1)", keys)
}

// read notes what a query finds, and gives it.
func (t *table) read(sql string, args ...any) (found []entry) {
	ctx, cancel := context.WithTimeout(t.tx.engine.ctx, answer)
	defer cancel()
	rows, err := t.tx.db.Query(ctx, sql, args...)
	if err != nil {
		panic(storage.Failure{Err: err})
	}
	var e entry
	_, err = pgx.ForEachRow(rows, []any{&e.key, &e.value}, func() error {
		if e.value == nil {
			e.value = []byte{}
		}
		if len(t.known) >= mostKnown {
			clear(t.known)
		}
		t.known[string(e.key)] = e.value
		found = append(found, e)
		e = entry{}
		return nil
	})
	if err != nil {
		panic(storage.Failure{Err: err})
	}
	return found
}

type entry struct{ key, value []byte }

func (t *table) Put(key, value []byte) error {
	if value == nil {
		value = []byte{}
	}
	return t.write(key, bytes.Clone(value))
}

func (t *table) Delete(key []byte) error { return t.write(key, nil) }

func (t *table) write(key, value []byte) error {
	if !t.tx.writable {
		return fmt.Errorf("write in %s: the transaction is for reading", t.name)
	}
	k := string(key)
	if _, again := t.written[k]; !again {
		if old, known := t.known[k]; known && (old == nil) == (value == nil) && bytes.Equal(old, value) {
			return nil // it is so already
		}
		i, _ := slices.BinarySearch(t.order, k)
		t.order = slices.Insert(t.order, i, k)
	}
	t.written[k] = value
	return nil
}

func (t *table) flush(b *pgx.Batch) {
	var gone, keys, values [][]byte
	for _, k := range t.order {
		if v := t.written[k]; v == nil {
			gone = append(gone, []byte(k))
		} else {
			keys, values = append(keys, []byte(k)), append(values, v)
		}
	}
	if gone != nil {
		b.Queue("DELETE FROM "+t.ident()+" WHERE key = ANY($1)", gone)
	}
	if keys != nil {
		b.Queue("INSERT INTO "+t.ident()+" SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT (key) DO UPDATE SET value = excluded.value", keys, values)
	}
}

func (t *table) Sequence() uint64 {
	if t.tx.counters == nil {
		if err := t.tx.count("SELECT name, value FROM counters"); err != nil {
			panic(storage.Failure{Err: err})
		}
	}
	return t.tx.counters[t.name]
}

func (t *table) SetSequence(n uint64) error {
	if t.tx.counted == nil {
		t.tx.counted = map[string]uint64{}
	}
	t.tx.counters[t.name], t.tx.counted[t.name] = n, n
	return nil
}
