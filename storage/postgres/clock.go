package postgres

import (
	"context"
	"fmt"
	"time"
)

// Ahead tells how far a clock is ahead of the server's.
func (e *Engine) Ahead(ctx context.Context, now func() time.Time) (time.Duration, error) {
	var server time.Time
	before := now()
	if err := e.talk.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&server); err != nil {
		return 0, fmt.Errorf("clock of %s: %w", e, err)
	}
	after := now()
	return before.Add(after.Sub(before) / 2).Sub(server), nil
}
