package fetcher

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// A body that brings less than paceBytes in paceTime is not worth the
	// slot it holds.
	paceTime  = 10 * time.Second
	paceBytes = 1 << 10

	// A request that brings less than asideBytes in asideTime, or nothing yet,
	// steps aside for others: it gives up its place among all, not the one at its
	// host. That many bytes further it needs a place again.
	asideTime  = time.Second
	asideBytes = 32 << 10
)

// places are how many requests may be under way, to whomever. Those who wait for
// hosts that are slow or silent do not keep others from hosts that are neither:
// they stand aside, and come back to places of their own, so that there are never
// more than twice as many whole documents in memory as there are places.
type places struct {
	all   *semaphore.Weighted
	aside *semaphore.Weighted
	back  *semaphore.Weighted
}

// asideForEach is how many may stand aside for each place.
const asideForEach = 16

func newPlaces(concurrency int) *places {
	n := int64(max(1, concurrency))
	return &places{all: semaphore.NewWeighted(n), aside: semaphore.NewWeighted(asideForEach * n), back: semaphore.NewWeighted(n)}
}

// visit is a request under way, from its turn until its body has been dealt with.
type visit struct {
	gate     *gate
	pass     func() // leaves the gate
	began    time.Time
	deadline time.Time

	mu     sync.Mutex
	leash  *leash
	at     *semaphore.Weighted // where it has its place
	looked time.Time           // when it was last,
	got    int                 // and bytes since then
	late   bool                // it took too long,
	ended  bool                // nothing more is waited for, or it has left
	left   bool
}

// visit begins one that has entered; pass leaves the gate.
func (g *gate) visit(ctx context.Context, timeout time.Duration, pass func()) *visit {
	now := time.Now()
	v := &visit{gate: g, pass: pass, at: g.places.all, began: now, deadline: now.Add(timeout), looked: now}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.leash = g.leashes.take(ctx, v, min(asideTime, timeout))
	return v
}

// ctx ends when the caller's does, or when the visit takes too long.
func (v *visit) ctx() context.Context { return v.leash.ctx }

// look ends it if it takes too long, and lets it step aside if it has brought little.
func (v *visit) look() {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	switch {
	case v.ended:
		return
	case !now.Before(v.deadline):
		v.late = true
		v.leash.cancel(context.DeadlineExceeded)
		return
	case v.at != v.gate.places.aside && now.Sub(v.looked) >= asideTime:
		v.stepAside(now)
	}
	v.lookAgain(now)
}

func (v *visit) stepAside(now time.Time) {
	if p := v.gate.places; v.got < asideBytes && p.aside.TryAcquire(1) {
		v.at.Release(1)
		v.at = p.aside
	}
	v.got, v.looked = 0, now
}

// lookAgain sets the timer. Who stands aside need only be in time.
func (v *visit) lookAgain(now time.Time) {
	wait := v.deadline.Sub(now)
	if v.at != v.gate.places.aside {
		wait = min(wait, v.looked.Add(asideTime).Sub(now))
	}
	v.leash.timer.Reset(wait)
}

// bring counts what came; at the end, or with much of it, there must be a place for
// it again.
func (v *visit) bring(n int, end bool) error {
	v.mu.Lock()
	v.got += n
	v.ended = v.ended || end
	aside := v.at == v.gate.places.aside && (v.got >= asideBytes || end)
	v.mu.Unlock()
	if !aside {
		return nil
	}
	ctx, back := v.leash.ctx, v.gate.places.back
	if end {
		ctx = v.leash.whole // its host has done its part in time
	}
	if err := back.Acquire(ctx, 1); err != nil {
		return v.blame(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.left {
		back.Release(1)
		return nil
	}
	v.at.Release(1)
	v.at, v.got, v.looked = back, 0, time.Now()
	if !v.ended {
		v.lookAgain(v.looked)
	}
	return nil
}

// blame is what an error comes of: neither HTTP/2 nor places tell why a context ended.
func (v *visit) blame(err error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.late {
		return context.DeadlineExceeded
	}
	return err
}

// end notes that nothing is waited for.
func (v *visit) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ended = true
}

// leave ends it; what was still asked for is given up. It may be called again.
func (v *visit) leave() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.left {
		return
	}
	if !v.ended {
		v.leash.cancel(nil)
	}
	v.ended, v.left = true, true
	v.gate.leashes.give(v.leash)
	v.at.Release(1)
	v.pass()
}

// pacedBody gives up a body that drips, and leaves the gate when the body has
// been dealt with.
type pacedBody struct {
	io.ReadCloser
	visit *visit

	mu    sync.Mutex
	timer *time.Timer
	got   int  // since the timer was set
	held  bool // it is we who do not go on
	slow  bool
}

func newPacedBody(body io.ReadCloser, v *visit) *pacedBody {
	b := &pacedBody{ReadCloser: body, visit: v}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(paceTime, b.check)
	return b
}

func (b *pacedBody) check() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.got < paceBytes && !b.held {
		b.slow = true
		b.visit.leave()
		return
	}
	b.got = 0
	b.timer.Reset(paceTime)
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	slow := b.count(n, true)
	if err != nil && err != io.EOF {
		if slow {
			return n, &Error{Reason: ReasonTimeout, Err: fmt.Errorf("less than %d bytes in %s", paceBytes, paceTime)}
		}
		return n, b.visit.blame(err)
	}
	if late := b.visit.bring(n, err == io.EOF); late != nil {
		return n, late
	}
	if err == nil { // else nothing is waited for any more
		b.count(0, false)
	}
	return n, err
}

// count tells whether the body has been given up.
func (b *pacedBody) count(n int, held bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got += n
	b.held = held
	return b.slow
}

func (b *pacedBody) Close() error {
	b.mu.Lock()
	b.timer.Stop()
	b.mu.Unlock()
	err := b.ReadCloser.Close()
	b.visit.leave()
	return err
}
