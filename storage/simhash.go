package storage

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// reading is what one pass over a text finds.
type reading struct {
	weights          // of its 2-grams of letters
	letters int      // how many it has
	numbers []uint32 // hashes of those in it, sorted, repeated as there
}

func read(text string) (r reading) {
	var before rune
	start := -1 // of what may be a number
	for i := 0; i < len(text); {
		c, size := runeAt(text[i:])
		letter := letterOf(c)
		if letter != 0 {
			if r.letters++; r.letters > 1 {
				r.pair(before, letter)
			}
			before = letter
		}
		switch of := inNumber(c); {
		case of && start < 0:
			start = i
		case !of && start >= 0:
			r.number(text[start:i])
			start = -1
		}
		i += size
	}
	if start >= 0 {
		r.number(text[start:])
	}
	slices.Sort(r.numbers)
	return r
}

// pair counts a 2-gram. One in eight is kept, always the same ones, which costs
// an eighth and tells nearly as much.
func (r *reading) pair(a, b rune) {
	var gram uint64
	if isChinese(a) && isChinese(b) {
		gram = sumChinese(a, b)
	} else {
		var pair [2 * utf8.UTFMax]byte
		gram = xxhash.Sum64(utf8.AppendRune(utf8.AppendRune(pair[:0], a), b))
	}
	if gram%8 == 0 {
		r.add(bits.RotateLeft64(gram*0x9e3779b97f4a7c15, 32)) // the low bits chose it
	}
}

// sumChinese is xxhash.Sum64 of the UTF-8 of two Chinese characters, six bytes, without
// what that does for more.
func sumChinese(a, b rune) uint64 {
	const (
		p1 = 11400714785074694791
		p2 = 14029467366897019727
		p3 = 1609587929392839161
		p5 = 2870177450012600261
	)
	first := uint64(0xe0|a>>12) | uint64(0x80|a>>6&0x3f)<<8 | uint64(0x80|a&0x3f)<<16 | uint64(0xe0|b>>12)<<24
	h := uint64(p5+6) ^ first*p1
	h = bits.RotateLeft64(h, 23)*p2 + p3
	h = bits.RotateLeft64(h^uint64(0x80|b>>6&0x3f)*p5, 11) * p1
	h = bits.RotateLeft64(h^uint64(0x80|b&0x3f)*p5, 11) * p1
	h = (h ^ h>>33) * p2
	h = (h ^ h>>29) * p3
	return h ^ h>>32
}

// number counts a number: two reports of a cut by 0.5% and by 0.25% differ in
// nothing else.
func (r *reading) number(n string) {
	if n = strings.Trim(n, ".-"); n != "" {
		r.numbers = append(r.numbers, uint32(xxhash.Sum64String(n)))
	}
}

// runeAt is the first character of a text. Most of a Chinese one takes the short way.
func runeAt(text string) (c rune, size int) {
	if b := text[0]; b < utf8.RuneSelf {
		return rune(b), 1
	} else if b>>4 == 0xe && len(text) > 2 && text[1]>>6 == 2 && text[2]>>6 == 2 {
		if c = rune(b&0xf)<<12 | rune(text[1]&0x3f)<<6 | rune(text[2]&0x3f); isChinese(c) {
			return c, 3
		}
	}
	return utf8.DecodeRuneInString(text)
}

func isChinese(c rune) bool { return c >= '\u4e00' && c <= '\u9fff' }

// letterOf is a letter or a digit as it is compared, 0 what papers set differently:
// blanks and punctuation.
func letterOf(c rune) rune {
	switch {
	case isChinese(c): // without a look at tables
		return c
	case unicode.IsLetter(c) || unicode.IsDigit(c):
		return unicode.ToLower(c)
	}
	return 0
}

func inNumber(c rune) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '%' || c == '-' || c >= utf8.RuneSelf && !isChinese(c) && unicode.IsDigit(c)
}

func lettersOf(text string) []rune {
	letters := make([]rune, 0, len(text)/3)
	for _, c := range text {
		if letter := letterOf(c); letter != 0 {
			letters = append(letters, letter)
		}
	}
	return letters
}

// weights count how often each of 64 bits was set: digit i of all counts, in base 2,
// is in planes[i], so that one addition counts all.
type weights struct {
	planes [32]uint64
	n      int
}

func (w *weights) add(set uint64) {
	w.n++
	for i := 0; set != 0 && i < len(w.planes); i++ {
		w.planes[i], set = w.planes[i]^set, w.planes[i]&set
	}
}

// majority are the bits that were set more often than not: a simhash, after Charikar
// 2002.
func (w *weights) majority() (h uint64) {
	for b := range 64 {
		count := 0
		for i, plane := range w.planes[:bits.Len(uint(w.n))] {
			count |= int(plane>>b&1) << i
		}
		if 2*count > w.n {
			h |= 1 << b
		}
	}
	return h
}
