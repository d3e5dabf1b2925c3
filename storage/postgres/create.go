package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"aggregator/storage"
)

// partitioned are the tables whose keys begin with an order number, which tells the
// time: what came in a month lies in a partition of its own, so that the indexes
// that are written to stay small, and what is years old can be moved or dropped
// by itself.
var partitioned = []string{"articles", "bundles", "raw"}

// exists tells whether a table is there.
func (e *Engine) exists(t *tx, name string) bool {
	e.mu.Lock()
	there := e.there[name]
	e.mu.Unlock()
	if there {
		return true
	}
	ctx, cancel := context.WithTimeout(e.ctx, answer)
	defer cancel()
	err := t.db.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", pgx.Identifier{name}.Sanitize()).Scan(&there)
	if err != nil {
		panic(storage.Failure{Err: err})
	}
	if there && !t.writable { // else its transaction may yet fail
		e.mu.Lock()
		e.there[name] = true
		e.mu.Unlock()
	}
	return there
}

// Create makes a table where there is none. Values are compressed already.
func (t *tx) Create(name string) error {
	by := ""
	if slices.Contains(partitioned, name) {
		by = " PARTITION BY RANGE (key)"
	}
	ident := pgx.Identifier{name}.Sanitize()
	for _, sql := range []string{
		"CREATE TABLE IF NOT EXISTS " + ident + " (key bytea PRIMARY KEY, value bytea NOT NULL)" + by,
		"ALTER TABLE " + ident + " ALTER COLUMN value SET STORAGE EXTERNAL",
	} {
		if _, err := t.db.Exec(t.engine.ctx, sql); err != nil {
			return fmt.Errorf("create table %s: %w", name, err)
		}
	}
	return nil
}

// Empty forgets all that is in a table.
func (t *tx) Empty(name string) error {
	delete(t.tables, name)
	if _, err := t.db.Exec(t.engine.ctx, "TRUNCATE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("empty table %s: %w", name, err)
	}
	return nil
}

// partition makes the partitions that a table's new keys belong in. Attaching one,
// unlike making it in its place, lets others go on reading and writing.
func (t *tx) partition(tb *table) error {
	if !slices.Contains(partitioned, tb.name) {
		return nil
	}
	for _, key := range tb.order {
		if tb.written[key] == nil {
			continue
		}
		m := monthOf(key)
		name := fmt.Sprintf("%s_%s", tb.name, m.Format("2006_01"))
		if t.engine.knows(name) || slices.Contains(t.made, name) {
			continue
		}
		from, to := bound(m), bound(m.AddDate(0, 1, 0))
		ident, part := tb.ident(), pgx.Identifier{name}.Sanitize()
		var attached bool
		err := t.db.QueryRow(t.engine.ctx, "SELECT to_regclass($1) IS NOT NULL", part).Scan(&attached)
		if err != nil {
			return err
		}
		if !attached {
			sql := fmt.Sprintf(`CREATE TABLE %[1]s (LIKE %[2]s INCLUDING ALL);
				ALTER TABLE %[2]s ATTACH PARTITION %[1]s FOR VALUES FROM (%[3]s) TO (%[4]s)`, part, ident, from, to)
			if _, err := t.db.Exec(t.engine.ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
				return fmt.Errorf("partition %s: %w", name, err)
			}
		}
		t.made = append(t.made, name)
	}
	return nil
}

// monthOf is the month that an order number at the head of a key tells.
func monthOf(key string) time.Time {
	var order [8]byte
	copy(order[:], key)
	at := time.UnixMilli(int64(binary.BigEndian.Uint64(order[:]) >> 20)).UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// bound is the first order number of a month, as a literal.
func bound(month time.Time) string {
	const ends = math.MaxUint64 >> 20
	ms := uint64(min(max(month.UnixMilli(), 0), ends))
	return fmt.Sprintf(`'\x%016x'`, ms<<20)
}

// know notes the partitions that a transaction has made.
func (e *Engine) know(partitions []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range partitions {
		e.there[name] = true
	}
}

func (e *Engine) knows(partition string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.there[partition]
}

// Space is what the tables and their indexes take. What is free in them PostgreSQL
// does not tell cheaply.
func (e *Engine) Space() (s storage.Space, err error) {
	s.PageSize = 8 << 10
	err = e.patiently(func() error {
		ctx, cancel := context.WithTimeout(e.ctx, answer)
		defer cancel()
		return e.pool.QueryRow(ctx, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
			WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`).Scan(&s.Bytes)
	})
	return s, err
}
