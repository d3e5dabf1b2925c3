package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"aggregator/normalize/article"

	"github.com/cespare/xxhash/v2"
)

const (
	// maxAlias bounds a stored identity key; longer ones end in a hash of the
	// whole, of a kind that nobody can make collide on purpose.
	maxAlias = 512
	// maxKeys bounds what one article may gather in keys, listings and links,
	// for there are sources that give an item a new id at every fetch. Beyond
	// it an item is still known by the keys that are there.
	maxKeys = 64
)

func aliasKey(key string) []byte {
	if len(key) <= maxAlias {
		return []byte(key)
	}
	sum := sha256.Sum256([]byte(key))
	return append([]byte(key[:maxAlias-len(sum)]), sum[:]...)
}

// itemHash stands for an item among those of its source. 64 bits are enough
// there: among a million items of one source two meet by chance once in 40
// million stores, and a source that makes them meet harms itself alone.
func itemHash(key string) uint64 { return xxhash.Sum64String(key) }

// seenKey is where an item of a source lies in "seen": in the period of its
// article, to which its first key leads, so that those of today lie together; in
// the first period where that key leads to no article, or to another one.
func seenKey(source uint32, arrival, item uint64) []byte {
	key := binary.BigEndian.AppendUint32(nil, source)
	key = binary.BigEndian.AppendUint16(key, uint16(periodOf(arrival)))
	return binary.BigEndian.AppendUint64(key, item)
}

// sighted finds what is known of an item that may be an article's: its key and
// value in "seen".
func (t *tables) sighted(source uint32, arrival, item uint64) (key, value []byte) {
	key = seenKey(source, arrival, item)
	if value = t.seen.Get(key); value == nil && periodOf(arrival) != 0 {
		key = seenKey(source, 0, item)
		value = t.seen.Get(key)
	}
	return key, value
}

// alias gives the arrival of the article that a key leads to, or 0.
func (t *tables) alias(key string) uint64 {
	arrival, _ := t.leadsTo(key)
	return arrival
}

// leadsTo is alias, and tells whether the key was that of an article that is no more.
func (t *tables) leadsTo(key string) (arrival uint64, forgotten bool) {
	value := t.aliases.Get(aliasKey(key))
	_, _, forgotten = readGrave(value)
	return fromNumber(value), forgotten
}

// usable are the keys that can be looked up, each once.
func usable(id article.Identity) []string {
	keys := make([]string, 0, len(id.Keys))
	for _, k := range id.Keys {
		if k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// list notes that the source lists the article as this entry, so that it is
// recognised again by any of the entry's keys, and known as unchanged by its
// print. A key that leads to another article keeps leading there. list tells
// whether the record gained something, and whether this is the source's first
// item that is the article.
func (a *addition) list(r *record) (gained, first bool, err error) {
	for _, k := range a.Keys {
		key := aliasKey(k)
		if len(r.Keys) >= maxKeys || a.aliases.Get(key) != nil {
			continue
		}
		if err := a.aliases.Put(key, number(a.arrival)); err != nil {
			return false, false, err
		}
		r.Keys = append(r.Keys, string(key))
		gained = true
	}
	l := listing{a.source.Number, itemHash(a.Keys[0])}
	if !slices.Contains(r.Listings, l) {
		if len(r.Listings) >= maxKeys {
			return gained, false, nil
		}
		gained, first = true, !r.lists(l.Source)
		r.Listings = append(r.Listings, l)
	}
	return gained, first, a.see(l)
}

// see notes that the source has listed the article, and what it showed.
func (a *addition) see(l listing) error {
	if err := a.seen.Delete(seenKey(l.Source, 0, l.Item)); err != nil { // of when it was skipped
		return err
	}
	var home uint64
	if a.alias(a.Keys[0]) == a.arrival {
		home = a.arrival
	}
	return a.seen.Put(seenKey(l.Source, home, l.Item), binary.BigEndian.AppendUint64(number(a.arrival), a.Print))
}

// seenPrint is the print in a value of "seen".
func seenPrint(value []byte) uint64 {
	if len(value) < 16 {
		return 0
	}
	return fromNumber(value[8:])
}

// skip notes the print of an item that is not wanted. An item without an
// article has the order in its place, so that old ones can be told.
func (a *addition) skip() error {
	key, value := a.sighted(a.source.Number, a.alias(a.Keys[0]), itemHash(a.Keys[0]))
	value = binary.BigEndian.AppendUint64(number(fromNumber(value)), a.Print)
	if fromNumber(value) == 0 {
		value = binary.BigEndian.AppendUint64(value, a.order)
	}
	return a.seen.Put(key, value)
}
