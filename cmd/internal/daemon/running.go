package daemon

import (
	"context"
	"sync"

	"aggregator/storage"
)

// running keeps one cycle of a source at a time.
type running struct {
	mu sync.Mutex
	of map[string]run
}

// run is a source of which a cycle runs, or is to begin soon.
type run struct {
	runs  bool
	ended chan struct{} // closed when it ends; nil while nobody waits for that
	// ahead is the state that was read before the cycle begins that is to have it: the
	// next of the source, so that none has stored another meanwhile.
	ahead *storage.State
}

func newRunning() running { return running{of: map[string]run{}} }

// readAhead reads the states of sources that are to begin soon in one go, which takes a
// third of the time of so many transactions.
func (r *running) readAhead(names []string, read func() ([]storage.State, error)) {
	room := make([]storage.State, len(names))
	r.mu.Lock()
	for i, name := range names {
		if !r.of[name].runs {
			r.of[name] = run{ahead: &room[i]}
		}
	}
	r.mu.Unlock()
	states, err := read()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, name := range names {
		switch {
		case r.of[name].ahead != &room[i]: // a cycle runs, or has begun meanwhile
		case err != nil: // which the cycle tells whose state cannot be read
			delete(r.of, name)
		default:
			room[i] = states[i]
		}
	}
}

// begin waits until no other cycle of the source runs, and gives the source's state where
// that was read ahead. It keeps nobody of its own round waiting meanwhile: the other may
// be of a round that goes the other way round.
func (r *running) begin(ctx context.Context, source string, at place) (ahead *storage.State, err error) {
	for {
		r.mu.Lock()
		other := r.of[source]
		if !other.runs {
			r.of[source] = run{runs: true}
			if ahead = other.ahead; ahead != nil && ahead.Source == nil { // it is being read
				ahead = nil
			}
			r.mu.Unlock()
			return ahead, nil
		}
		if other.ended == nil {
			other.ended = make(chan struct{})
			r.of[source] = other
		}
		r.mu.Unlock()
		at.pass()
		select {
		case <-other.ended:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (r *running) end(source string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if waited := r.of[source].ended; waited != nil {
		close(waited)
	}
	delete(r.of, source)
}
