package postgres

import (
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
