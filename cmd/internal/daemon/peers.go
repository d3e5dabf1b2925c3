package daemon

import (
	"context"
	"errors"
	"time"

	"aggregator/fetcher"
	"aggregator/storage/postgres"
)

// Daemons on several machines may share one store. What they agree on is kept there:
// who fetches which source, who makes an article of which item, whose turn it is
// at a site; and each tells the others what it has stored.

// Join makes the daemon one of several. It is to be called before it fetches.
func (d *Daemon) Join(n *postgres.Node) {
	d.node = n
	d.shortage.shared = n != nil
}

// Turns gives the client of a node its turns at sites.
func Turns(n *postgres.Node) fetcher.Turns { return turns{n} }

type turns struct{ node *postgres.Node }

func (t turns) Turn(ctx context.Context, site string, concurrency int, interval time.Duration, force bool) (fetcher.Turn, error) {
	turn, err := t.node.Turn(ctx, site, concurrency, interval, force)
	return fetcher.Turn(turn), err
}

// Tell tells readers here and at other nodes which feeds show something new, and
// with no names that any may show something else.
func (d *Daemon) Tell(slugs ...string) {
	if d.Changed != nil {
		d.Changed(slugs...)
	}
	if d.node == nil {
		return
	}
	if err := d.node.Tell(slugs...); err != nil {
		d.log.Warn("other nodes not told", "err", err, "hint", "they look by themselves")
	}
}

// listen takes what other nodes tell, until the context ends.
func (d *Daemon) listen(ctx context.Context) {
	if d.node == nil {
		return
	}
	d.node.Listen(ctx, func(slugs ...string) {
		d.wards.forget()
		d.names.age()
		if d.Renewed != nil {
			d.Renewed(slugs...)
		}
		d.writeArchive(ctx, d.log)
	})
}

// restAll has all nodes leave a site alone.
func (d *Daemon) restAll(site string, r fetcher.Rest) {
	if d.node == nil || r.Until.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeAnswers)
	defer cancel()
	if err := d.node.Rest(ctx, site, r.Until); err != nil {
		d.log.Warn("rest not told to other nodes", "site", site, "err", err)
	}
}

// askClock asks the database whether the clock of this machine is right, as after a
// jump; by itself a node does so with each beat.
func (d *Daemon) askClock() {
	if d.node == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeAnswers)
	defer cancel()
	_ = d.node.AskClock(ctx) // whoever leases sources is told
}

const (
	// mostLeased is how many sources a node has at a time for each request that it may
	// make at a time: so many that it has enough to do, and few enough that the
	// others have, too.
	mostLeased = 4
	// heldAgain is after how long a node asks again for a source that another one
	// is at work on.
	heldAgain = 2 * time.Second
)

// leased takes those of the due sources that no other node is at work on, until the
// node has enough, and plans the others anew.
func (d *Daemon) leased(plan map[*source]time.Time, due []*source, now time.Time) (mine []*source) {
	if d.node == nil {
		return due
	}
	most := mostLeased * d.cfg.Fetch.Concurrency
	room := most - (len(d.sources) - len(plan))
	if room < most/2 {
		return nil // the next that is done asks for more
	}
	for len(due) > 0 && len(mine) < room {
		some := due[:min(len(due), room-len(mine))]
		due = due[len(some):]
		wishes := make([]postgres.Wish, len(some))
		for i, s := range some {
			wishes[i] = postgres.Wish{Source: s.Name, Due: s.known}
		}
		began := time.Now()
		given, err := d.ask(wishes, now)
		if err != nil {
			d.lack("", unstored(err), began)
			for _, s := range append(some, due...) {
				plan[s] = now.Add(heldAgain)
			}
			return mine
		}
		for _, s := range some {
			l := given[s.Name]
			switch {
			case l.Ctx != nil:
				s.lease.Store(&l)
				mine = append(mine, s)
			case l.Held:
				plan[s] = now.Add(heldAgain)
			default: // another node has done it
				s.known, plan[s] = l.Due, l.Due
			}
		}
	}
	return mine
}

// ask asks for leases.
func (d *Daemon) ask(wishes []postgres.Wish, now time.Time) (map[string]postgres.Lease, error) {
	if err := d.node.Clock(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	given, err := d.node.Lease(ctx, wishes, now)
	for _, l := range given {
		if l.Orphaned { // its last articles are stored, and nobody was told
			d.Tell()
			break
		}
	}
	return given, err
}

// hold has the source for one cycle; what it returns lets go of it. The context ends
// when the source is another node's.
func (d *Daemon) hold(ctx context.Context, s *source, o Options, at place) (context.Context, func(), error) {
	if d.node == nil || o.DryRun {
		return ctx, func() {}, nil
	}
	lease := s.lease.Swap(nil)
	for lease == nil {
		began := time.Now()
		given, err := d.askFor(s.Name)
		switch {
		case err != nil:
			d.lack(s.Name, unstored(err), began)
			return ctx, nil, err
		case given.Ctx != nil:
			lease = &given
			continue
		}
		at.pass() // as in run
		select {
		case <-time.After(heldAgain / 4):
		case <-ctx.Done():
			return ctx, nil, context.Cause(ctx)
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(lease.Ctx, func() { cancel(errLost) })
	return ctx, func() {
		stop()
		cancel(nil)
		d.node.Release(s.Name)
	}, nil
}

// askFor asks for one source, due or not.
func (d *Daemon) askFor(source string) (postgres.Lease, error) {
	rec, err := d.store.Source(source)
	if err != nil {
		return postgres.Lease{}, err
	}
	given, err := d.ask([]postgres.Wish{{Source: source, Due: rec.Due}}, d.wall())
	return given[source], err
}

// errLost is the end of a cycle whose source is another node's, since this one could
// not be heard of.
var errLost = errors.New("the source's lease is lost")
