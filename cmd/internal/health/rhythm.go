package health

import (
	"math"
	"slices"
	"time"

	"aggregator/storage"
)

// Together is how close moments may lie that are one: a cycle stores what it found in
// several steps.
const Together = 2 * time.Minute

// Learned is how far back the moments are looked at that a rhythm is learned from,
// and Moments how many of them at most.
const (
	Learned = 8 * 7 * 24 * time.Hour
	Moments = 8000
)

const (
	hoursOfWeek = 7 * 24
	// fewest is how many gaps are to be known before one is called unusual, and
	// shortest over how long.
	fewest   = 6
	shortest = 24 * time.Hour
	// unusual is how many times the usual gap a source may keep silent. It is told
	// before twice the gap is over, though a source is only asked now and then.
	unusual = 1.75
	// even is how many times the average the longest gap of a source is that is the
	// same by day and by night.
	even = 2
	// alarms is how often a month a source that lives may be told of, and month what
	// is meant by one.
	alarms = 0.1
	month  = 30 * 24 * time.Hour
	// farthest bounds how far ahead Deadline looks.
	farthest = 90 * 24 * time.Hour
)

// Rhythm is how often a source brings something, by the hour of the week: a site
// that rests at night and at weekends is not silent then.
//
// The usual gap of one that comes like a clock is the gap between two. Of one that
// comes at random some gaps are many times the average, and to call twice the
// average unusual would be an alarm every day. Its usual gap is one that few are
// longer than: so few that of twice that length there is one in ten months, if the
// longest it had is anything to go by.
type Rhythm struct {
	zone *time.Location
	rate [hoursOfWeek]float64 // what comes within an hour
	// usual is the usual gap, and limit how long the source keeps silent at most, in
	// what would otherwise have come meanwhile; 0 where that is not known.
	usual, limit float64
}

// Learn learns the rhythm of a source from the moments at which it brought
// something, in any order. What came after a pause of our own tells nothing.
func Learn(moments []time.Time, pauses []storage.Pause, zone *time.Location) Rhythm {
	r := Rhythm{zone: zone}
	gaps := between(apart(moments), pauses)
	var lived time.Duration
	for _, g := range gaps {
		lived += g.to.Sub(g.from)
	}
	if len(gaps) < fewest || lived < shortest {
		return r
	}
	average := lived / time.Duration(len(gaps))
	for h := range r.rate {
		r.rate[h] = 1 / average.Hours()
	}
	lengths := r.lengths(gaps)
	if longest := lengths[len(lengths)-1]; longest <= even {
		r.usual, r.limit = longest, unusual*longest
		return r
	}
	r.usual, r.limit = bounds(r.foreseen(gaps, average), alarms*float64(average)/float64(month))
	r.weigh(gaps, average)
	return r
}

// foreseen are the lengths of the gaps by what every other gap tells of the hours, and
// not they themselves: they look more even than they are by what they taught.
func (r *Rhythm) foreseen(gaps []gap, average time.Duration) (lengths []float64) {
	var halves [2][]gap
	for i, g := range gaps {
		halves[i%2] = append(halves[i%2], g)
	}
	for i, half := range halves {
		r.weigh(half, average)
		lengths = append(lengths, r.lengths(halves[1-i])...)
	}
	slices.Sort(lengths)
	return lengths
}

// gap is between two moments.
type gap struct{ from, to time.Time }

// between are the gaps in which we were there to see what came.
func between(moments []time.Time, pauses []storage.Pause) (gaps []gap) {
	for i := range len(moments) - 1 {
		g := gap{moments[i], moments[i+1]}
		if !slices.ContainsFunc(pauses, func(p storage.Pause) bool { return p.From.Before(g.to) && p.To.After(g.from) }) {
			gaps = append(gaps, g)
		}
	}
	return gaps
}

// lengths are what usually comes within each of the gaps, sorted.
func (r *Rhythm) lengths(gaps []gap) []float64 {
	lengths := make([]float64, len(gaps))
	for i, g := range gaps {
		lengths[i] = r.expected(g.from, g.to)
	}
	slices.Sort(lengths)
	return lengths
}

