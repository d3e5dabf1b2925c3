package postgres

import (
	"fmt"
	"slices"

	"aggregator/storage"
)

const (
	// firstRows are read where a cursor comes to, and so many times as many each
	// time it has come to their end.
	firstRows, furtherRows = 2, 4
	mostRows               = 512
)

// cursor goes through what the server has and what the transaction wrote, as one.
type cursor struct {
	t   *table
	at  []byte  // where it is; nil for nowhere
	buf []entry // of the server, from beyond at on in the direction it goes
	up  bool    // that direction
	end bool    // nothing comes after buf
	n   int     // rows to be read next
}

func (t *table) Cursor() storage.Cursor { return &cursor{t: t} }

func (c *cursor) First() (key, value []byte) { return c.Seek([]byte{}) }

func (c *cursor) Seek(key []byte) ([]byte, []byte) {
	c.turn(true)
	return c.ascend(key, true)
}

func (c *cursor) Next() ([]byte, []byte) {
	if c.at == nil {
		return nil, nil
	}
	if !c.up {
		c.turn(true)
	}
	return c.ascend(c.at, false)
}

func (c *cursor) Last() ([]byte, []byte) {
	c.turn(false)
	return c.descend(nil)
}

func (c *cursor) Prev() ([]byte, []byte) {
	if c.at == nil {
		return nil, nil
	}
	if c.up {
		c.turn(false)
	}
	return c.descend(c.at)
}

// turn forgets what was read the other way.
func (c *cursor) turn(up bool) { c.up, c.buf, c.end, c.n = up, nil, false, firstRows }

// ascend goes to the first key beyond from, or at it.
func (c *cursor) ascend(from []byte, inclusive bool) ([]byte, []byte) {
	beyond := func(key string) bool { return key > string(from) || inclusive && key == string(from) }
	for {
		for len(c.buf) > 0 && !beyond(string(c.buf[0].key)) {
			c.buf = c.buf[1:]
		}
		if len(c.buf) == 0 && !c.end {
			sign := ">"
			if inclusive {
				sign = ">="
			}
			c.read("WHERE key "+sign+" $1 ORDER BY key", from)
		}
		i, found := slices.BinarySearch(c.t.order, string(from))
		if found && !inclusive {
			i++
		}
		k, v, again := c.nearer(i, func(mine, theirs string) bool { return mine <= theirs })
		if !again {
			return k, v
		}
		from, inclusive = k, false
	}
}

// descend goes to the last key before one; nil is the end.
func (c *cursor) descend(before []byte) ([]byte, []byte) {
	for {
		for len(c.buf) > 0 && before != nil && string(c.buf[0].key) >= string(before) {
			c.buf = c.buf[1:]
		}
		if len(c.buf) == 0 && !c.end {
			if before == nil {
				c.read("ORDER BY key DESC")
			} else {
				c.read("WHERE key < $1 ORDER BY key DESC", before)
			}
		}
		i := len(c.t.order)
		if before != nil {
			i, _ = slices.BinarySearch(c.t.order, string(before))
		}
		k, v, again := c.nearer(i-1, func(mine, theirs string) bool { return mine >= theirs })
		if !again {
			return k, v
		}
		before = k
	}
}

// nearer takes the i-th of the keys that were written or the first of those that
// were read, whichever comes first. It is to be gone on from a key that was
// deleted.
func (c *cursor) nearer(i int, first func(mine, theirs string) bool) (key, value []byte, again bool) {
	mine := i >= 0 && i < len(c.t.order) && (len(c.buf) == 0 || first(c.t.order[i], string(c.buf[0].key)))
	switch {
	case mine:
		key, value = []byte(c.t.order[i]), c.t.written[c.t.order[i]]
		if value == nil {
			return key, nil, true
		}
	case len(c.buf) > 0:
		key, value = c.buf[0].key, c.buf[0].value
	}
	c.at = key
	return key, value, false
}

func (c *cursor) read(where string, args ...any) {
	c.buf = c.t.read(fmt.Sprintf("SELECT key, value FROM %s %s LIMIT %d", c.t.ident(), where, c.n), args...)
	c.end = len(c.buf) < c.n
	c.n = min(c.n*furtherRows, mostRows)
}
