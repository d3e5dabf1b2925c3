package postgres

import (
	"context"
	"errors"
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

// mostAhead is how far a clock may be from the server's.
const mostAhead = time.Minute

// ClockError is of a clock that is wrong: when sources are due and articles came is
// stored, and a node three hours ahead would have the others leave sources alone for
// three hours when it is gone.
type ClockError struct{ Ahead time.Duration }

func (e *ClockError) Error() string {
	if e.Ahead < 0 {
		return fmt.Sprintf("the clock of this machine is %s behind the database's", -e.Ahead.Round(time.Second))
	}
	return fmt.Sprintf("the clock of this machine is %s ahead of the database's", e.Ahead.Round(time.Second))
}

// SameTime tells by a [ClockError] of a clock that is more than a minute off the
// server's.
func (e *Engine) SameTime(ctx context.Context, now func() time.Time) error {
	ahead, err := e.Ahead(ctx, now)
	if err == nil && ahead.Abs() > mostAhead {
		err = &ClockError{ahead}
	}
	return err
}

// Clock is the error of the node's clock, by the last answer of the server; nil while it
// is right.
func (n *Node) Clock() error {
	if wrong := n.clock.Load(); wrong != nil {
		return wrong
	}
	return nil
}

// AskClock asks the server now what Clock tells, as the node does by itself with each
// renewal.
func (n *Node) AskClock(ctx context.Context) error {
	// Without the reading of the clock that knows nothing of what the wall says.
	err := n.e.SameTime(ctx, func() time.Time { return n.now().Round(0) })
	var wrong *ClockError
	switch {
	case err == nil:
		n.clock.Store(nil)
	case errors.As(err, &wrong):
		n.clock.Store(wrong)
	}
	return err
}
