package daemon

import (
	"context"
	"sync"
)

// running keeps one cycle of a source at a time.
type running struct {
	mu sync.Mutex
	of map[string]chan struct{} // by source; closed when it ends, nil while nobody waits for that
}

// begin waits until no other cycle of the source runs. It keeps nobody of its own round
// waiting meanwhile: the other may be of a round that goes the other way round.
func (r *running) begin(ctx context.Context, source string, at place) error {
	for {
		r.mu.Lock()
		other, runs := r.of[source]
		if !runs {
			r.of[source] = nil
			r.mu.Unlock()
			return nil
		}
		if other == nil {
			other = make(chan struct{})
			r.of[source] = other
		}
		r.mu.Unlock()
		at.pass()
		select {
		case <-other:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *running) end(source string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if waited := r.of[source]; waited != nil {
		close(waited)
	}
	delete(r.of, source)
}
