package storage

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/s2"

	"aggregator/normalize/article"
)

// storedRaw is a body as it came. An older one is bare HTML, with whose first
// byte no map of CBOR begins.
type storedRaw struct {
	Body   cbor.ByteString `cbor:"1,keyasint"`
	From   string          `cbor:"2,keyasint,omitempty"`
	Source string          `cbor:"3,keyasint,omitempty"`
	URL    string          `cbor:"4,keyasint,omitempty"`
	Base   string          `cbor:"5,keyasint,omitempty"`
	Image  string          `cbor:"6,keyasint,omitempty"`
	Stocks []string        `cbor:"7,keyasint,omitempty"`
}

func storeRaw(r article.Raw) storedRaw {
	return storedRaw{cbor.ByteString(r.Body), r.From, r.Source, r.URL, r.Base, r.Image, r.Stocks}
}

// packRaw codes a body by what it shares with the content that was made of it, which is
// most of it: that takes a tenth of the time that compressing takes, and next to no space.
func (c *codec) packRaw(r article.Raw, content string) ([]byte, error) {
	if len(r.Body) == 0 {
		return nil, nil
	}
	source := scratch.Get().(*bytes.Buffer)
	defer giveBack(source)
	source.Reset()
	source.WriteString(content)
	return c.marshalBy(storeRaw(r), func(b []byte) []byte {
		value := appendDelta(make([]byte, headSize, headSize+len(b)/8), source.Bytes(), b)
		if len(value) < len(b)/2 {
			return summed(derived, value, b)
		}
		return c.pack(b)
	})
}

func (c *codec) unpackRaw(value []byte, content string) (article.Raw, error) {
	b, err := c.unpackLike(value, content)
	if err != nil {
		return article.Raw{}, err
	}
	if len(b) == 0 || b[0]>>5 != 5 { // RFC 8949 §3.1: a map is of major type 5
		return article.Raw{Body: string(b)}, nil
	}
	var s storedRaw
	err = c.cbor.Unmarshal(b, &s)
	return article.Raw{Body: string(s.Body), From: s.From, Source: s.Source, URL: s.URL, Base: s.Base, Image: s.Image, Stocks: s.Stocks}, err
}

// unpackLike is unpack of what was coded with a text. Its sum tells damage, and another
// text.
func (c *codec) unpackLike(value []byte, text string) ([]byte, error) {
	if len(value) < headSize {
		return c.unpack(value)
	}
	var b []byte
	var err error
	switch value[0] {
	case derived:
		b, err = applyDelta([]byte(text), value[headSize:], maxUnpacked)
	case alike:
		b, err = unpackAlike(value[headSize:], text)
	default:
		return c.unpack(value)
	}
	return checked(value, b, err)
}

// unpackAlike reads bodies as schema 10 had them.
func unpackAlike(coded []byte, text string) ([]byte, error) {
	n, err := s2.DecodedLen(coded)
	if err != nil || n > maxUnpacked {
		return nil, cmp.Or(err, s2.ErrTooLarge)
	}
	d := s2.MakeDictManual([]byte(text[:min(len(text), s2.MaxDictSize)]), 0)
	if d == nil {
		return nil, errors.New("nothing to read it with")
	}
	return d.Decode(make([]byte, 0, n), coded)
}

// Raw gives the body as it came, for the article with a key.
func (s *Store) Raw(key string) (raw article.Raw, err error) {
	err = s.view(func(t *tables) (err error) {
		arrival := fromNumber(t.names.Get([]byte(key)))
		value := t.raw.Get(number(arrival))
		if value == nil {
			return fmt.Errorf("body of %s: %w", key, ErrNotFound)
		}
		r, err := t.record(arrival)
		if err == nil {
			raw, err = t.codec.unpackRaw(value, r.Content)
		}
		return err
	})
	return raw, err
}

// putRaw keeps the body that the article is made of now, and no other. One that
// comes late lies where bodies were pruned already, which is then done again.
func (a *addition) putRaw() error {
	key := number(a.arrival)
	if len(a.ready.raw) == 0 {
		return a.raw.Delete(key)
	}
	if a.raw.Get(key) == nil && a.arrival <= fromNumber(a.meta.Get([]byte("raw"))) {
		if err := a.meta.Put([]byte("raw"), number(a.arrival-1)); err != nil {
			return err
		}
	}
	return a.raw.Put(key, a.ready.raw)
}

// recode has the body that an article keeps coded against its content as it is now.
func (t *tables) recode(arrival uint64, before, now string) error {
	value := t.raw.Get(number(arrival))
	if value == nil || before == now {
		return nil
	}
	raw, err := t.codec.unpackRaw(value, before)
	if err != nil {
		return err
	}
	if value, err = t.codec.packRaw(raw, now); err != nil {
		return err
	}
	return t.raw.Put(number(arrival), value)
}
