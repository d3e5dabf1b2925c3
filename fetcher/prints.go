package fetcher

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/cespare/xxhash/v2"
)

// Prints are fingerprints of items as a document writes them, byte for byte, eight
// bytes each. Kept by who has stored all of a document's items, they spare the next
// document's reader those that have not changed: their texts are most of its work.
type Prints string

// mostPrints bounds how many are kept of a document.
const mostPrints = 500

func (p Prints) set() map[uint64]bool {
	all := make(map[uint64]bool, len(p)/8)
	for b := []byte(p); len(b) >= 8; b = b[8:] {
		all[binary.BigEndian.Uint64(b)] = true
	}
	return all
}

func (p *Prints) add(sum uint64) {
	if len(*p) < 8*mostPrints {
		*p += Prints(binary.BigEndian.AppendUint64(nil, sum))
	}
}

// extent is an item as it is written, if its end is the first that looks like one.
type extent struct {
	end int // in the source; 0 where it is not known
	sum uint64
	old bool // it is one of those that need not be read whole
}

// measure finds the extent of the item that begins with a token. Items without ends
// must not make this long.
func (c *canonical) measure(t token) (x extent) {
	if c.shaped || c.measured > 2*len(c.src) {
		return x
	}
	rest := c.src[t.at:]
	end := bytes.Index(rest, append([]byte("</"), t.name...))
	if end < 0 {
		c.measured = 2*len(c.src) + 1
		return x
	}
	close := bytes.IndexByte(rest[end:], '>')
	if close < 0 {
		return x
	}
	end += close + 1
	c.measured += end
	x.end = t.at + end
	x.sum = xxhash.Sum64(rest[:end]) ^ c.context
	x.old = c.old[x.sum]
	return x
}

// surroundings is a fingerprint of all outside of an item that changes how it is read,
// the root's tag and the base of addresses; an enclosing element that declares more
// makes an end of recognising items.
func (c *canonical) surroundings(root []byte) uint64 {
	base := ""
	if c.scope.base != nil {
		base = c.scope.base.String()
	}
	return xxhash.Sum64String(strconv.Itoa(readerVersion) + base + "\x00" + string(root))
}

// passOver leaves out a text of an item that is old, up to its end within the item.
func (c *canonical) passOver(t token, n name) bool {
	_, body := bodies[n]
	if c.item == nil || !c.item.old || !body || t.kind != startToken || attribute(c.bytes(t), "src") != "" {
		return false
	}
	rest := c.src[t.end:c.item.end]
	end := bytes.Index(rest, append(append([]byte("</"), t.name...), '>'))
	if end < 0 {
		return false
	}
	c.pos = t.end + end + len(t.name) + 3
	return true
}
