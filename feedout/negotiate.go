package feedout

import (
	"strconv"
	"strings"
)

// negotiate chooses the content coding that the Accept-Encoding lines ask for
// (RFC 9110 §12.5.3): the highest weight, among equals the smallest body. It
// fails where the reader refuses all there are.
func negotiate(lines []string) (coding string, ok bool) {
	if len(lines) == 0 {
		return identity, true // anything goes, and this everyone can read
	}
	w := parseWeights(lines)
	best := 0
	for _, c := range []struct {
		coding string
		weight int
	}{{brotlied, w.br}, {gzipped, w.gzip}, {identity, w.identity}} {
		if c.weight > best {
			coding, best = c.coding, c.weight
		}
	}
	return coding, best > 0
}

// weights are how much a reader wants each coding, in thousandths.
type weights struct{ br, gzip, identity int }

func parseWeights(lines []string) weights {
	const unnamed = -1
	w := weights{unnamed, unnamed, unnamed}
	others := unnamed
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(element, ";")
			q, ok := parseWeight(params)
			if !ok {
				continue
			}
			switch strings.ToLower(strings.TrimSpace(name)) {
			case brotlied:
				w.br = q
			case gzipped, "x-gzip": // RFC 9110 §8.4.1.3
				w.gzip = q
			case identity:
				w.identity = q
			case "*":
				others = q
			}
		}
	}
	for _, q := range []*int{&w.br, &w.gzip, &w.identity} {
		if *q == unnamed {
			*q = others
		}
	}
	// Identity is acceptable unless it is refused, by name or by "*", but
	// less so than anything that was asked for.
	if w.identity == unnamed {
		w.identity = 1
	}
	return w
}

// parseWeight reads "q=0.5" (RFC 9110 §12.4.2); 1 where there is none. A
// positive weight is at least 2, above that of an identity nobody named.
func parseWeight(params string) (thousandths int, ok bool) {
	key, value, weighted := strings.Cut(params, "=")
	if !weighted {
		return 1000, strings.TrimSpace(params) == ""
	}
	if !strings.EqualFold(strings.TrimSpace(key), "q") {
		return 1000, true
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	switch {
	case err != nil, !(0 <= q && q <= 1): // so written, it refuses NaN
		return 0, false
	case q == 0:
		return 0, true
	}
	return max(2, int(q*1000+0.5)), true
}
