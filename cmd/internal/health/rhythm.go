package health

import (
	"math"
	"slices"
	"time"
)

// Together is how close moments may lie that are one: a cycle stores what it found in
// several steps.
const Together = 2 * time.Minute

// Learned is how far back the moments are looked at that a rhythm is learned from,
// and Moments how many of them at most.
const (
	Learned = 8 * 7 * 24 * time.Hour
	Moments = 1000
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
	// farthest bounds how far ahead Deadline looks.
	farthest = 90 * 24 * time.Hour
)

// Rhythm is how often a source brings something, by the hour of the week: a site
// that rests at night and at weekends is not silent then.
type Rhythm struct {
	zone *time.Location
	rate [hoursOfWeek]float64 // what comes within an hour
	// limit is how long the source keeps silent at most, in what would otherwise
	// have come meanwhile; 0 where that is not known.
	limit float64
	Usual time.Duration // the gap between two of them, averaged over the week; 0 where unknown
}

// Learn learns the rhythm of a source from the moments at which it brought
// something, in any order.
func Learn(moments []time.Time, zone *time.Location) Rhythm {
	r := Rhythm{zone: zone}
	moments = apart(moments)
	if len(moments) <= fewest || moments[len(moments)-1].Sub(moments[0]) < shortest {
		return r
	}
	last := moments[len(moments)-1]
	r.Usual = last.Sub(moments[0]) / time.Duration(len(moments)-1)
	for h := range r.rate {
		r.rate[h] = 1 / r.Usual.Hours()
	}
	gaps := r.gaps(moments)
	if longest := gaps[len(gaps)-1]; longest <= even {
		r.limit = unusual * longest
		return r
	}
	r.weigh(moments)
	gaps = r.gaps(moments)
	longest, usual := gaps[len(gaps)-1], gaps[len(gaps)-1-len(gaps)/20]
	// Of one that comes at random, the longest gap says more than the usual one;
	// but a gap that was a failure of the source is not to be learned. The fewer
	// are known, the longer one may still come.
	r.limit = max(unusual*usual, min(1.2*longest, 2*unusual*usual)) * (1 + 6/math.Sqrt(float64(len(gaps))))
	return r
}

// gaps are what usually comes within each of the gaps between moments, sorted.
func (r *Rhythm) gaps(moments []time.Time) []float64 {
	gaps := make([]float64, len(moments)-1)
	for i := range gaps {
		gaps[i] = r.expected(moments[i], moments[i+1])
	}
	slices.Sort(gaps)
	return gaps
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
func (r *Rhythm) weigh(moments []time.Time) {
	var came, passed [hoursOfWeek]float64
	for _, m := range moments[1:] { // that before the first is not known
		came[r.hour(m)]++
	}
	last := moments[len(moments)-1]
	for t := moments[0]; t.Before(last); t = nextHour(t) {
		passed[r.hour(t)] += min(nextHour(t).Sub(t), last.Sub(t)).Hours()
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
			like := (sum + third) / (weight + third*r.Usual.Hours())
			r.rate[h] = (about(&came, h) + 1) / (about(&passed, h) + 1/like)
		}
	}
}

// about is the average of an hour and those beside it, the nearer ones counting
// more: nobody is punctual to the hour.
func about(hours *[hoursOfWeek]float64, h int) (sum float64) {
	for off, w := range []float64{1. / 9, 2. / 9, 3. / 9, 2. / 9, 1. / 9} {
		sum += w * hours[(h+off-2+hoursOfWeek)%hoursOfWeek]
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

// Deadline is until when something usually comes after the last; the zero time
// where that is not known.
func (r *Rhythm) Deadline(last time.Time) time.Time {
	if r.limit == 0 {
		return time.Time{}
	}
	left := r.limit
	for t := last; t.Sub(last) < farthest; t = nextHour(t) {
		rate := r.rate[r.hour(t)]
		if comes := rate * nextHour(t).Sub(t).Hours(); comes < left || rate == 0 {
			left -= comes
			continue
		}
		return t.Add(time.Duration(math.Ceil(left / rate * float64(time.Hour))))
	}
	return last.Add(farthest)
}
