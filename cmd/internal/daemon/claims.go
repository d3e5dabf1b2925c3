package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

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
	order sync.Mutex // held while one claims here and among the nodes
	mu    sync.Mutex
	held  map[string]chan struct{} // by first key; closed when it is let go
}

// claim takes what nobody here is at work on, and returns the keys it took.
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

// await waits until nobody here is at work on the items.
func (c *claims) await(ctx context.Context, items []wanted) error {
	for _, w := range items {
		c.mu.Lock()
		holder, taken := c.held[w.id.Keys[0]]
		c.mu.Unlock()
		if !taken {
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

// claim takes what nobody is at work on, here or at another node. All claim in one
// order, here and among the nodes: else three could wait for each other.
func (c *cycle) claim(ctx context.Context, items []wanted) (mine map[string]bool, err error) {
	if c.node == nil {
		return c.claims.claim(items), nil
	}
	c.claims.order.Lock()
	defer c.claims.order.Unlock()
	mine = c.claims.claim(items)
	names := make([]string, 0, len(mine))
	for key := range mine {
		names = append(names, claimName(key))
	}
	given, err := c.node.Claim(ctx, names)
	for key := range mine {
		if !given[claimName(key)] {
			c.claims.release(mine, key)
		}
	}
	return mine, unstored(err)
}

// claimName is a key as nodes name it: no text is too long or odd for it.
func claimName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// release lets go of those of the items that are claimed.
func (c *cycle) release(mine map[string]bool, items []wanted) {
	var names []string
	for _, w := range items {
		if key := w.id.Keys[0]; mine[key] {
			names = append(names, claimName(key))
			c.claims.release(mine, key)
		}
	}
	if c.node != nil && len(names) > 0 {
		c.node.Disclaim(names)
	}
}

// askAgain is how often a node asks whether others are still at work on items.
const askAgain = 200 * time.Millisecond

// await waits until nobody else is at work on the items, here or at another node, and
// sits at no desk meanwhile.
func (c *cycle) await(ctx context.Context, mine map[string]bool, items []wanted) error {
	var others []wanted
	for _, w := range items {
		if !mine[w.id.Keys[0]] {
			others = append(others, w)
		}
	}
	if len(others) == 0 {
		return nil
	}
	c.rise()
	if err := c.claims.await(ctx, others); err != nil {
		return err
	}
	if c.node != nil {
		if err := c.awaitNodes(ctx, others); err != nil {
			return err
		}
	}
	return c.sit(ctx)
}

func (c *cycle) awaitNodes(ctx context.Context, others []wanted) error {
	names := make([]string, len(others))
	for i, w := range others {
		names[i] = claimName(w.id.Keys[0])
	}
	for {
		held, err := c.node.Claimed(ctx, names)
		if err != nil || !held {
			return unstored(err)
		}
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
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
	return unstored(err)
}
