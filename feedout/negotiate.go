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
	weights := parseWeights(lines)
	best := 0
	for _, c := range []string{brotlied, gzipped, identity} {
		if q := weights.of(c); q > best {
			coding, best = c, q
		}
	}
	return coding, best > 0
}

// weights are the codings a reader named, in thousandths.
type weights map[string]int

// of is the weight of a coding. Identity is acceptable unless it is refused by
// name or by "*", but less so than anything that was asked for.
func (w weights) of(coding string) int {
	if q, named := w[coding]; named {
		return q
	}
	if q, any := w["*"]; any {
		return q
	}
	if coding == identity {
		return 1
	}
	return 0
}

func parseWeights(lines []string) weights {
	w := weights{}
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(element, ";")
			name = strings.ToLower(strings.TrimSpace(name))
			if name == "x-gzip" { // RFC 9110 §8.4.1.3
				name = gzipped
			}
			if q, ok := parseWeight(params); ok && name != "" {
				w[name] = q
			}
		}
	}
	return w
}

// parseWeight reads "q=0.5" (RFC 9110 §12.4.2); 1 where there is none. A named
// coding with a positive weight is at least 2, above an unnamed identity.
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
	case err != nil, q < 0, q > 1:
		return 0, false
	case q == 0:
		return 0, true
	}
	return max(2, int(q*1000+0.5)), true
}
