package storage

import (
	"bytes"
	"fmt"

	"aggregator/normalize/article"
)

// storedRaw is a body as it came. An older one is bare HTML, with whose first
// byte no map of CBOR begins.
type storedRaw struct {
	Body   []byte   `cbor:"1,keyasint"`
	From   string   `cbor:"2,keyasint,omitempty"`
	Source string   `cbor:"3,keyasint,omitempty"`
	URL    string   `cbor:"4,keyasint,omitempty"`
	Base   string   `cbor:"5,keyasint,omitempty"`
	Image  string   `cbor:"6,keyasint,omitempty"`
	Stocks []string `cbor:"7,keyasint,omitempty"`
}

func (c *codec) packRaw(r article.Raw) ([]byte, error) {
	if len(r.Body) == 0 {
		return nil, nil
	}
	return c.marshal(storedRaw(r))
}

func (c *codec) unpackRaw(value []byte) (article.Raw, error) {
	b, err := c.unpack(value)
	if err != nil {
		return article.Raw{}, err
	}
	if len(b) == 0 || b[0]>>5 != 5 { // RFC 8949 §3.1: a map is of major type 5
		return article.Raw{Body: bytes.Clone(b)}, nil
	}
	var s storedRaw
	err = c.cbor.Unmarshal(b, &s)
	return article.Raw(s), err
}

// Raw gives the body as it came, for the article with a key.
func (s *Store) Raw(key string) (raw article.Raw, err error) {
	err = s.view(func(t *tables) (err error) {
		value := t.raw.Get(number(fromNumber(t.names.Get([]byte(key)))))
		if value == nil {
			return fmt.Errorf("body of %s: %w", key, ErrNotFound)
		}
		raw, err = t.codec.unpackRaw(value)
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
