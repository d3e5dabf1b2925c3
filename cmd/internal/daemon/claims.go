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
//
// A cycle claims all that it wants at once, and only then waits for what
// others hold: so each waits for earlier ones only, and never two for each
// other.
type claims struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by first key; closed when it is let go
}

// claim takes what nobody is at work on, and returns the keys it took.
func (c *claims) claim(items []wanted) map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]chan struct{}{}
	}
	mine := map[string]bool{}
	for _, w := range items {
		key := w.id.Keys[0]
		if _, taken := c.held[key]; !taken {
			c.held[key] = make(chan struct{})
			mine[key] = true
		}
	}
	return mine
}

// release lets go of a claimed article.
func (c *claims) release(mine map[string]bool, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if mine[key] {
		close(c.held[key])
		delete(c.held, key)
		delete(mine, key)
	}
}

// await waits until nobody else is at work on the items.
func (c *claims) await(ctx context.Context, mine map[string]bool, items []wanted) error {
	for _, w := range items {
		key := w.id.Keys[0]
		c.mu.Lock()
		holder, taken := c.held[key]
		c.mu.Unlock()
		if !taken || mine[key] {
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
