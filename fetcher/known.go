package fetcher

import (
	"bytes"
	"strconv"

	"github.com/cespare/xxhash/v2"
)

// extent is where an item lies in a document, if its end is the first that looks
// like one; the reading of the item shows whether it is.
type extent struct {
	from, to int
	sum      uint64 // of its bytes
	known    bool   // an item that was known has them
}

// items are those of the document that are known, and where those lie in its body
// that look like one.
func (d *Document) items() (*knownItems, []extent) {
	switch {
	case d.Known == "":
		return nil, nil
	case d.old == nil:
		d.old = d.Known.known()
		d.found = d.old.find(d.Body)
	}
	return d.old, d.found
}

// find looks for items in a document, known ones and others.
func (k *knownItems) find(src []byte) []extent {
	if k == nil || k.tag == "" {
		return nil
	}
	return k.extents(src, 0, k.tag)
}

// extents finds what begins with a tag behind a place in a document. Items without
// ends must not make this long.
func (k *knownItems) extents(src []byte, at int, tag string) (found []extent) {
	open, closing := []byte("<"+tag), []byte("</"+tag)
	end, hashed, next := 0, 0, 0
	for hashed <= 2*len(src) {
		n := bytes.Index(src[at:], open)
		if n < 0 {
			break
		}
		at += n
		x, tried := k.expect(src, at, next) // most come in the order they came in
		hashed += tried
		if x.known {
			found, at, next = append(found, x), x.to, next+1
			continue
		}
		if end <= at {
			if end = endOf(src, at, closing); end < 0 {
				break
			}
		}
		x = extent{from: at, to: end, sum: xxhash.Sum64(src[at:end])}
		hashed += end - at
		at += len(open)
		if k.item(x.sum) != nil {
			x.known, at, next = true, end, k.index[x.sum]+1
		}
		found = append(found, x)
	}
	return found
}

// expect looks whether one of the known items lies at a place, and tells how many bytes
// it took to hash.
func (k *knownItems) expect(src []byte, at, item int) (x extent, hashed int) {
	if k == nil || item >= len(k.items) {
		return x, 0
	}
	it := &k.items[item]
	x = extent{from: at, to: at + it.length, sum: it.Known}
	if x.to > len(src) || it.length < 1 || src[x.to-1] != '>' {
		return x, 0
	}
	x.known = xxhash.Sum64(src[at:x.to]) == it.Known
	return x, it.length
}

// endOf is where the first end tag behind a place ends; -1 where there is none.
func endOf(src []byte, at int, closing []byte) int {
	n := bytes.Index(src[at:], closing)
	if n < 0 {
		return -1
	}
	m := bytes.IndexByte(src[at+n:], '>')
	if m < 0 {
		return -1
	}
	return at + n + m + 1
}

// extent is that of the item that begins with a token; none where it cannot be known
// again. All items that can are called the same.
func (c *canonical) extent(t token) (x extent) {
	switch {
	case c.tag != "":
	case len(c.extents) > 0:
		c.tag = c.old.tag
	default:
		c.tag = string(t.name)
		c.extents = c.old.extents(c.src, t.at, c.tag)
	}
	for len(c.extents) > 0 && c.extents[0].from < t.at {
		c.extents = c.extents[1:]
	}
	if len(c.extents) > 0 && c.extents[0].from == t.at && string(t.name) == c.tag && !c.shaped {
		x = c.extents[0]
	}
	return x
}

// recognise gives the known item that lies in an extent; nil where it is none, or was
// read in another context.
func (c *canonical) recognise(x extent) *Item {
	if !x.known || c.old.context != c.context {
		return nil
	}
	return &c.old.item(x.sum).Item
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

// merge puts the items that were read among those that are known, and makes the prints
// of all.
func (c *canonical) merge(read []Item) ([]Item, Prints) {
	w := newPrintWriter(c.context, c.tag)
	all := make([]Item, 0, len(c.spots))
	whole := true // the parser gave as many as it was given
	for _, p := range c.spots {
		switch {
		case p.old != nil:
			all = append(all, *p.old)
		case len(read) > 0:
			all, read = append(all, read[0]), read[1:]
		default:
			whole = false
			continue
		}
		if p.length > 0 {
			w.add(p.sum, p.length, &all[len(all)-1])
		}
	}
	if !whole || len(read) > 0 || len(c.tag) > longestName {
		return append(all, read...), "" // which is which is not known
	}
	return all, w.prints()
}

// beside gives what of a document lies outside of its known items.
func beside(body []byte, found []extent) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		at := 0
		for _, x := range found {
			if x.known {
				if !yield(body[at:x.from]) {
					return
				}
				at = x.to
			}
		}
		yield(body[at:])
	}
}

// sameBytes tells that two slices are one.
func sameBytes(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
