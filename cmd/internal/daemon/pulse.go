package daemon

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"aggregator/cmd/internal/health"
)

// pulse is when the scheduler last went round its loop, which it does with every
// tick whether something is due or not.
type pulse struct{ at atomic.Pointer[time.Time] } // nil before its first round

func (p *pulse) beat() {
	now := time.Now()
	p.at.Store(&now)
}

// still is after how long without a beat the scheduler is taken to stand still.
const still = 2 * tick

// last is zero before its first round.
func (p *pulse) last() time.Time {
	if at := p.at.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

// runs tells whether there is a scheduler. What goes wrong is then told in the log, else
// by who runs a round.
func (d *Daemon) runs() bool { return !d.pulse.last().IsZero() }

// stopped tells since when the scheduler stands still; zero while it moves, and
// before it has begun.
func (p *pulse) stopped() (since time.Time) {
	if at := p.last(); !at.IsZero() && time.Since(at) > still {
		return at
	}
	return time.Time{}
}

// Alive finds out whether scheduler and database really move. The error is of a
// scheduler that stands still; where the database does not answer, Alive does not
// return. A database that answers with an error, as that of a full disk, moves: the
// error is in the log of whom it concerns, and starting anew would not mend it.
func (d *Daemon) Alive() error {
	if err := d.moves(); err != nil {
		return err
	}
	_ = d.store.Alive()
	return nil
}

// moves tells of a scheduler that stands still.
func (d *Daemon) moves() error {
	if since := d.pulse.stopped(); !since.IsZero() {
		return fmt.Errorf("the scheduler stands still since %s", since.In(d.Zone()).Format(time.DateTime))
	}
	return nil
}

// Tally is how many sources and articles there are, and what this machine lacks.
type Tally struct {
	Sources, Trouble, Articles int
	Shortage                   string
}

func (t Tally) String() string {
	s := fmt.Sprintf("%d sources, %d in trouble, %d articles", t.Sources, t.Trouble, t.Articles)
	if t.Shortage != "" {
		s += "; fetching pauses: " + strings.Join(strings.Fields(t.Shortage), " ")
	}
	return s
}

// Tally counts the enabled sources, those of them that are in trouble, and the
// articles.
func (d *Daemon) Tally() (t Tally, err error) {
	if t.Articles, err = d.store.Count(); err != nil {
		return t, err
	}
	t.Shortage, _ = d.shortage.now()
	for _, s := range d.sources {
		held, err := d.wards.of(d.store, s.Name)
		if err != nil {
			return t, err
		}
		t.Sources++
		if held.State != "" && held.State != string(health.OK) {
			t.Trouble++
		}
	}
	return t, nil
}
