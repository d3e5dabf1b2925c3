package daemon

import (
	"hash/fnv"
	"time"
)

// turn returns when the source is due after a cycle that began and now is at
// its end: at its next turn, and not before the time that its publisher asked
// for.
func (s *source) turn(began, now, asked time.Time) time.Time {
	rhythm := s.rhythm(now)
	due := s.next(now)
	// One who was just fetched, for the first time or because somebody wanted
	// it, is not fetched again right away.
	if due.Sub(began) < min(rhythm/2, closest) {
		due = s.next(due)
	}
	if due.Before(asked) {
		// A turn that falls shortly before that time is late; one long before
		// it is left out.
		if due = s.next(later(now, asked.Add(-rhythm/2))); due.Before(asked) {
			due = asked
		}
	}
	return due
}

// closest is how soon a turn may follow a fetch that was none, though half of
// the source's rhythm is longer.
const closest = 10 * time.Minute

// next returns the source's first turn after t: the earliest time of its
// schedules, moved by an offset that is the source's own, so that sources with
// one schedule do not start in the same second.
func (s *source) next(t time.Time) time.Time {
	offset := s.offset(t)
	// The offset may not swallow a turn: look from where t would be without it.
	due := s.when.Next(t.Add(-offset)).Add(offset)
	if !due.After(t) {
		due = s.when.Next(t).Add(offset)
	}
	return due
}

// first returns when a source that was fetched for the first time is due again.
// An interval such as @every 2m has no clock of its own: those of all sources
// would go on together from where the program was started.
func (s *source) first(due, now time.Time) time.Time {
	if floats := s.when.Next(now.Add(time.Second)).Sub(s.when.Next(now)) == time.Second; floats {
		return due.Add(s.offset(now))
	}
	return due
}

// aside moves a turn away from the full minute, when everybody else comes.
func (s *source) aside(due time.Time) time.Time {
	if due.Second() == 0 {
		return due.Add(s.offset(due))
	}
	return due
}

// offset is stable over restarts, within a minute and half of the source's
// rhythm, and never nothing. It is whole seconds: the store keeps milliseconds,
// and a turn that begins before its due time is due again.
func (s *source) offset(t time.Time) time.Duration {
	longest := min(58*time.Second, s.rhythm(t)/2)
	return time.Second + time.Duration(s.share*float64(longest)).Truncate(time.Second)
}

// rhythm is the shortest time between the source's turns about t.
func (s *source) rhythm(t time.Time) time.Duration { return s.when.rhythm(t) }

// share is a source's own place between 0 and 1: a hash of its name.
func share(name string) float64 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return float64(h.Sum32()%3600) / 3600
}
