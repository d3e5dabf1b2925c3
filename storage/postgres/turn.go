package postgres

import (
	"context"
	"fmt"
	"time"
)

// Turn is what came of asking for one at a site.
type Turn struct {
	// Done gives the place at the site back; nil where there was no turn.
	Done func()
	// Wait is how long to wait before asking again.
	Wait time.Duration
	// Rest is before when the site asks to be left alone; zero where it does not.
	Rest time.Time
}

// crowded is how long to wait where all places are taken: nobody tells when one
// is free.
const crowded = 50 * time.Millisecond

// Turn asks for a turn at a site, where so many requests may be under way at a
// time, and so much time lies between the starts of two. A request to a site that
// asked to rest has a turn only if it is forced to.
func (n *Node) Turn(ctx context.Context, site string, concurrency int, interval time.Duration, force bool) (t Turn, err error) {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	number := -1
	err = n.seat(ctx, site, concurrency)
	if err == nil {
		err = n.e.talk.QueryRow(ctx, `
			WITH free AS (
				SELECT s.site, p.place FROM sites s JOIN places p USING (site)
				WHERE s.site = $1 AND s.next <= clock_timestamp() AND (s.rest <= clock_timestamp() OR $6)
					AND p.place < $2 AND p.until <= clock_timestamp()
				ORDER BY p.place LIMIT 1 FOR UPDATE OF s, p),
			taken AS (
				UPDATE places p SET node = $3, until = clock_timestamp() + $4 FROM free
				WHERE p.site = free.site AND p.place = free.place RETURNING p.place),
			started AS (
				UPDATE sites s SET next = clock_timestamp() + $5 FROM free WHERE s.site = free.site)
			SELECT coalesce((SELECT place FROM taken), -1), greatest(next, now()) - now(), rest FROM sites WHERE site = $1`,
			site, concurrency, n.id, lifetime, interval, force).Scan(&number, &t.Wait, (*moment)(&t.Rest))
	}
	switch {
	case err != nil:
		return Turn{}, fmt.Errorf("turn at %s: %w", site, err)
	case number >= 0:
		return Turn{Done: n.take(place{site, number})}, nil
	case !t.Rest.After(time.Now()):
		t.Rest = time.Time{}
	}
	t.Wait = max(t.Wait, crowded)
	return t, nil
}

// seat makes the rows of a site.
func (n *Node) seat(ctx context.Context, site string, concurrency int) error {
	err := n.introduce(ctx, "site", []string{site}, "INSERT INTO sites (site) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING")
	if err != nil {
		return err
	}
	return n.introduce(ctx, fmt.Sprint("places ", concurrency), []string{site},
		"INSERT INTO places (site, place) SELECT site, place FROM unnest($1::text[]) AS a (site), generate_series(0, $2::integer - 1) AS b (place) ON CONFLICT DO NOTHING", concurrency)
}

func (n *Node) take(p place) (done func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.places[p] = true
	return func() {
		n.mu.Lock()
		delete(n.places, p)
		n.mu.Unlock()
		ctx, cancel := context.WithTimeout(n.e.ctx, beat)
		defer cancel()
		_, _ = n.e.talk.Exec(ctx, "UPDATE places SET node = '', until = '-infinity' WHERE site = $1 AND place = $2 AND node = $3", p.site, p.n, n.id)
	}
}

// Rest has all nodes leave a site alone until a time.
func (n *Node) Rest(ctx context.Context, site string, until time.Time) error {
	_, err := n.e.talk.Exec(ctx, `INSERT INTO sites (site, rest) VALUES ($1, $2) ON CONFLICT (site) DO UPDATE SET rest = excluded.rest`, site, until)
	if err != nil {
		return fmt.Errorf("rest of %s: %w", site, err)
	}
	return nil
}
