package postgres

import "context"

// Tidy does at once what a node does every hour.
func (n *Node) Tidy(ctx context.Context) { n.tidy(ctx) }
