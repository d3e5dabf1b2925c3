package storage

import (
	"bytes"
	"fmt"
	"time"
)

// Rest is what is remembered of a site that asked to be left alone, or refuses
// again and again, so that the next process knows it.
type Rest struct {
	Until     time.Time // it asked not to be disturbed before; to the millisecond, never earlier
	Strikes   int       // rests in a row that it asked for without saying how long
	Forbidden int       // 403 in a row
}

type storedRest struct {
	Until     int64 `cbor:"1,keyasint,omitempty"`
	Strikes   int   `cbor:"2,keyasint,omitempty"`
	Forbidden int   `cbor:"3,keyasint,omitempty"`
	Noted     int64 `cbor:"4,keyasint"`
}

// restMemory is how long a site's refusals in a row are remembered after its
// rest is over, or after the last of them.
const restMemory = 7 * 24 * time.Hour

// over tells that there is nothing to be remembered any more.
func (r *storedRest) over(now time.Time) bool {
	if r.Strikes == 0 && r.Forbidden == 0 {
		return r.Until <= now.UnixMilli()
	}
	return max(r.Until, r.Noted) <= now.Add(-restMemory).UnixMilli()
}

func restsPrefix() []byte { return []byte("rest:") }

// Rests gives what is remembered of sites, by their names.
func (s *Store) Rests() (map[string]Rest, error) {
	all := map[string]Rest{}
	err := s.view(func(t *tables) error {
		return t.rests(func(key []byte, r storedRest) error {
			if !r.over(s.now()) {
				all[string(key[len(restsPrefix()):])] = Rest{fromMillis(r.Until), r.Strikes, r.Forbidden}
			}
			return nil
		})
	})
	return all, err
}

// PutRest remembers a site's rest in place of what was known of it, and forgets
// those of all sites that are over.
func (s *Store) PutRest(site string, r Rest) error {
	err := s.update(func(t *tables) error {
		until := millis(r.Until.Add(time.Millisecond - 1))
		if r.Until.IsZero() {
			until = 0
		}
		value, err := t.codec.marshal(storedRest{until, r.Strikes, r.Forbidden, millis(s.now())})
		if err != nil {
			return err
		}
		if err := t.meta.Put(append(restsPrefix(), site...), value); err != nil {
			return err
		}
		return t.forgetRests()
	})
	if err != nil {
		return fmt.Errorf("put rest of %s: %w", site, err)
	}
	return nil
}

func (t *tables) forgetRests() error {
	var over [][]byte
	err := t.rests(func(key []byte, r storedRest) error {
		if r.over(t.now()) {
			over = append(over, bytes.Clone(key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range over {
		if err := t.meta.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) rests(each func(key []byte, r storedRest) error) error {
	c := t.meta.Cursor()
	for key, value := c.Seek(restsPrefix()); bytes.HasPrefix(key, restsPrefix()); key, value = c.Next() {
		var r storedRest
		if err := t.codec.unmarshal(value, &r); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		if err := each(key, r); err != nil {
			return err
		}
	}
	return nil
}
