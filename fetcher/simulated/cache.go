package simulated

import "sync"

// cache keeps what was rendered lately, in a fixed number of slots: what comes
// later to the same slot replaces what was there.
type cache struct {
	mu    sync.Mutex
	slots []cached
}

type cacheKey struct {
	what  purpose
	index int
	base  string // of the links
	state uint64 // of the article
}

type cached struct {
	key  cacheKey
	body []byte
}

func newCache(slots int) cache { return cache{slots: make([]cached, slots)} }

func (c *cache) get(k cacheKey) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &c.slots[k.index%len(c.slots)]
	return s.body, s.key == k && s.body != nil
}

func (c *cache) put(k cacheKey, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slots[k.index%len(c.slots)] = cached{k, body}
}
