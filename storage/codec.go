package storage

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// The first byte of a stored value says how to read the rest.
const (
	plain      = 0 // as it is
	compressed = 1 // zstd
	primed     = 2 // zstd with the dictionary that its frame names
	bundled    = 3 // an article that lies in a bundle, whose number follows
	alike      = 4 // s2 with the content of its article for a dictionary; see raw.go
	derived    = 5 // a delta of the content of its article
	quick      = 6 // s2
)

// maxUnpacked is how long a value may be, in bytes: what is longer is damaged.
const maxUnpacked = 256 << 20

// codec turns values into bytes: CBOR, and zstd where that is shorter; what is written
// once and kept with the newest dictionary there is, which saves a quarter of the room
// and takes twice as long, and what is soon written anew with s2, which takes a sixth of
// the time. All carry checksums, so that a damaged value is noticed.
type codec struct {
	now  *atomic.Pointer[coders]
	cbor cbor.DecMode
	enc  cbor.UserBufferEncMode
	// further primes it with dictionaries that were not needed before, or that others who
	// share the tables have made meanwhile, read in the transaction that the codec is of;
	// nil outside of one.
	further func() error
}

// within is the codec of a transaction.
func (c *codec) within(further func() error) *codec {
	return &codec{now: c.now, cbor: c.cbor, enc: c.enc, further: further}
}

// coders are an encoder, and a decoder for all that encoders before it wrote. Those that
// are primed have tables of half a megabyte for each dictionary, and most rounds need none.
// They need not be closed.
type coders struct {
	enc   *zstd.Encoder
	dense func() (*zstd.Encoder, error) // for what is written once and kept
	dec   func() (*zstd.Decoder, error)
	code  byte // of what dense writes

	dictionaries int // that it is primed with
}

func newCodec() (*codec, error) {
	// What strangers send as an ETag need not be UTF-8, and must be read back.
	mode, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		return nil, err
	}
	enc, err := cbor.EncOptions{}.UserBufferEncMode()
	if err != nil {
		return nil, err
	}
	c := &codec{now: new(atomic.Pointer[coders]), cbor: mode, enc: enc}
	return c, c.prime(nil)
}

// prime has values coded with the last of the dictionaries from now on. Values
// that are being read meanwhile are read to their end; what reads them is left
// to the garbage collector.
func (c *codec) prime(dictionaries [][]byte) error {
	dictionaries = slices.Clone(dictionaries)
	for i, d := range dictionaries {
		dictionaries[i] = bytes.Clone(d)
	}
	encoding := []zstd.EOption{zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(1 << 20), zstd.WithLowerEncoderMem(true)}
	enc, err := zstd.NewWriter(nil, encoding...)
	if err != nil {
		return err
	}
	code := byte(compressed)
	if n := len(dictionaries); n > 0 {
		encoding, code = append(encoding, zstd.WithEncoderDict(dictionaries[n-1])), primed
	}
	dense := sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, append(encoding, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1))...)
	})
	dec := sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxUnpacked),
			zstd.WithDecoderDicts(dictionaries...))
	})
	c.now.Store(&coders{enc, dense, dec, code, len(dictionaries)})
	return nil
}

// scratch is where values are written before they are compressed.
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestScratch is what is kept for the next value, in bytes.
const largestScratch = 1 << 20

func giveBack(buf *bytes.Buffer) {
	if buf.Cap() <= largestScratch {
		scratch.Put(buf)
	}
}

func (c *codec) marshal(v any) ([]byte, error) { return c.marshalBy(v, c.pack) }

func (c *codec) marshalBy(v any, pack func(plain []byte) []byte) ([]byte, error) {
	buf := scratch.Get().(*bytes.Buffer)
	defer giveBack(buf)
	buf.Reset()
	if err := c.enc.MarshalToBuffer(v, buf); err != nil {
		return nil, err
	}
	return pack(buf.Bytes()), nil
}

