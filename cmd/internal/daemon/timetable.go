package daemon

import (
	"fmt"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/robfig/cron/v3"

	"aggregator/cmd/internal/config"
)

// timetable is when sources are due. Most sources share one of a few: to look for
// the next hours' turns for each of them would be a third of the work with a source
// that has not changed.
type timetable struct {
	cron.Schedule
	print uint64 // a fingerprint

	mu      sync.Mutex
	rhythms map[int64]time.Duration // by minute
}

// timetable is that of a source, which all sources with its schedule have.
func (d *Daemon) timetable(c *config.Source) *timetable {
	sum := xxhash.Sum64String(fmt.Sprint(c.Schedule, d.Zone()))
	t := d.timetables[sum]
	if t == nil {
		t = &timetable{Schedule: d.cfg.Schedule(c), print: sum}
		d.timetables[sum] = t
	}
	return t
}

// rhythm is the shortest time between turns about t.
func (t *timetable) rhythm(at time.Time) time.Duration {
	const most = 64 // of which are remembered
	minute := at.Truncate(time.Minute)
	t.mu.Lock()
	defer t.mu.Unlock()
	if known, ok := t.rhythms[minute.Unix()]; ok {
		return known
	}
	if len(t.rhythms) >= most || t.rhythms == nil {
		t.rhythms = map[int64]time.Duration{}
	}
	found := t.shortest(minute)
	t.rhythms[minute.Unix()] = found
	return found
}

func (t *timetable) shortest(at time.Time) time.Duration {
	const turns = 8
	at = t.Next(at.Add(-time.Hour))
	shortest := 24 * time.Hour
	for range turns {
		next := t.Next(at)
		if next.IsZero() {
			break // cron looks five years ahead
		}
		shortest = min(shortest, next.Sub(at))
		at = next
	}
	return shortest
}
