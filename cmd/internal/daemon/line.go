package daemon

import (
	"context"
	"sync"
	"sync/atomic"
)

// line is the sources of one site in a round, in their order.
type line struct {
	mu      sync.Mutex
	first   int                   // all before it have passed,
	passed  map[int]bool          // and these behind it
	waiting map[int]chan struct{} // by how many must have passed
}

func newLine() *line {
	return &line{passed: map[int]bool{}, waiting: map[int]chan struct{}{}}
}

// place is where a source stands in the line of its site.
type place struct {
	line *line
	n    int
	door *door // that it came in by; nil where none waits for that
}

// begun lets another source begin, which need not wait for what this one waits for.
func (p place) begun() {
	if p.door != nil {
		p.door.leave()
	}
}

// door lets in one source after another, of whatever site.
type door struct {
	by   chan struct{}
	left atomic.Bool
}

func (d *door) leave() {
	if d.left.CompareAndSwap(false, true) {
		<-d.by
	}
}

// underWay is how many of a site's sources may be ahead of one that has not passed: who
// is far ahead would only wait, with all that its list brought in memory.
const underWay = 64

// begin waits until those that are far before have passed, or the context ends, which
// the cycle tells.
func (p place) begin(ctx context.Context) { _ = p.line.wait(ctx, p.n-underWay+1) }

// wait waits until all before have passed.
func (p place) wait(ctx context.Context) error { return p.line.wait(ctx, p.n) }

// isNext tells whether all before have passed.
func (p place) isNext() bool {
	p.line.mu.Lock()
	defer p.line.mu.Unlock()
	return p.n <= p.line.first
}

// wait waits until so many have passed.
func (l *line) wait(ctx context.Context, n int) error {
	l.mu.Lock()
	if n <= l.first {
		l.mu.Unlock()
		return nil
	}
	passed := l.waiting[n]
	if passed == nil {
		passed = make(chan struct{})
		l.waiting[n] = passed
	}
	l.mu.Unlock()
	select {
	case <-passed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pass lets the next one go on. It may be called again.
func (p place) pass() {
	p.begun()
	l := p.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.n < l.first {
		return
	}
	if p.n > l.first {
		l.passed[p.n] = true
		return
	}
	for next := true; next; next = l.passed[l.first] {
		delete(l.passed, l.first)
		l.first++
		if passed := l.waiting[l.first]; passed != nil {
			delete(l.waiting, l.first)
			close(passed)
		}
	}
}
