package simulated

import "time"

// burst is how many consecutive indexes share a stretch of a timeline; in
// every other stretch they come within seconds of one another.
const burst = 8

// timeline gives the times of an endless series of things: index 0 is the
// oldest, times never decrease, and all are whole seconds.
type timeline struct {
	seed    uint64
	origin  time.Time
	backlog int
	before  time.Duration // mean interval of the backlog
	every   time.Duration // mean interval after it
	start   time.Time
}

func newTimeline(seed uint64, start time.Time, backlog int, reach, every time.Duration) timeline {
	backlog = (backlog + burst - 1) / burst * burst
	tl := timeline{seed: seed, backlog: backlog, every: every, before: every, start: start.Truncate(time.Second)}
	if backlog > 0 && reach > 0 {
		tl.before = reach / time.Duration(backlog)
	}
	tl.origin = tl.start.Add(-time.Duration(backlog) * tl.before)
	return tl
}

// at is when index came into the world.
func (tl *timeline) at(index int) time.Time {
	stretch := index / burst * burst
	d := roll(tl.seed, forTime, stretch)
	place := float64(index % burst)
	if d.share(0.5) {
		place = d.fraction()*6 + place*0.2
	} else {
		d = roll(tl.seed, forTime, ^index)
		place += d.fraction()
	}
	from, every := tl.origin, tl.before
	if stretch >= tl.backlog {
		from, every, stretch = tl.start, tl.every, stretch-tl.backlog
	}
	return from.Add(time.Duration((float64(stretch) + place) * float64(every))).Truncate(time.Second)
}

// count is how many things there are at t: those with at(index) <= t.
func (tl *timeline) count(t time.Time) int {
	from, every, skip := tl.origin, tl.before, 0
	if !t.Before(tl.start) {
		from, every, skip = tl.start, tl.every, tl.backlog
	}
	if t.Before(from) {
		return 0
	}
	index := skip + int(t.Sub(from)/every)/burst*burst
	// Truncation to seconds may have moved the first of this stretch.
	for ; index < skip+int(t.Sub(from)/every)+2*burst; index++ {
		if tl.at(index).After(t) {
			return index
		}
	}
	return index
}

// spacing is the mean interval around index.
func (tl *timeline) spacing(index int) time.Duration {
	if index < tl.backlog {
		return tl.before
	}
	return tl.every
}
