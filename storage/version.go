package storage

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"
)

const (
	// maxVersions bounds how many versions one article has, the present one
	// among them.
	maxVersions = 24
	// maxUnrevised bounds how often an article is edited without its origin
	// saying that it revised it. Some texts hold a clock, a counter or an
	// advertisement and look different at every fetch; of others that is the
	// only way to learn that they were corrected.
	maxUnrevised = 24
)

// Version is what readers saw of an article for a time.
type Version struct {
	Since   time.Time // when it was stored
	Updated time.Time // as it was told to readers
	Title   string
	Summary string
	Content string
	Image   string
	// Remade tells that it is what rules of ours made of the version before, and
	// no edit of the origin's; see [Store.Remake].
	Remade bool
}

type storedVersion struct {
	Updated int64  `cbor:"1,keyasint,omitempty"`
	Title   string `cbor:"2,keyasint,omitempty"`
	Summary string `cbor:"3,keyasint,omitempty"`
	Content string `cbor:"4,keyasint,omitempty"`
	Image   string `cbor:"5,keyasint,omitempty"`
	Remade  bool   `cbor:"6,keyasint,omitempty"`
}

// Versions gives what readers saw of an article, by its Key or by its tag: URI,
// oldest first: the first version, the present one, and between them the newest
// that there were.
func (s *Store) Versions(ref string) (versions []Version, err error) {
	err = s.view(func(t *tables) error {
		r, err := t.refer(ref)
		if err == nil {
			versions, err = t.versionsOf(r)
		}
		return err
	})
	return versions, err
}

func (t *tables) versionsOf(r *record) (versions []Version, err error) {
	arrival := fromNumber(t.names.Get([]byte(r.Key)))
	for _, key := range t.versionKeys(arrival) {
		var v storedVersion
		if err := t.codec.unmarshal(t.versions.Get(key), &v); err != nil {
			return nil, err
		}
		versions = append(versions, Version{
			Since: since(fromNumber(key[8:])), Updated: fromSeconds(v.Updated),
			Title: v.Title, Summary: v.Summary, Content: v.Content, Image: v.Image, Remade: v.Remade,
		})
	}
	return append(versions, Version{
		Since: since(max(r.Version, arrival)), Updated: r.Updated,
		Title: r.Title, Summary: r.Summary, Content: r.Content, Image: r.Image, Remade: r.Remade,
	}), nil
}

// since is moment as the times of articles are.
func since(order uint64) time.Time { return whole(moment(order)) }

func versionKey(arrival, order uint64) []byte {
	return binary.BigEndian.AppendUint64(number(arrival), order)
}

// versionKeys are those of an article's former versions, oldest first.
func (t *tables) versionKeys(arrival uint64) (keys [][]byte) {
	c := t.versions.Cursor()
	head := number(arrival)
	for k, _ := c.Seek(head); bytes.HasPrefix(k, head); k, _ = c.Next() {
		keys = append(keys, slices.Clone(k))
	}
	return keys
}

// supersede keeps what readers saw before an edit.
func (a *addition) supersede(before, r *record) error {
	value, err := a.codec.marshal(storedVersion{
		seconds(before.Updated), before.Title, before.Summary, before.Content, before.Image, before.Remade,
	})
	if err != nil {
		return err
	}
	keys := a.versionKeys(a.arrival)
	for len(keys) > 1 && len(keys) >= maxVersions-1 {
		if err := a.versions.Delete(keys[1]); err != nil { // the first stays
			return err
		}
		keys = slices.Delete(keys, 1, 2)
	}
	if err := a.versions.Put(versionKey(a.arrival, max(r.Version, a.arrival)), value); err != nil {
		return err
	}
	r.Version = a.order
	return nil
}

// corrects tells whether an edit is one of what readers saw. One by which an
// article gets its text is not: its page could not be fetched before.
func corrects(before, after *record) bool {
	shown := before.Content != "" && before.Verdict.Failed == ""
	same := before.Title == after.Title && before.Content == after.Content && before.Image == after.Image
	return !same && (shown || before.Title != after.Title)
}

// restless tells whether an article was edited so often without being revised
// that its text is one that never stands still.
func (r *record) restless() bool { return r.Unrevised >= maxUnrevised }
