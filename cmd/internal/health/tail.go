package health

import "math"

// bounds are the usual gap of a source and the limit beyond which one is unusual, of
// its sorted gaps: the limit is exceeded by a share of them, which is so small that
// none of them may have been as long. How they go on beyond the longest is drawn as a
// Weibull distribution through two of the longer ones: it reaches from a clock to what
// comes by chance (shape 1) and in bursts (less).
//
// The usual gap is exceeded by the root of that share. Where the next is the more
// likely the longer one waits (shape 1 and more), the limit is within twice of it:
// what exceeds x by a share q exceeds 2x by q² at most.
func bounds(gaps []float64, share float64) (usual, limit float64) {
	n := len(gaps)
	// Not the very longest: it may have been a failure of the source.
	long, exceedLong := upper(gaps, 1+n/50)
	middle, exceedMiddle := upper(gaps, 1+n/4)
	shape := steady
	if long > middle {
		shape = math.Log(math.Log(exceedLong)/math.Log(exceedMiddle)) / math.Log(long/middle)
	}
	shape = min(max(shape, bursty), steady)
	// Few gaps may look like anything: then it is rather chance.
	shape = math.Pow(shape, float64(n)/float64(n+chance))
	beyond := func(share float64) float64 {
		return long * math.Pow(math.Log(share)/math.Log(exceedLong), 1/shape)
	}
	share = min(share, exceedLong)
	limit = max(beyond(share), unusual*long)
	return max(beyond(math.Sqrt(share)), limit/unusual), limit
}

const (
	bursty, steady = 0.5, 20.
	// chance is how many gaps must be known to believe what they look like as much as
	// that it is chance.
	chance = 12
)

// upper is the i-th longest of the gaps, and the share of all that exceeds it.
func upper(gaps []float64, i int) (length, share float64) {
	n := len(gaps)
	return gaps[n-i], (float64(i) - 0.3) / (float64(n) + 0.4)
}
