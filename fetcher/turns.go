package fetcher

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrTurn is of requests that were not made since no turn could be agreed on: that is
// no fault of the site.
var ErrTurn = errors.New("no turn among the nodes")

// Turns are what several programs agree on of the sites that all of them ask, so
// that each site sees one of them.
type Turns interface {
	// Turn asks for a turn at a site, where so many requests may be under way at
	// a time, and so much time lies between the starts of two.
	Turn(ctx context.Context, site string, concurrency int, interval time.Duration, force bool) (Turn, error)
}

// Turn is what came of asking for one.
type Turn struct {
	// Done ends it; nil where there was none.
	Done func()
	// Wait is how long to wait before asking again.
	Wait time.Duration
	// Rest is before when the site is to be left alone, which force ignores; zero
	// where it is not.
	Rest time.Time
}

// share waits for a turn among all who ask the site. Nobody keeps a place while he
// waits: a site is busy with the requests of others, too.
func (g *gate) share(ctx context.Context, m manners) (leave func(), err error) {
	for {
		if err := g.places.all.Acquire(ctx, 1); err != nil {
			return nil, err
		}
		m.tell()
		turn, err := g.turns.Turn(ctx, g.site, g.concurrency, g.interval, m.force)
		if err != nil {
			g.places.all.Release(1)
			return nil, fmt.Errorf("%w: %w", ErrTurn, err)
		}
		if turn.Done != nil {
			return func() {
				g.pass()
				go turn.Done() // it may take a while
			}, nil
		}
		if !turn.Rest.IsZero() { // whoever was told: the caller looks at it
			g.mu.Lock()
			g.rest.Until = later(g.rest.Until, turn.Rest)
			g.mu.Unlock()
			return g.pass, nil
		}
		g.places.all.Release(1)
		if err := sleep(ctx, turn.Wait); err != nil {
			return nil, err
		}
	}
}
