package postgres

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// lifetime is how long what a node holds is its own after it was last heard of.
	lifetime = 20 * time.Second
	// beat is how often it is heard of.
	beat = 4 * time.Second
)

// Node is one program among those that share an engine. What it holds - leases of
// sources, items, places at sites - it holds until it lets go, or until the others
// have not heard of it for [lifetime].
type Node struct {
	e   *Engine
	id  string
	now func() time.Time

	clock atomic.Pointer[ClockError] // nil while that is

	mu     sync.Mutex
	heard  time.Time                     // when the others last heard of it
	leases map[string]context.CancelFunc // by source: what ends the work on it
	items  map[string]bool
	places map[place]bool
	known  map[string]bool // sources and sites that have a row

	stop context.CancelFunc
	done chan struct{}
}

type place struct {
	site string
	n    int
}

// NewNode joins those who share the engine, until Close. From then on a source's outcome
// is stored only while the source is leased: see [storage.ErrLost].
// now is the clock of this machine, which is to be right.
func (e *Engine) NewNode(now func() time.Time) *Node {
	n := &Node{e: e, id: rand.Text(), now: now, heard: time.Now(), leases: map[string]context.CancelFunc{}, items: map[string]bool{},
		places: map[place]bool{}, known: map[string]bool{}, done: make(chan struct{})}
	ctx, stop := context.WithCancel(e.ctx)
	n.stop = stop
	e.node.Store(n)
	go n.run(ctx)
	return n
}

// Close lets go of all that the node holds.
func (n *Node) Close() {
	n.stop()
	<-n.done
	ctx, cancel := context.WithTimeout(n.e.ctx, beat)
	defer cancel()
	h := n.holds() // what is not reached lapses
	_, _ = n.e.talk.Exec(ctx, "UPDATE leases SET node = '', until = '-infinity' WHERE node = $1 AND source = ANY($2)", n.id, h.sources)
	_, _ = n.e.talk.Exec(ctx, "DELETE FROM claims WHERE node = $1 AND item = ANY($2)", n.id, h.items)
	_, _ = n.e.talk.Exec(ctx, `UPDATE places SET node = '', until = '-infinity' FROM unnest($2::text[], $3::integer[]) AS held(site, place)
		WHERE places.site = held.site AND places.place = held.place AND node = $1`, n.id, h.sites, h.numbers)
}

// held is what a node holds.
type held struct {
	sources, items, sites []string
	numbers               []int32 // of the places, by site
}

func (n *Node) holds() (h held) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h.sources, h.items = slices.Collect(maps.Keys(n.leases)), slices.Collect(maps.Keys(n.items))
	for p := range n.places {
		h.sites, h.numbers = append(h.sites, p.site), append(h.numbers, int32(p.n))
	}
	return h
}

func (n *Node) run(ctx context.Context) {
	defer close(n.done)
	tick, tidy := time.NewTicker(beat), time.NewTicker(tidyEvery)
	defer tick.Stop()
	defer tidy.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			n.renew(ctx)
		case <-tidy.C:
			n.tidy(ctx)
		}
	}
}

// tidyEvery is how often rows are removed that nodes have left behind which ended
// without letting go, or of what nobody has asked for half a year.
const tidyEvery = time.Hour

func (n *Node) tidy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, beat)
	defer cancel()
	// What is not done now is done with the next.
	for _, sql := range []string{
		"DELETE FROM claims WHERE until < now() - interval '1 day'",
		// Of sources and sites that nobody has asked for long: who does makes them again.
		"DELETE FROM leases WHERE due > '-infinity' AND greatest(due, until) < now() - interval '180 days'",
		`WITH gone AS (DELETE FROM sites WHERE greatest(next, rest) > '-infinity' AND greatest(next, rest) < now() - interval '180 days' RETURNING site)
			DELETE FROM places USING gone WHERE places.site = gone.site`,
	} {
		_, _ = n.e.talk.Exec(ctx, sql)
	}
	// Others remove rows, too.
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.known)
}

// renew lets the others hear of the node. What it has lost meanwhile, or may have
// lost since it could not be heard of, is given up.
func (n *Node) renew(ctx context.Context) {
	asked := time.Now()
	n.mu.Lock()
	latest := n.heard.Add(lifetime - beat)
	n.mu.Unlock()
	// A server that is slow is waited for, but not so long that what is lost is not
	// given up in time; a beat before, it is given up.
	ctx, cancel := context.WithDeadline(ctx, later(latest, asked.Add(beat/2)))
	defer cancel()
	h := n.holds()
	kept, err := n.renewLeases(ctx, h.sources)
	if err == nil && len(h.items) > 0 {
		_, err = n.e.talk.Exec(ctx, "UPDATE claims SET until = now() + $3 WHERE node = $1 AND item = ANY($2)", n.id, h.items, lifetime)
	}
	if err == nil && len(h.sites) > 0 {
		_, err = n.e.talk.Exec(ctx, `UPDATE places SET until = now() + $4 FROM unnest($2::text[], $3::integer[]) AS held(site, place)
			WHERE places.site = held.site AND places.place = held.place AND node = $1`, n.id, h.sites, h.numbers, lifetime)
	}
	if err == nil {
		_ = n.AskClock(ctx) // what has no answer now has one with the next beat
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err == nil {
		n.heard = asked
	}
	wrong := n.Clock() != nil // so would be the times that are stored
	for _, s := range h.sources {
		lost := err == nil && !kept[s] || wrong || time.Since(n.heard) >= lifetime-beat
		if end := n.leases[s]; lost && end != nil {
			end()
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (n *Node) renewLeases(ctx context.Context, sources []string) (kept map[string]bool, err error) {
	if len(sources) == 0 {
		return nil, n.e.talk.Ping(ctx)
	}
	kept = map[string]bool{}
	// One that is locked is being written to by this node, and nobody else takes it
	// meanwhile: it is not waited for.
	return kept, n.e.each(ctx, `
		WITH free AS (SELECT source FROM leases WHERE node = $1 AND source = ANY($2) FOR NO KEY UPDATE SKIP LOCKED),
		renewed AS (UPDATE leases l SET until = now() + $3 FROM free WHERE l.source = free.source)
		SELECT source FROM leases WHERE node = $1 AND source = ANY($2)`,
		[]any{n.id, sources, lifetime}, func(source string) { kept[source] = true })
}

// each calls do with each row of a query, of one text.
func (e *Engine) each(ctx context.Context, sql string, args []any, do func(string)) error {
	rows, err := e.talk.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		do(text)
	}
	return rows.Err()
}
