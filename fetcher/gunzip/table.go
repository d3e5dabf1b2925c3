package gunzip

import "math/bits"

// table finds the symbol of the code that bits begin with: by as many of them as most
// codes have, and where that entry is a link, in a further table by the rest.
type table [6144]uint32

const (
	litBits, distBits = 12, 8
	maxBits           = 15

	// An entry is 0 where no code begins so. Else its lowest four bits are the length of
	// the code, the next four how many extra bits follow it, then its value: the least
	// length or distance. Of literals, one or two with their codes together, these are how
	// many there are, and they themselves; of a link, how many bits a further table has,
	// and its place.
	extraAt   = 4
	valueAt   = 8
	isLiteral = 1 << 31
	isLink    = 1 << 30
	isEnd     = 1 << 29
)

// entry is that of the code that b begins with.
func (t *table) entry(b uint64) uint32 {
	e := t[b&(1<<(t[len(t)-1])-1)]
	if e&isLink != 0 {
		e = t[uint64(e>>valueAt&0xffff)+b>>(t[len(t)-1])&(1<<(e>>extraAt&15)-1)]
	}
	return e
}

// make makes the table of a code by the lengths of its symbols (§3.2.2); false where
// there is no such code. The table's last entry is how many bits its first part takes.
func (t *table) make(lengths []byte, first int, what func(symbol int) uint32) bool {
	var count, next [maxBits + 1]int
	for _, l := range lengths {
		count[l]++
	}
	count[0] = 0
	for l, code := 1, 0; l <= maxBits; l++ {
		code = (code + count[l-1]) << 1
		next[l] = code
		if code+count[l] > 1<<l {
			return false
		}
	}
	clear(t[:1<<first])
	t[len(t)-1] = uint32(first)
	free := 1 << first
	for symbol, l := range lengths {
		if l == 0 {
			continue
		}
		code := int(bits.Reverse16(uint16(next[l])) >> (16 - l))
		next[l]++
		e := what(symbol)
		if e == 0 {
			continue
		}
		e |= uint32(l)
		if int(l) <= first {
			for i := code; i < 1<<first; i += 1 << l {
				t[i] = e
			}
			continue
		}
		link := &t[code&(1<<first-1)]
		if *link == 0 {
			if free+1<<(maxBits-first) >= len(t) {
				return false
			}
			*link = isLink | uint32(maxBits-first)<<extraAt | uint32(free)<<valueAt
			clear(t[free : free+1<<(maxBits-first)])
			free += 1 << (maxBits - first)
		}
		part := t[*link>>valueAt&0xffff:][:1<<(maxBits-first)]
		for i := code >> first; i < len(part); i += 1 << (int(l) - first) {
			part[i] = e
		}
	}
	return true
}

func plain(symbol int) uint32 { return uint32(symbol)<<valueAt | 1<<extraAt | isLiteral }

// pair lets entries of literals find two at once, where the codes of both are short
// enough.
func (t *table) pair(first int) {
	for i := 1<<first - 1; i >= 0; i-- { // what stands below is single yet
		a := t[i]
		if a&isLiteral == 0 {
			continue
		}
		b := t[i>>(a&15)]
		if l := a&15 + b&15; b&isLiteral != 0 && l <= uint32(first) {
			t[i] = isLiteral | (b>>valueAt&0xff)<<(valueAt+8) | (a>>valueAt&0xff)<<valueAt | 2<<extraAt | l
		}
	}
}

var lengthBase = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}

// literals are literals, the end of the block and lengths (§3.2.5).
func literals(symbol int) uint32 {
	switch {
	case symbol < endOfBlock:
		return plain(symbol)
	case symbol == endOfBlock:
		return isEnd
	case symbol-endOfBlock > len(lengthBase):
		return 0
	}
	i := symbol - endOfBlock - 1
	extra := max(0, i/4-1)
	if i == len(lengthBase)-1 {
		extra = 0
	}
	return uint32(lengthBase[i])<<valueAt | uint32(extra)<<extraAt
}

func distances(symbol int) uint32 {
	if symbol >= 30 {
		return 0
	}
	extra := max(0, symbol/2-1)
	base := symbol + 1
	if symbol > 3 {
		base = (2+symbol&1)<<extra + 1
	}
	return uint32(base)<<valueAt | uint32(extra)<<extraAt
}
