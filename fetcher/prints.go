package fetcher

import (
	"encoding/binary"
	"time"
)

// Prints are what is kept of a document's items, so that the next document's reader
// knows those that are in it byte for byte as they were: a hash of each, its length, and
// by what it is told from others. Kept by who has stored all of a document's items, they spare the
// next reading all but what is new.
//
// As text they are the context that the items were read in, 8 bytes; how the items'
// tags are called; and the items, each after what it has in common with the one before.
type Prints string

const (
	// mostPrints and longestPrints bound how many items, and how many bytes, are kept
	// of a document, longestName the id and the link of an item.
	mostPrints    = 500
	longestPrints = 64 << 10
	longestName   = 1 << 10
)

// printWriter makes Prints.
type printWriter struct {
	out   []byte
	items int
	last  Item
}

// prints are those that were made; none where nothing is worth it.
func (w *printWriter) prints() Prints {
	if w.items == 0 {
		return ""
	}
	return Prints(w.out)
}

func newPrintWriter(context uint64, tag string) *printWriter {
	out := binary.BigEndian.AppendUint64(nil, context)
	out = binary.AppendUvarint(out, uint64(len(tag)))
	return &printWriter{out: append(out, tag...)}
}

// add keeps an item, if there is room for it.
func (w *printWriter) add(sum uint64, length int, it *Item) {
	if w.items == mostPrints || len(it.ID) > longestName || len(it.Link) > longestName || len(w.out)+len(it.ID)+len(it.Link)+40 > longestPrints {
		return
	}
	w.items++
	w.out = binary.BigEndian.AppendUint64(w.out, sum)
	w.out = binary.AppendUvarint(w.out, uint64(length))
	w.since(it.Published)
	w.text(it.ID, w.last.ID)
	w.text(it.Link, w.last.Link)
	w.last = Item{ID: it.ID, Link: it.Link, Published: w.last.Published}
	if !it.Published.IsZero() {
		w.last.Published = it.Published
	}
}

// since keeps a time by how long before the last one it is; 0 for none, else one more
// than twice that, which tells none from the same.
func (w *printWriter) since(t time.Time) {
	if t.IsZero() {
		w.out = binary.AppendVarint(w.out, 0)
		return
	}
	before := unixMilli(w.last.Published) - t.UnixMilli()
	w.out = binary.AppendVarint(w.out, 2*before+1)
}

func (w *printWriter) text(s, last string) {
	n := 0
	for n < len(s) && n < len(last) && s[n] == last[n] {
		n++
	}
	w.out = binary.AppendUvarint(w.out, uint64(n))
	w.out = binary.AppendUvarint(w.out, uint64(len(s)-n))
	w.out = append(w.out, s[n:]...)
}

// unixMilli is 0 of no time.
func unixMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// knownItems is what Prints tell.
type knownItems struct {
	context uint64
	tag     string
	items   []knownItem
	index   map[uint64]int // of items, by hash
}

type knownItem struct {
	Item
	length int // of its bytes
}

// item is the one with a hash; nil for none.
func (k *knownItems) item(sum uint64) *knownItem {
	if k == nil {
		return nil
	}
	i, ok := k.index[sum]
	if !ok {
		return nil
	}
	return &k.items[i]
}

// known reads prints; what is none is as if nothing was known.
func (p Prints) known() *knownItems {
	r := printReader{rest: []byte(p)}
	k := &knownItems{context: r.sum(), index: map[uint64]int{}}
	k.tag = string(r.take(r.uvarint()))
	var last Item
	for len(r.rest) > 0 && !r.bad {
		it := knownItem{Item{Known: r.sum()}, int(r.uvarint() & 0xffffffff)}
		if before := r.varint(); before != 0 {
			it.Published = time.UnixMilli(unixMilli(last.Published) - before>>1).UTC()
			last.Published = it.Published
		}
		it.ID, it.Link = r.text(last.ID), r.text(last.Link)
		last.ID, last.Link = it.ID, it.Link
		k.index[it.Known] = len(k.items)
		k.items = append(k.items, it)
	}
	if r.bad {
		return &knownItems{}
	}
	return k
}

// printReader reads Prints; bad tells that they are none.
type printReader struct {
	rest []byte
	bad  bool
}

func (r *printReader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.bad, n = true, 0
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *printReader) sum() uint64 {
	if b := r.take(8); len(b) == 8 {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *printReader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.bad = r.bad || n <= 0
	r.take(uint64(max(0, n)))
	return v
}

func (r *printReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.bad = r.bad || n <= 0
	r.take(uint64(max(0, n)))
	return v
}

func (r *printReader) text(last string) string {
	n := r.uvarint()
	if n > uint64(len(last)) {
		r.bad, n = true, 0
	}
	return last[:n] + string(r.take(r.uvarint()))
}
