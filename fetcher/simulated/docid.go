package simulated

import (
	"fmt"
	"strconv"
	"strings"
)

// A document id is seven letters and seven digits, as Sina's are. The digits are
// the index, shuffled; the letters depend on it, so that a mistyped id finds
// nothing. Articles and wire pages have different letters.
const (
	idSpace   = 10_000_000
	idFactor  = 7_368_787 // no common divisor with idSpace
	idLetters = "abcdefhikmnpqrstuvwxyz"
)

func (o *Origin) docid(p purpose, index int) string {
	d := roll(o.opts.Seed, p, index)
	id := []byte("n")
	for range 6 {
		id = append(id, idLetters[d.n(len(idLetters))])
	}
	shift := int(o.opts.Seed % idSpace)
	return fmt.Sprintf("%s%07d", id, (index%idSpace*idFactor+shift)%idSpace)
}

// docIndex is the index of a docid, if there is such a document.
func (o *Origin) docIndex(p purpose, id string) (int, bool) {
	if len(id) != 14 {
		return 0, false
	}
	n, err := strconv.Atoi(id[7:])
	if err != nil || n < 0 {
		return 0, false
	}
	shift := int(o.opts.Seed % idSpace)
	index := (n - shift + idSpace) % idSpace * inverse(idFactor, idSpace) % idSpace
	return index, o.docid(p, index) == id
}

// inverse is the number whose product with a is 1 modulo m.
func inverse(a, m int) int {
	x, y, rest := 0, 1, m
	for a > 1 {
		q := a / rest
		a, rest = rest, a%rest
		y, x = x, y-q*x
	}
	return (y + m) % m
}

// docidIn takes the docid out of the last segment of a path, such as
// doc-inihefve8236522.shtml or detail-inihefve8236522.d.html.
func docidIn(path string) (id string, mobile, ok bool) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if s, found := strings.CutPrefix(name, "doc-i"); found {
		id, ok = strings.CutSuffix(s, ".shtml")
		return id, false, ok
	}
	if s, found := strings.CutPrefix(name, "detail-i"); found {
		id, ok = strings.CutSuffix(s, ".d.html")
		return id, true, ok
	}
	return "", false, false
}
