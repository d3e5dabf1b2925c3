package gunzip

import "encoding/binary"

// margin is how much longer than what is unpacked the room for it is: a step of
// [inflater.codes] writes so many bytes at most before it looks where it is.
const margin = 8 + 258 + 16

// inflater unpacks deflate (RFC 1951).
type inflater struct {
	in   []byte
	pos  int    // of the next byte to be taken into bits
	bits uint64 // taken and not used, lowest first
	n    int    // how many of them there are; negative where there were not enough

	lengths   [lengthCodes + distCodes]byte // of the codes of a block
	lit, dist table
}

const (
	lengthCodes, distCodes = 288, 32
	orderCodes             = 19
	endOfBlock             = 256
)

// inflate fills out with size bytes, and gives where in its source they end. It is not
// ok where they are not exactly so many.
func (f *inflater) inflate(out, in []byte, size int) (to int, ok bool) {
	f.in, f.pos, f.bits, f.n = in, 0, 0, 0
	defer func() { f.in = nil }()
	at := 0
	for end := false; !end; {
		f.refill()
		end = f.take(1) == 1
		switch f.take(2) {
		case 0:
			at, ok = f.stored(out, at, size)
		case 1:
			f.fixed()
			at, ok = f.codes(out, at, size)
		case 2:
			if ok = f.dynamic(); ok {
				at, ok = f.codes(out, at, size)
			}
		default:
			ok = false
		}
		if !ok || f.n < 0 {
			return 0, false
		}
	}
	return f.pos - f.n/8, at == size
}

// refill takes bytes in until there are 56 bits at least, or no more bytes.
func (f *inflater) refill() {
	if f.pos+8 <= len(f.in) {
		f.bits |= binary.LittleEndian.Uint64(f.in[f.pos:]) << (f.n & 63)
		f.pos += (63 - f.n) >> 3
		f.n |= 56
		return
	}
	f.pos, f.bits, f.n = last(f.in, f.pos, f.bits, f.n)
}

// last is refill where there are less than eight bytes.
//
//go:noinline
func last(in []byte, pos int, bits uint64, n int) (int, uint64, int) {
	for n < 56 && pos < len(in) {
		bits |= uint64(in[pos]) << (n & 63)
		pos++
		n += 8
	}
	return pos, bits, n
}

func (f *inflater) take(n int) uint64 {
	v := f.bits & (1<<n - 1)
	f.bits >>= n & 63
	f.n -= n
	return v
}

// stored copies a block that is not packed (RFC 1951 §3.2.4).
func (f *inflater) stored(out []byte, at, size int) (int, bool) {
	f.take(f.n & 7) // to the next byte
	f.pos -= f.n / 8
	f.bits, f.n = 0, 0
	if f.pos+4 > len(f.in) {
		return at, false
	}
	n, inverse := binary.LittleEndian.Uint16(f.in[f.pos:]), binary.LittleEndian.Uint16(f.in[f.pos+2:])
	f.pos += 4
	if n != ^inverse || int(n) > len(f.in)-f.pos || int(n) > size-at {
		return at, false
	}
	copy(out[at:], f.in[f.pos:f.pos+int(n)])
	f.pos += int(n)
	return at + int(n), true
}

// fixed makes the tables of §3.2.6.
func (f *inflater) fixed() {
	for i := range lengthCodes {
		switch {
		case i < 144:
			f.lengths[i] = 8
		case i < 256:
			f.lengths[i] = 9
		case i < 280:
			f.lengths[i] = 7
		default:
			f.lengths[i] = 8
		}
	}
	f.lit.make(f.lengths[:lengthCodes], litBits, literals)
	for i := range distCodes {
		f.lengths[i] = 5
	}
	f.dist.make(f.lengths[:distCodes], distBits, distances)
}

