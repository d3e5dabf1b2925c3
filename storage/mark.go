package storage

import (
	"fmt"
	"time"
)

// storedMark is what [Store.PutMark] is given, without the path.
type storedMark struct {
	Tag   string `cbor:"1,keyasint,omitempty"`
	Since int64  `cbor:"2,keyasint"`
}

func markKey(path string) []byte { return append([]byte("mark:"), path...) }

// Mark tells how the document at a path looked to its readers last, and since
// when. Where it was never shown the tag is empty, and the time is that from which
// on the store would know: what readers have of an older one is anybody's guess.
func (s *Store) Mark(path string) (tag string, since time.Time, err error) {
	err = s.view(func(t *tables) error {
		value := t.meta.Get(markKey(path))
		if value == nil {
			value = t.meta.Get(markKey(""))
		}
		if value == nil { // an older version made the store
			return nil
		}
		var m storedMark
		err := t.codec.unmarshal(value, &m)
		tag, since = m.Tag, fromMillis(m.Since)
		return err
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("mark of %s: %w", path, err)
	}
	return tag, since, nil
}

// PutMark remembers how the document at a path looks from now on, and gives since
// when it does: where it was told so already, that stays. There is one a document that
// was ever shown, of some 80 bytes.
func (s *Store) PutMark(path, tag string, since time.Time) (time.Time, error) {
	value, err := s.codec.marshal(storedMark{tag, millis(since)})
	if err == nil {
		err = s.update(func(t *tables) error {
			var before storedMark
			if old := t.meta.Get(markKey(path)); old != nil && t.codec.unmarshal(old, &before) == nil && before.Tag == tag {
				since = fromMillis(before.Since)
				return nil
			}
			return t.meta.Put(markKey(path), value)
		})
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("put mark of %s: %w", path, err)
	}
	return since, nil
}
