package storage

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
)

// The first byte of a stored value says how to read the rest.
const (
	plain      = 0 // as it is
	compressed = 1 // zstd without a dictionary; further numbers are for dictionaries
)

// codec turns values into bytes: CBOR, and zstd where that is shorter. Its zstd
// frames carry checksums, so that a damaged value is noticed.
type codec struct {
	enc  *zstd.Encoder
	dec  *zstd.Decoder
	cbor cbor.DecMode
}

func newCodec() (*codec, error) {
	// What strangers send as an ETag need not be UTF-8, and must be read back.
	mode, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		return nil, err
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return nil, err
	}
	return &codec{enc, dec, mode}, nil
}

func (c *codec) close() {
	c.enc.Close()
	c.dec.Close()
}

func (c *codec) marshal(v any) ([]byte, error) {
	b, err := cbor.Marshal(v)
	if err != nil {
		return nil, err
	}
	return c.pack(b), nil
}

func (c *codec) unmarshal(value []byte, v any) error {
	b, err := c.unpack(value)
	if err != nil {
		return err
	}
	return c.cbor.Unmarshal(b, v)
}

func (c *codec) pack(b []byte) []byte {
	small := append(make([]byte, 0, len(b)/2+64), compressed)
	if small = c.enc.EncodeAll(b, small); len(small) < len(b)+1 {
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
	case compressed:
		b, err := c.dec.DecodeAll(value[1:], nil)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return b, nil
	}
	return nil, fmt.Errorf("%w: unknown coding %d", ErrDamaged, value[0])
}
