package daemon

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestDesks: there are so many and no more; who takes too long gives the place to
// another, and none is given back twice.
func TestDesks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		d := make(desks, 2)
		a, b, c := &seat{desks: d}, &seat{desks: d}, &seat{desks: d}
		for _, s := range []*seat{a, a, b} { // a second time changes nothing
			if err := s.sit(ctx); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		if err := c.sit(ctx); err != nil || time.Since(start) != tooLong {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		synctest.Wait()
		if len(d) != 1 { // a and b both took too long
			t.Errorf("%d desks are taken, want 1", len(d))
		}
		a.rise()
		b.rise()
		if len(d) != 1 {
			t.Errorf("%d desks are taken, want 1", len(d))
		}
		c.rise()
		ended, end := context.WithCancel(ctx)
		end()
		for range cap(d) {
			d <- struct{}{}
		}
		if err := a.sit(ended); err == nil {
			t.Error("sat at a taken desk")
		}
	})
}
