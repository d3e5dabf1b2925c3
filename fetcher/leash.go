package fetcher

import (
	"context"
	"slices"
	"sync"
	"time"
)

// leash is a context that can end before its caller's does, and the timer that ends it. It
// serves one visit after another as long as it has not ended: to make both anew would be
// most of the work with a request that brings nothing.
type leash struct {
	whole  context.Context // the caller's
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer

	mu    sync.Mutex
	visit *visit // nil between two
}

func (s *leash) fire() {
	s.mu.Lock()
	v := s.visit
	s.mu.Unlock()
	if v != nil {
		v.look()
	}
}

// leashes are those that no visit has now, the last given back at the end.
type leashes struct {
	mu     sync.Mutex
	idle   []*leash
	most   int
	closed bool
}

// take gives a leash of a caller to a visit, and has it looked at after a time.
func (s *leashes) take(whole context.Context, v *visit, after time.Duration) *leash {
	p := s.pop(whole)
	if p == nil {
		p = &leash{whole: whole}
		p.ctx, p.cancel = context.WithCancelCause(whole)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.visit = v
	if p.timer == nil {
		p.timer = time.AfterFunc(after, p.fire)
	} else {
		p.timer.Reset(after)
	}
	return p
}

func (s *leashes) pop(whole context.Context) *leash {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range slices.Backward(s.idle) {
		if p.whole == whole {
			s.idle = slices.Delete(s.idle, i, i+1)
			return p
		}
	}
	return nil
}

// give takes a leash back from its visit.
func (s *leashes) give(p *leash) {
	p.timer.Stop()
	p.mu.Lock()
	p.visit = nil
	p.mu.Unlock()
	if p.ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		p.cancel(nil)
		return
	}
	if len(s.idle) == s.most { // the first may be of a caller who is long gone
		s.idle[0].cancel(nil)
		s.idle = slices.Delete(s.idle, 0, 1)
	}
	s.idle = append(s.idle, p)
}

// close ends those that are idle, and others when they are given back.
func (s *leashes) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.idle {
		p.cancel(nil)
	}
	s.idle, s.closed = nil, true
}