// encode is marshal of what is short and stored often: compressing takes longer than
// all else.
func (c *codec) encode(v any) ([]byte, error) {
	return c.marshalBy(v, func(b []byte) []byte { return append(append(make([]byte, 0, 1+len(b)), plain), b...) })
}

// print is the hash of what encode makes.
func (c *codec) print(v any) (sum uint64, err error) {
	_, err = c.marshalBy(v, func(b []byte) []byte {
		var d xxhash.Digest
		d.Reset()
		_, _ = d.Write([]byte{plain}) // it never fails
		_, _ = d.Write(b)
		sum = d.Sum64()
		return nil
	})
	return sum, err
}

func (c *codec) unmarshal(value []byte, v any) error {
	b, err := c.unpack(value)
	if err != nil {
		return err
	}
	return c.cbor.Unmarshal(b, v)
}

func (c *codec) pack(b []byte) []byte {
	return pack(c.now.Load().enc, compressed, b)
}

func (c *codec) packDense(b []byte) []byte {
	now := c.now.Load()
	dense, err := now.dense()
	if err != nil { // of a dictionary that is damaged, which reading tells
		return c.pack(b)
	}
	return pack(dense, now.code, b)
}

// packQuick is pack of what is packed again before long. Of Chinese news it makes a
// seventh more.
func (c *codec) packQuick(b []byte) []byte {
	room := scratch.Get().(*bytes.Buffer)
	defer giveBack(room)
	room.Reset()
	room.Grow(s2.MaxEncodedLen(len(b)))
	coded := s2.Encode(room.AvailableBuffer(), b)
	return summed(quick, append(make([]byte, headSize, headSize+len(coded)), coded...), b)
}

// headSize is how long what stands before a coding without a checksum of its own is.
const headSize = 5

// summed heads a value, which has room for it, with the coding and a sum of what was coded.
func summed(code byte, value, b []byte) []byte {
	value[0] = code
	binary.BigEndian.PutUint32(value[1:], uint32(xxhash.Sum64(b)))
	return value
}

// checked is what was decoded of a value that summed has headed.
func checked(value, b []byte, err error) ([]byte, error) {
	if err == nil && uint32(xxhash.Sum64(b)) != binary.BigEndian.Uint32(value[1:]) {
		err = errors.New("wrong sum")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return b, nil
}

func pack(enc *zstd.Encoder, code byte, b []byte) []byte {
	small := append(make([]byte, 0, len(b)/4*3+64), code)
	if small = enc.EncodeAll(b, small); len(small) < len(b)+1 {
		return small
	}
	return append([]byte{plain}, b...)
}

// unpack may return part of value itself.
func (c *codec) unpack(value []byte) ([]byte, error) {
	if len(value) == 0 {
		return nil, fmt.Errorf("%w: empty value", ErrDamaged)
	}
	switch {
	case value[0] == plain:
		return value[1:], nil
	case value[0] == quick && len(value) >= headSize:
		b, err := unpackQuick(value[headSize:])
		return checked(value, b, err)
	case value[0] == compressed || value[0] == primed:
		b, err := c.now.Load().decode(value[1:])
		if errors.Is(err, zstd.ErrUnknownDictionary) && c.further != nil {
			if err := c.further(); err != nil {
				return nil, err
			}
			b, err = c.now.Load().decode(value[1:])
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return b, nil
	}
	return nil, fmt.Errorf("%w: unknown coding %d", ErrDamaged, value[0])
}

func (c *coders) decode(b []byte) ([]byte, error) {
	dec, err := c.dec()
	if err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	return dec.DecodeAll(b, nil)
}

func unpackQuick(coded []byte) ([]byte, error) {
	n, err := s2.DecodedLen(coded)
	if err != nil || n > maxUnpacked {
		return nil, cmp.Or(err, s2.ErrTooLarge)
	}
	return s2.Decode(nil, coded)
}
