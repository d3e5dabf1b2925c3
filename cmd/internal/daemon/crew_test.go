package daemon

import (
	"testing"
	"testing/synctest"
)

// TestCrew: nothing waits for what was begun before, and all is done in the end.
func TestCrew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew()
		done, held := 0, make(chan struct{})
		c.do(func() { <-held; done++ })
		for range 3 {
			c.do(func() { done++ })
			synctest.Wait()
		}
		if done != 3 {
			t.Errorf("%d done while one takes long, want 3", done)
		}
		close(held)
		c.end()
		if done != 4 {
			t.Errorf("%d done in the end, want 4", done)
		}
	})
}
