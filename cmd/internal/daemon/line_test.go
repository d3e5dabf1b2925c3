package daemon

import (
	"context"
	"testing"
	"testing/synctest"
)

// TestLinesBeginInOrder: of a site's sources, those far behind one that has not passed
// do not begin.
func TestLinesBeginInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := newLine()
		place{line: line, n: underWay - 1}.begin(t.Context())
		began := false
		go func() {
			place{line: line, n: underWay}.begin(t.Context())
			began = true
		}()
		synctest.Wait()
		if began {
			t.Error("began though the first has not passed")
		}
		place{line: line, n: 0}.pass()
		synctest.Wait()
		if !began {
			t.Error("does not begin though the first has passed")
		}
	})
}

// TestLineWaitsForAllBefore: in whatever order they pass.
func TestLineWaitsForAllBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := newLine()
		last := false
		go func() {
			if err := (place{line: line, n: 3}).wait(t.Context()); err != nil {
				t.Error(err)
			}
			last = true
		}()
		for _, n := range []int{2, 0, 0, 1} {
			synctest.Wait()
			if last {
				t.Errorf("goes on before %d has passed", n)
			}
			place{line: line, n: n}.pass()
		}
		synctest.Wait()
		if !last {
			t.Error("does not go on though all before have passed")
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if err := (place{line: line, n: 5}).wait(ended); err == nil {
			t.Error("waits on though the context has ended")
		}
	})
}
