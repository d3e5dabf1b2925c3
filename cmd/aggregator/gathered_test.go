package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestLinesAreGathered: they are written whole and in their order, the last of them at
// the end, and none much later than it was given.
func TestLinesAreGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		g := gathered{to: &out}
		write := func(text string) {
			if n, err := fmt.Fprintln(&g, text); n != len(text)+1 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
		}
		write("one")
		write("two")
		g.mu.Lock() // a timer writes in time
		if out.Len() > 0 {
			t.Errorf("%q is written at once", out.String())
		}
		g.mu.Unlock()
		time.Sleep(gatherFor)
		synctest.Wait()
		if got := out.String(); got != "one\ntwo\n" {
			t.Errorf("%q is written", got)
		}
		write("three")
		g.flush()
		if got := out.String(); got != "one\ntwo\nthree\n" {
			t.Errorf("%q is written in the end", got)
		}
	})
}
