package daemon

import (
	"fmt"
	"slices"
	"strings"
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

	floats bool // it has intervals such as @every 2m, which no minute bounds

	mu      sync.Mutex
	minutes map[int64]minute // of which something was asked
}

// minute is what a timetable says from a minute on.
type minute struct {
	next   time.Time // of all in the minute, unless it floats
	rhythm time.Duration
}

// timetable is that of a source, which all sources with its schedule have.
func (d *Daemon) timetable(c *config.Source) *timetable {
	sum := xxhash.Sum64String(fmt.Sprint(c.Schedule, d.Zone()))
	t := d.timetables[sum]
	if t == nil {
		t = &timetable{Schedule: d.cfg.Schedule(c), print: sum, floats: slices.ContainsFunc(c.Schedule, floats)}
		d.timetables[sum] = t
	}
	return t
}

func floats(s config.Schedule) bool { return strings.HasPrefix(s.String(), "@every") }

// rhythm is the shortest time between turns about t.
func (t *timetable) rhythm(at time.Time) time.Duration { return t.minute(at).rhythm }

// Next is the first turn after a time. Cron knows no seconds.
func (t *timetable) Next(at time.Time) time.Time {
	if t.floats {
		return t.Schedule.Next(at)
	}
	return t.minute(at).next
}

func (t *timetable) minute(at time.Time) minute {
	const most = 64 // that are remembered
	begin := at.Truncate(time.Minute)
	t.mu.Lock()
	defer t.mu.Unlock()
	if known, ok := t.minutes[begin.Unix()]; ok {
		return known
	}
	if len(t.minutes) >= most || t.minutes == nil {
		t.minutes = map[int64]minute{}
	}
	found := minute{t.Schedule.Next(begin), t.shortest(begin)}
	t.minutes[begin.Unix()] = found
	return found
}

func (t *timetable) shortest(at time.Time) time.Duration {
	const turns = 8
	at = t.Schedule.Next(at.Add(-time.Hour))
	shortest := 24 * time.Hour
	for range turns {
		next := t.Schedule.Next(at)
		if next.IsZero() {
			break // cron looks five years ahead
		}
		shortest = min(shortest, next.Sub(at))
		at = next
	}
	return shortest
}
