package storage

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// simhash keeps one in eight of the 2-grams, always the same ones, which costs
// an eighth and tells nearly as much.
func simhash(letters []rune) uint64 {
	var w weights
	var pair [2 * utf8.UTFMax]byte
	for i := 1; i < len(letters); i++ {
		gram := sumShort(utf8.AppendRune(utf8.AppendRune(pair[:0], letters[i-1]), letters[i]))
		if gram%8 == 0 {
			w.add(bits.RotateLeft64(gram*0x9e3779b97f4a7c15, 32)) // the low bits chose it
		}
	}
	return w.majority()
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

// majority are the bits that were set more often than not.
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

// sumShort is xxhash.Sum64 of at most eight bytes, without what that does for more.
func sumShort(b []byte) uint64 {
	const (
		p1 = 11400714785074694791
		p2 = 14029467366897019727
		p3 = 1609587929392839161
		p4 = 9650029242287828579
		p5 = 2870177450012600261
	)
	h := p5 + uint64(len(b))
	switch {
	case len(b) > 8:
		return xxhash.Sum64(b)
	case len(b) == 8:
		var k uint64 = p2
		k *= binary.LittleEndian.Uint64(b)
		h = bits.RotateLeft64(h^bits.RotateLeft64(k, 31)*p1, 27)*p1 + p4
		b = nil
	case len(b) >= 4:
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b))*p1, 23)*p2 + p3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*p5, 11) * p1
	}
	h = (h ^ h>>33) * p2
	h = (h ^ h>>29) * p3
	return h ^ h>>32
}
