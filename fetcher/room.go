package fetcher

import "sync"

// rooms are where bodies lie, as they are sent and unpacked: a document takes that of
// an earlier one. Those of unusual size are left to the garbage collector.
type rooms struct{ free sync.Pool }

const largestRoom = 1 << 20

// take gives an empty slice with room for something.
func (r *rooms) take() []byte {
	if b, ok := r.free.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return nil
}

func (r *rooms) give(b []byte) {
	if n := cap(b); n > 0 && n <= largestRoom {
		r.free.Put(&b)
	}
}

// Release makes an end of the document: its body's room goes to the next one. Who does
// without leaves it to the garbage collector.
func (d *Document) Release() {
	if d.rooms != nil {
		d.rooms.give(d.room)
	}
	d.Body, d.room, d.rooms, d.found = nil, nil, nil, nil
}
