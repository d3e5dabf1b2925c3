package simulated

import "math"

// dice is a splitmix64 generator: small enough to make one for every question
// asked of an article, so that answers do not depend on one another.
type dice uint64

// purpose keeps the questions apart that are asked of the same index.
type purpose uint64

const (
	forTime purpose = iota + 1
	forKind
	forGenre
	forColumns
	forLag
	forEdits
	forShape
	forWords
	forFirms
	forNumbers
	forFigures
	forTitle
	forID
	forPage
	forItem
	forLive
	forSite
	forCopy
	forFault
)

func roll[N int | int64](seed uint64, p purpose, index N) dice {
	d := dice(seed ^ uint64(p)*0x9e3779b97f4a7c15)
	d = dice(d.next() ^ uint64(index)*0xd1342543de82ef95)
	d.next()
	return d
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n is a number from 0 to max-1.
func (d *dice) n(max int) int { return int(d.next() >> 1 % uint64(max)) }

// share is true in that share of all cases.
func (d *dice) share(of float64) bool { return d.fraction() < of }

// fraction is a number from 0 to below 1.
func (d *dice) fraction() float64 { return float64(d.next()>>11) / (1 << 53) }

// between is a number from lo to hi with that many decimals.
func (d *dice) between(lo, hi float64, decimals int) float64 {
	unit := math.Pow10(-decimals)
	steps := int(math.Round((hi-lo)/unit)) + 1
	return lo + float64(d.n(max(steps, 1)))*unit
}

func pick[T any](d *dice, from []T) T { return from[d.n(len(from))] }
