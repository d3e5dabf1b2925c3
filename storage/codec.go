package storage

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
)

// The first byte of a stored value says how to read the rest.
const (
	plain      = 0 // as it is
	compressed = 1 // zstd
	primed     = 2 // zstd with the dictionary that its frame names
	bundled    = 3 // an article that lies in a bundle, whose number follows
	alike      = 4 // s2 against the content of its article; see raw.go
)

// maxUnpacked is how long a value may be, in bytes: what is longer is damaged.
const maxUnpacked = 256 << 20

// codec turns values into bytes: CBOR, and zstd where that is shorter; what is written
// once and kept with the newest dictionary there is, which saves a quarter of the room
// and takes twice as long. Its zstd frames carry checksums, so that a damaged value is
// noticed.
type codec struct {
	now  *atomic.Pointer[coders]
	cbor cbor.DecMode
	enc  cbor.UserBufferEncMode
	// further primes it with dictionaries that others who share the tables have
	// made meanwhile, read in the transaction that the codec is of; nil where
	// nobody does.
	further func() error
}

// within is the codec of a transaction.
func (c *codec) within(further func() error) *codec {
	return &codec{now: c.now, cbor: c.cbor, enc: c.enc, further: further}
}

// coders are an encoder, and a decoder for all that encoders before it wrote.
type coders struct {
	enc   *zstd.Encoder
	dense *zstd.Encoder // for what is written once and kept
	dec   *zstd.Decoder
	code  byte // of what dense writes
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
	dense, err := zstd.NewWriter(nil, append(encoding, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1))...)
	if err != nil {
		return err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxUnpacked),
		zstd.WithDecoderDicts(dictionaries...))
	if err != nil {
		return err
	}
	c.now.Store(&coders{enc, dense, dec, code})
	return nil
}

func (c *codec) close() {
	now := c.now.Load()
	now.enc.Close()
	now.dense.Close()
	now.dec.Close()
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
	return c.marshalBy(v, func(b []byte) []byte { return append([]byte{plain}, b...) })
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
	return pack(now.dense, now.code, b)
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
	switch value[0] {
	case plain:
		return value[1:], nil
	case compressed, primed:
		b, err := c.now.Load().dec.DecodeAll(value[1:], nil)
		if errors.Is(err, zstd.ErrUnknownDictionary) && c.further != nil && c.further() == nil {
			b, err = c.now.Load().dec.DecodeAll(value[1:], nil)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return b, nil
	}
	return nil, fmt.Errorf("%w: unknown coding %d", ErrDamaged, value[0])
}
