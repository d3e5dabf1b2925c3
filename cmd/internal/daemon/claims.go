package daemon

import (
	"context"
	"sync"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// claims are the articles that cycles are at work on. One article stands in
// several lists, which are often fetched at the same time; its page is fetched
// once.
type claims struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by first key; closed when it is let go
}

// claim takes what nobody is at work on. The others are to be awaited after
// done was called, never before: two cycles might wait for each other.
func (c *claims) claim(batch []wanted) (mine, others []wanted, done func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]chan struct{}{}
	}
	release := make(chan struct{})
	var keys []string
	for _, w := range batch {
		key := w.id.Keys[0]
		if holder, taken := c.held[key]; taken && holder != release {
			others = append(others, w)
			continue
		}
		c.held[key] = release
		mine, keys = append(mine, w), append(keys, key)
	}
	return mine, others, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, key := range keys {
			delete(c.held, key)
		}
		close(release)
	}
}

// holder returns what is closed when an article is let go; nil if nobody is
// at work on it.
func (c *claims) holder(key string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch, ok := c.held[key]; ok {
		return ch
	}
	return nil
}

// await waits until others are done with some items.
func (c *cycle) await(ctx context.Context, items []wanted) error {
	for _, w := range items {
		holder := c.claims.holder(w.id.Keys[0])
		if holder == nil {
			continue
		}
		select {
		case <-holder:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// resight judges again what was new when the list was read: mostly others
// have stored it meanwhile, and it only gains this source's categories.
func (c *cycle) resight(items []wanted) error {
	ids := make([]article.Identity, len(items))
	for i, w := range items {
		ids[i] = w.id
	}
	sightings, err := c.store.Sight(c.s.Name, ids)
	for i, s := range sightings {
		if items[i].standing == storage.New {
			items[i].standing, items[i].id.Keys = s.Standing, s.Keys
		}
	}
	return err
}
