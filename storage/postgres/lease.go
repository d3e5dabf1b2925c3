package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Wish is for a source that is due by what its node knows of it.
type Wish struct {
	Source string
	Due    time.Time // that of its record, as the node has read it
}

// Lease is what came of a wish.
type Lease struct {
	// Ctx ends when the source is another's, which must be taken to be so when the
	// server cannot be reached for a while; nil where the source was not given.
	Ctx context.Context
	// Due is that of its record.
	Due time.Time
	// Held tells that another node is at work on it; Orphaned that one was that
	// has not been heard of since: what it stored last it may not have told.
	Held, Orphaned bool
}

// Lease takes those sources that nobody is at work on, unless somebody has been
// since their records were read and they are no longer due at a time.
func (n *Node) Lease(ctx context.Context, wishes []Wish, now time.Time) (map[string]Lease, error) {
	sources, dues := make([]string, len(wishes)), make([]time.Time, len(wishes))
	for i, w := range wishes {
		sources[i], dues[i] = w.Source, w.Due
	}
	if err := n.introduce(ctx, "sources", sources, "INSERT INTO leases (source) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"); err != nil {
		return nil, fmt.Errorf("lease: %w", err)
	}
	rows, err := n.e.talk.Query(ctx, `
		WITH asked AS (SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS a (source, known)),
		free AS (
			SELECT l.source, l.node FROM leases l JOIN asked a USING (source)
			WHERE l.until <= now() AND (l.due <= $3 OR l.due = a.known)
			FOR UPDATE OF l SKIP LOCKED),
		mine AS (
			UPDATE leases l SET node = $4, until = now() + $5 FROM free WHERE l.source = free.source RETURNING l.source, free.node <> '' AS orphaned)
		SELECT l.source, m.source IS NOT NULL, l.due, l.until > now(), coalesce(m.orphaned, false)
		FROM asked a JOIN leases l USING (source) LEFT JOIN mine m USING (source)`,
		sources, dues, now, n.id, lifetime)
	if err != nil {
		return nil, fmt.Errorf("lease: %w", err)
	}
	defer rows.Close()
	given := make(map[string]Lease, len(wishes))
	var taken []string
	for rows.Next() {
		var source string
		var mine bool
		var l Lease
		if err := rows.Scan(&source, &mine, (*moment)(&l.Due), &l.Held, &l.Orphaned); err != nil {
			return nil, fmt.Errorf("lease: %w", err)
		}
		if mine {
			l.Held = false
			taken = append(taken, source)
		}
		given[source] = l
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("lease: %w", err)
	}
	// Only now: what the caller is not given would be renewed for ever.
	for _, source := range taken {
		l := given[source]
		l.Ctx = n.hold(source)
		given[source] = l
	}
	return given, nil
}

func (n *Node) hold(source string) context.Context {
	ctx, end := context.WithCancel(context.Background())
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leases[source] = end
	return ctx
}

// Release lets go of a source. Where the server cannot be reached the lease lapses.
func (n *Node) Release(source string) {
	n.mu.Lock()
	end := n.leases[source]
	delete(n.leases, source)
	n.mu.Unlock()
	if end != nil {
		end()
	}
	ctx, cancel := context.WithTimeout(n.e.ctx, beat)
	defer cancel()
	_, _ = n.e.talk.Exec(ctx, "UPDATE leases SET node = '', until = '-infinity' WHERE source = $1 AND node = $2", source, n.id)
}

// introduce makes rows for those names that have none, once.
func (n *Node) introduce(ctx context.Context, kind string, names []string, sql string, args ...any) error {
	n.mu.Lock()
	news := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return n.known[kind+" "+name] })
	n.mu.Unlock()
	if len(news) == 0 {
		return nil
	}
	slices.Sort(news) // so that two nodes never wait for each other
	if _, err := n.e.talk.Exec(ctx, sql, append([]any{news}, args...)...); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range news {
		n.known[kind+" "+name] = true
	}
	return nil
}
