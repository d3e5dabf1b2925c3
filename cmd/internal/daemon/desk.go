package daemon

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

// desks are places to work at what was fetched: to read it, to make articles of it
// and to store them. A list's request keeps its place among all until there is a
// desk, so that no more is fetched than is worked off, and what lies in memory is a
// few documents however many sources are due.
//
// Who waits for a network or for another cycle sits at none, so that nobody waits
// for each other.
type desks chan struct{}

func newDesks() desks { return make(desks, max(4, 2*runtime.GOMAXPROCS(0))) }

// tooLong is after what time at a desk another may have it: one bad document does not
// keep others waiting.
const tooLong = 2 * time.Second

// seat is a cycle's at a desk, if it has one.
type seat struct {
	desks desks
	taken atomic.Bool
	timer *time.Timer
}

// sit waits for a desk.
func (s *seat) sit(ctx context.Context) error {
	if s.taken.Load() {
		return nil
	}
	select {
	case s.desks <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s.taken.Store(true)
	s.timer = time.AfterFunc(tooLong, s.leave)
	return nil
}

func (s *seat) rise() {
	if s.timer != nil {
		s.timer.Stop()
	}
	s.leave()
}

func (s *seat) leave() {
	if s.taken.CompareAndSwap(true, false) {
		<-s.desks
	}
}
