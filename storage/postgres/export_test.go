package postgres

import (
	"context"
	"time"
)

// Tidy does at once what a node does every hour.
func (n *Node) Tidy(ctx context.Context) { n.tidy(ctx) }

// Renew does at once what a node does with every beat, and tells whether it was heard.
func (n *Node) Renew(ctx context.Context) bool {
	began := time.Now()
	n.renew(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.heard.Before(began)
}

// Engine is what the node shares.
func (n *Node) Engine() *Engine { return n.e }
