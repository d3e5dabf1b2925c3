package daemon

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestStoreUnreadableIsToldEachMinute: who asks more often than the operator is told
// does not put off the next time.
func TestStoreUnreadableIsToldEachMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		d := &Daemon{log: slog.New(slog.NewTextHandler(&log, nil))}
		for range 60 {
			d.complain(errors.New("torn page"), time.Now())
			time.Sleep(10 * time.Second)
		}
		if n := strings.Count(log.String(), "store unreadable"); n != 10 {
			t.Errorf("told %d times in ten minutes", n)
		}
	})
}

// TestPollsAreNoFailedCycles: what /readyz finds out is no cycle that failed, and a read
// that began before a shortage ended begins none.
func TestPollsAreNoFailedCycles(t *testing.T) {
	s := newShortage()
	now := time.Now()
	s.note("a", errors.New("away"), now, now)
	for range 20 {
		s.note("", errors.New("away"), now, now)
	}
	if failed, _, tell := s.remind(now.Add(2 * tellAgain)); failed != 1 || !tell {
		t.Errorf("%d cycles failed, told: %t", failed, tell)
	}
}