// apart sorts the moments and leaves out those that come together with one before.
func apart(moments []time.Time) (out []time.Time) {
	for _, m := range slices.SortedFunc(slices.Values(moments), time.Time.Compare) {
		if len(out) == 0 || m.Sub(out[len(out)-1]) >= Together {
			out = append(out, m)
		}
	}
	return out
}

// weigh counts what came in each hour of the week, and about it. An hour is taken
// for one of the same kind of day as far as it was seen too seldom; of one that no
// such day has shown yet, nothing is expected.
func (r *Rhythm) weigh(gaps []gap, average time.Duration) {
	var came, passed [hoursOfWeek]float64
	for _, g := range gaps {
		came[r.hour(g.to)]++
		for t := g.from; t.Before(g.to); t = nextHour(t) {
			passed[r.hour(t)] += min(nextHour(t).Sub(t), g.to.Sub(t)).Hours()
		}
	}
	for h := range r.rate {
		sum, weight := 0.0, 0.0
		for day := range 7 {
			if like := day*24 + h%24; weekend(like) == weekend(h) {
				sum, weight = sum+about(&came, like), weight+about(&passed, like)
			}
		}
		r.rate[h] = 0
		if weight > 0 {
			// Gamma priors: those hours count as much as one that came, and the
			// average of all as much as a third of one.
			const third = 1. / 3
			like := (sum + third) / (weight + third*average.Hours())
			r.rate[h] = (came[h] + 1) / (passed[h] + 1/like)
		}
	}
}

// about is the average of an hour and those beside it, the nearer ones counting
// more: nobody is punctual to the hour.
func about(hours *[hoursOfWeek]float64, h int) (sum float64) {
	for off, w := range []float64{1. / 4, 2. / 4, 1. / 4} {
		sum += w * hours[(h+off-1+hoursOfWeek)%hoursOfWeek]
	}
	return sum
}

func weekend(hour int) bool { return hour/24 == int(time.Sunday) || hour/24 == int(time.Saturday) }

func (r *Rhythm) hour(t time.Time) int {
	t = t.In(r.zone)
	return int(t.Weekday())*24 + t.Hour()
}

// nextHour is the next full hour; all civil times differ by whole quarters of one,
// and what a zone of half an hour is off does not matter.
func nextHour(t time.Time) time.Time { return t.Truncate(time.Hour).Add(time.Hour) }

// expected is how much would usually come between two times.
func (r *Rhythm) expected(from, to time.Time) (sum float64) {
	for t := from; t.Before(to); t = nextHour(t) {
		sum += r.rate[r.hour(t)] * min(nextHour(t).Sub(t), to.Sub(t)).Hours()
	}
	return sum
}

// Deadline is until when something comes after the last, unless the source is silent;
// the zero time where that is not known.
func (r *Rhythm) Deadline(last time.Time) time.Time {
	if r.limit == 0 {
		return time.Time{}
	}
	return r.until(last, r.limit)
}

// Usual is the usual gap after the last; 0 where it is not known.
func (r *Rhythm) Usual(last time.Time) time.Duration {
	if r.usual == 0 {
		return 0
	}
	// Where a rest begins soon, what is usual may lie before it and the limit behind.
	return max(r.until(last, r.usual).Sub(last), time.Duration(float64(r.Deadline(last).Sub(last))/unusual))
}

// until is when so much has usually come since a time.
func (r *Rhythm) until(from time.Time, left float64) time.Time {
	for t := from; t.Sub(from) < farthest; t = nextHour(t) {
		rate := r.rate[r.hour(t)]
		if comes := rate * nextHour(t).Sub(t).Hours(); comes < left || rate == 0 {
			left -= comes
			continue
		}
		return t.Add(time.Duration(math.Ceil(left / rate * float64(time.Hour))))
	}
	return from.Add(farthest)
}
