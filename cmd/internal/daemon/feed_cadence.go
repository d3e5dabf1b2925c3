package daemon

import "time"

// longestCadence keeps a feed of daily sources from being a day late.
const longestCadence = time.Hour

// cadence is how often, at this hour, one of the sources that a feed lives on is
// fetched; zero where there is none.
func (d *Daemon) cadence(brings func(*source) bool) time.Duration {
	var least time.Duration
	for _, s := range d.sources {
		if brings != nil && !brings(s) {
			continue
		}
		if gap := s.gap(time.Now()); least == 0 || gap < least {
			least = gap
		}
	}
	return min(least, longestCadence)
}

// gap is the time between the next two turns of the source.
func (s *source) gap(now time.Time) time.Duration {
	first := s.when.Next(now)
	return s.when.Next(first).Sub(first)
}