// order is that of the lengths of the codes for lengths.
var order = [orderCodes]byte{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamic reads the tables of a block (§3.2.7).
func (f *inflater) dynamic() bool {
	lits, dists, n := int(f.take(5))+257, int(f.take(5))+1, int(f.take(4))+4
	clear(f.lengths[:orderCodes])
	for i := range n {
		f.refill()
		f.lengths[order[i]] = byte(f.take(3))
	}
	if lits > 286 || dists > 30 || !f.dist.make(f.lengths[:orderCodes], distBits, plain) {
		return false
	}
	for i := 0; i < lits+dists; {
		f.refill()
		e := f.dist.entry(f.bits)
		f.take(int(e & 15))
		var length byte
		repeat := 1
		switch code := byte(e >> valueAt); {
		case e == 0 || f.n < 0:
			return false
		case code < 16:
			length = code
		case code == 16 && i > 0:
			length, repeat = f.lengths[i-1], 3+int(f.take(2))
		case code == 17:
			repeat = 3 + int(f.take(3))
		case code == 18:
			repeat = 11 + int(f.take(7))
		default:
			return false
		}
		if i+repeat > lits+dists {
			return false
		}
		for range repeat {
			f.lengths[i] = length
			i++
		}
	}
	if !f.lit.make(f.lengths[:lits], litBits, literals) {
		return false
	}
	f.lit.pair(litBits)
	return f.dist.make(f.lengths[lits:lits+dists], distBits, distances)
}

// codes reads the data of a block up to its end.
func (f *inflater) codes(out []byte, at, size int) (int, bool) {
	in, pos, bits, n := f.in, f.pos, f.bits, f.n
	lit, dist := &f.lit, &f.dist
step:
	for at <= size && n >= 0 {
		if pos+8 <= len(in) {
			bits |= binary.LittleEndian.Uint64(in[pos:pos+8]) << (n & 63)
			pos += (63 - n) >> 3
			n |= 56
		} else {
			pos, bits, n = last(in, pos, bits, n)
		}
		e := lit[bits&(1<<litBits-1)]
		for pairs := 0; e&isLiteral != 0; e = lit[bits&(1<<litBits-1)] {
			binary.LittleEndian.PutUint16(out[at:at+2], uint16(e>>valueAt))
			at += int(e >> extraAt & 15)
			bits >>= e & 15
			n -= int(e & 15)
			if pairs++; pairs == 4 { // they took 48 bits at most; after three there are enough for a length
				continue step
			}
		}
		if e&isLink != 0 {
			if e = lit.entry(bits); e&isLiteral != 0 {
				out[at] = byte(e >> valueAt)
				at++
				bits >>= e & 15
				n -= int(e & 15)
				continue
			}
		}
		bits >>= e & 15
		n -= int(e & 15)
		if e&isEnd != 0 {
			f.pos, f.bits, f.n = pos, bits, n
			return at, n >= 0
		}
		extra := e >> extraAt & 15
		length := int(e>>valueAt&0xffff) + int(bits&(1<<extra-1))
		bits >>= extra
		n -= int(extra)
		if e == 0 || n < 0 {
			return at, false
		}
		if pos+8 <= len(in) {
			bits |= binary.LittleEndian.Uint64(in[pos:pos+8]) << (n & 63)
			pos += (63 - n) >> 3
			n |= 56
		} else {
			pos, bits, n = last(in, pos, bits, n)
		}
		if e = dist[bits&(1<<distBits-1)]; e&isLink != 0 {
			e = dist.entry(bits)
		}
		bits >>= e & 15
		extra = e >> extraAt & 15
		back := int(e>>valueAt&0xffff) + int(bits&(1<<extra-1))
		bits >>= extra
		n -= int(e&15 + extra)
		if e == 0 || back > at || at > size {
			return at, false
		}
		repeat(out, at, back, length)
		at += length
	}
	return at, false
}

// repeat writes again what stands so far back. It writes up to 16 bytes more than that
// is long: two words at once are mostly all of it.
func repeat(out []byte, at, back, length int) {
	if back < 8 {
		for i := at; i < at+length; i++ {
			out[i] = out[i-back]
		}
		return
	}
	for from, end := at-back, at+length; at < end; at, from = at+16, from+16 {
		to, what := out[at:at+16], out[from:from+16]
		binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(what))
		binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(what[8:]))
	}
}
