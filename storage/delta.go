package storage

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
	"sync"
)

// A delta says how to make a target of a source, as in VCDIFF (RFC 3284 §3): bytes to
// add, and pieces to copy. After the target's length, as an unsigned varint, it has as
// often as need be
//
//	how many bytes to add, those bytes,
//	how many to copy, and from where: as a signed varint, counted from where the last
//	copy ended
//
// the last of which may lack the copy. It is made for a target that is most of its source
// in the same order, as the body of a page and what is left of it.

// errDelta is of what is no delta of that source.
var errDelta = errors.New("no delta of this source")

// seed is how many bytes must agree before a piece is looked at, and how far apart
// places of the source are remembered: whatever is in both for twice as long is found.
const seed = 8

// places are where in a source to look for what begins with eight bytes, by a hash of
// them. They are used again: most sources are shorter than the table.
type places [1 << 12]uint32

var spare = sync.Pool{New: func() any { return new(places) }}

func (*places) hash(eight uint64) uint64 { return eight * 0x9e3779b97f4a7c15 >> (64 - 12) }

// learn remembers a source; of places that begin alike the first.
func (p *places) learn(source []byte) {
	clear(p[:])
	for at := (len(source) - seed) &^ (seed - 1); at >= 0; at -= seed {
		p[p.hash(binary.LittleEndian.Uint64(source[at:]))] = uint32(at)
	}
}

// appendDelta appends what makes target of source.
func appendDelta(delta, source, target []byte) []byte {
	delta = binary.AppendUvarint(delta, uint64(len(target)))
	p := spare.Get().(*places)
	defer spare.Put(p)
	p.learn(source)
	added, copied := 0, 0 // up to where target was said, and where in source that ended
	for at := 0; at+seed <= len(target); {
		eight := binary.LittleEndian.Uint64(target[at:])
		from := int(p[p.hash(eight)])
		if from+seed > len(source) || binary.LittleEndian.Uint64(source[from:]) != eight {
			at++
			continue
		}
		for from > 0 && at > added && source[from-1] == target[at-1] {
			from, at = from-1, at-1
		}
		n := agreeing(source[from:], target[at:])
		delta = binary.AppendUvarint(delta, uint64(at-added))
		delta = append(delta, target[added:at]...)
		delta = binary.AppendUvarint(delta, uint64(n))
		delta = binary.AppendVarint(delta, int64(from-copied))
		at += n
		added, copied = at, from+n
	}
	if added == len(target) {
		return delta
	}
	delta = binary.AppendUvarint(delta, uint64(len(target)-added))
	return append(delta, target[added:]...)
}

// agreeing is how many bytes two texts begin alike with.
func agreeing(a, b []byte) int {
	n := 0
	for n+8 <= len(a) && n+8 <= len(b) {
		if differ := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); differ != 0 {
			return n + bits.TrailingZeros64(differ)/8
		}
		n += 8
	}
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// applyDelta makes the target of a source, which is at most so many bytes long.
func applyDelta(source, delta []byte, most int) ([]byte, error) {
	length, delta, ok := cutUvarint(delta, most)
	if !ok {
		return nil, errDelta
	}
	// What is damaged may say that it is long.
	target := make([]byte, 0, min(length, len(source)+len(delta)))
	copied := 0
	for len(target) < length {
		var add, n int
		if add, delta, ok = cutUvarint(delta, min(len(delta), length-len(target))); !ok || add > len(delta) {
			return nil, errDelta
		}
		if target, delta = append(target, delta[:add]...), delta[add:]; len(target) == length {
			break
		}
		if n, delta, ok = cutUvarint(delta, length-len(target)); !ok || n == 0 {
			return nil, errDelta
		}
		by, size := binary.Varint(delta)
		if size <= 0 {
			return nil, errDelta
		}
		delta = delta[size:]
		from := int64(copied) + by
		if from < 0 || from > int64(len(source)) || int64(n) > int64(len(source))-from {
			return nil, errDelta
		}
		target = append(target, source[from:from+int64(n)]...)
		copied = int(from) + n
	}
	if len(delta) > 0 {
		return nil, errDelta
	}
	return slices.Clip(target), nil
}

// cutUvarint takes a number of at most so much from the start of b.
func cutUvarint(b []byte, most int) (n int, rest []byte, ok bool) {
	v, size := binary.Uvarint(b)
	if size <= 0 || v > uint64(most) {
		return 0, nil, false
	}
	return int(v), b[size:], true
}
