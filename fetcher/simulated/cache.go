package simulated

import "sync"

// cache keeps what was made lately, in a fixed number of slots: what comes
// later to the same slot replaces what was there.
type cache[V any] struct {
	mu    sync.Mutex
	slots []cached[V]
}

type cacheKey struct {
	what  purpose
	index int
	base  string // of the links
	state uint64 // of the article
}

type cached[V any] struct {
	key   cacheKey
	value V
}

func newCache[V any](slots int) cache[V] { return cache[V]{slots: make([]cached[V], slots)} }

// get returns what is kept under a key, else makes and keeps it. What was made
// belongs to all who get it, and is not to be changed.
func (c *cache[V]) get(k cacheKey, make func() V) V {
	c.mu.Lock()
	s := &c.slots[k.index%len(c.slots)]
	if s.key == k {
		defer c.mu.Unlock()
		return s.value
	}
	c.mu.Unlock()
	value := make()
	c.mu.Lock()
	defer c.mu.Unlock()
	*s = cached[V]{k, value}
	return value
}
