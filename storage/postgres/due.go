package postgres

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Due implements [storage.Timetable].
func (t *tx) Due(source string, at time.Time) {
	if t.due == nil {
		t.due = map[string]time.Time{}
	}
	t.due[source] = at
}

// Lost implements [storage.Timetable]. Where this program is no node all is its own: it
// copies a database, or tries something out. A lease that has lapsed and that nobody
// has taken is still its node's.
func (t *tx) Lost(sources []string) (map[string]bool, error) {
	n := t.engine.node.Load()
	if n == nil {
		return nil, nil
	}
	lost := make(map[string]bool, len(sources))
	for _, s := range sources {
		lost[s] = true
	}
	ctx, cancel := context.WithTimeout(t.engine.ctx, longAnswer)
	defer cancel()
	rows, err := t.db.Query(ctx, "SELECT source FROM leases WHERE source = ANY($1) AND node = $2 ORDER BY source FOR NO KEY UPDATE", sources, n.id)
	if err != nil {
		return nil, err
	}
	var source string
	_, err = pgx.ForEachRow(rows, []any{&source}, func() error {
		delete(lost, source)
		return nil
	})
	return lost, err
}

func (t *tx) flushDue(b *pgx.Batch) {
	if t.due == nil {
		return
	}
	sources := slices.Sorted(maps.Keys(t.due))
	times := make([]time.Time, len(sources))
	for i, s := range sources {
		times[i] = t.due[s]
	}
	b.Queue(`INSERT INTO leases (source, due) SELECT * FROM unnest($1::text[], $2::timestamptz[])
		ON CONFLICT (source) DO UPDATE SET due = excluded.due`, sources, times)
}
