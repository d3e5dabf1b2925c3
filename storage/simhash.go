package storage

import (
	"encoding/binary"
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
	before  rune     // the last of them
	numbers []uint32 // hashes of those in it, sorted, repeated as there
}

// read reads a text.
func read(text string) (r reading) {
	r.piece(text)
	slices.Sort(r.numbers)
	return r
}

// readContent reads what is visible of a content.
func readContent(content string) (r reading) {
	piecesOf(content, r.piece, func() { r = reading{} })
	slices.Sort(r.numbers)
	return r
}

// piece reads on. No number goes on in the next piece.
func (r *reading) piece(text string) {
	start := -1 // of what may be a number
	for i := 0; i < len(text); {
		if end := r.chinese(text, i); end > i { // most of a text
			if start >= 0 {
				r.number(text[start:i])
				start = -1
			}
			i = end
			continue
		}
		c, size := utf8.DecodeRuneInString(text[i:])
		letter := letterOf(c)
		if letter != 0 {
			r.letter(letter)
		}
		switch of := inNumber(c, letter != 0); {
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
}

// chinese reads the Chinese characters that a text has from a place on, and gives where
// they end.
func (r *reading) chinese(text string, i int) (end int) {
	before := r.before
	for ; i+2 < len(text); i += 3 {
		a, b, d := text[i], text[i+1], text[i+2]
		if a>>4 != 0xe || b>>6 != 2 || d>>6 != 2 {
			break
		}
		c := rune(a&0xf)<<12 | rune(b&0x3f)<<6 | rune(d&0x3f)
		if !isChinese(c) {
			break
		}
		if chosen(before, c) {
			r.pair(before, c)
		}
		r.letters++
		before = c
	}
	r.before = before
	return i
}

// letter counts a letter, and the 2-gram that it makes with the one before.
func (r *reading) letter(c rune) {
	if chosen(r.before, c) {
		r.pair(r.before, c)
	}
	r.letters++
	r.before = c
}

// chosen tells whether a 2-gram is counted. One in eight is, always the same ones, which
// costs an eighth and tells nearly as much. What chooses them is quicker, and worse, than
// the hash.
func chosen(before, c rune) bool {
	const odd = 0xd6e8feb86659fd93
	return gram(before, c)*odd>>61 == 0
}

func gram(before, c rune) uint64 { return uint64(before)<<32 | uint64(c) }

func (r *reading) pair(before, c rune) {
	if r.letters == 0 {
		return // the first letter makes none
	}
	var pair [8]byte
	binary.LittleEndian.PutUint64(pair[:], gram(before, c))
	r.add(xxhash.Sum64(pair[:]))
}

// number counts a number: two reports of a cut by 0.5% and by 0.25% differ in
// nothing else.
func (r *reading) number(n string) {
	if n = strings.Trim(n, ".-"); n != "" {
		r.numbers = append(r.numbers, uint32(xxhash.Sum64String(n)))
	}
}

func isChinese(c rune) bool { return c >= '\u4e00' && c <= '\u9fff' }

// letterOf is a letter or a digit as it is compared, 0 what papers set differently:
// blanks and punctuation.
func letterOf(c rune) rune {
	switch {
	case isChinese(c): // without a look at tables
		return c
	case c == '，' || c == '。' || c == '、' || c == '“' || c == '”' || c == '；' || c == '：':
		return 0 // as well, most of the rest
	case unicode.IsLetter(c) || unicode.IsDigit(c):
		return unicode.ToLower(c)
	}
	return 0
}

// inNumber tells whether a character is part of a number, of which most are no letters
// either.
func inNumber(c rune, letter bool) bool {
	return c == '.' || c == '%' || c == '-' || letter && unicode.IsDigit(c)
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
