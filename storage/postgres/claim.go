package postgres

import (
	"context"
	"fmt"
	"slices"
)

// Claim takes those items that no other node is at work on, and returns them. Who
// claims all that it wants at once and only then waits for what others hold waits
// for earlier ones only: items are taken in one order, so that of two nodes that want
// the same one has all of them first.
func (n *Node) Claim(ctx context.Context, items []string) (mine map[string]bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	mine = map[string]bool{}
	if len(items) == 0 {
		return mine, nil
	}
	items = slices.Compact(slices.Sorted(slices.Values(items)))
	err = n.e.each(ctx, `
		INSERT INTO claims (item, node, until) SELECT item, $2, now() + $3 FROM unnest($1::text[]) WITH ORDINALITY AS a (item, i) ORDER BY i
		ON CONFLICT (item) DO UPDATE SET node = excluded.node, until = excluded.until WHERE claims.until <= now()
		RETURNING item`, []any{items, n.id, lifetime}, func(item string) { mine[item] = true })
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for item := range mine {
		n.items[item] = true
	}
	return mine, nil
}

// Claimed tells whether another node is at work on one of the items.
func (n *Node) Claimed(ctx context.Context, items []string) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	err = n.e.talk.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM claims WHERE item = ANY($1) AND node <> $2 AND until > now())", items, n.id).Scan(&held)
	if err != nil {
		return false, fmt.Errorf("claims: %w", err)
	}
	return held, nil
}

// Disclaim lets go of items. Where the server cannot be reached they lapse.
func (n *Node) Disclaim(items []string) {
	n.mu.Lock()
	for _, item := range items {
		delete(n.items, item)
	}
	n.mu.Unlock()
	ctx, cancel := context.WithTimeout(n.e.ctx, beat)
	defer cancel()
	_, _ = n.e.talk.Exec(ctx, "DELETE FROM claims WHERE item = ANY($1) AND node = $2", items, n.id)
}
