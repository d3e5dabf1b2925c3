package daemon

import (
	"sync"
	"time"
)

// hoursKept is how far back what happened is told by the hour.
const hoursKept = 48

// hourly counts by the hour since it began, for the last hours.
type hourly struct {
	began time.Time

	mu     sync.Mutex
	counts map[time.Time]int // by the hour's begin
}

func (h *hourly) add(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.counts == nil {
		h.counts = map[time.Time]int{}
	}
	h.counts[hourOf(now)]++
	for at := range h.counts {
		if now.Sub(at) > (hoursKept+1)*time.Hour {
			delete(h.counts, at)
		}
	}
}

func (h *hourly) in(hour time.Time) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.counts[hour]
}

// hourOf is when the hour of a time began. Hours of zones that lie half an hour
// apart begin in the middle of the clock's.
func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }
