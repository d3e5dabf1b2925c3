package main

import (
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestLongStays: who waits for two minutes, or takes five over an answer, is hung up on;
// who comes back in time is not.
func TestLongStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := newCrowd(slog.New(slog.DiscardHandler), 10)
		conns := map[string]*closing{}
		for _, state := range []http.ConnState{http.StateNew, http.StateIdle, http.StateActive} {
			conns[state.String()] = &closing{}
			c.note(conns[state.String()], http.StateNew)
			c.note(conns[state.String()], state)
		}
		back := &closing{}
		c.note(back, http.StateNew)
		for range 20 {
			c.note(back, http.StateActive)
			c.note(back, http.StateIdle)
			time.Sleep(time.Minute)
		}
		synctest.Wait()
		for state, within := range map[string]time.Duration{"new": longestIdle, "idle": longestIdle, "active": longestAnswer} {
			if got := conns[state].at.Sub(began); got < within || got > within+2*lookEvery {
				t.Errorf("%s: closed after %s, want %s", state, got, within)
			}
		}
		if !back.at.IsZero() {
			t.Errorf("one that was in use is closed after %s", back.at.Sub(began))
		}
		c.note(back, http.StateClosed)
		time.Sleep(2 * lookEvery)
		synctest.Wait()
		if c.watched {
			t.Error("nobody is there, and it goes on looking")
		}
	})
}

// TestHungUpOnTakesNoRoom: a connection that was closed for another one may have sent many
// requests that are still being answered. It drives out nobody by that.
func TestHungUpOnTakesNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(slog.New(slog.DiscardHandler), 2)
		greedy, busy, reader := &closing{}, &closing{}, &closing{}
		come := func(conn net.Conn, states ...http.ConnState) {
			for _, state := range states {
				c.note(conn, state)
				time.Sleep(time.Millisecond)
			}
		}
		come(greedy, http.StateNew, http.StateActive)
		come(busy, http.StateNew, http.StateActive)
		come(reader, http.StateNew)
		if greedy.at.IsZero() {
			t.Fatal("there was room for three")
		}
		come(greedy, http.StateIdle, http.StateActive, http.StateIdle, http.StateActive)
		if !reader.at.IsZero() || !busy.at.IsZero() {
			t.Error("somebody else is closed for one who has gone")
		}
		come(greedy, http.StateClosed)
		come(reader, http.StateActive, http.StateIdle)
		if len(c.all) != 2 {
			t.Errorf("%d are there", len(c.all))
		}
		c.hangUp(time.Now())
	})
}

// closing is a connection that notes when it is closed.
type closing struct {
	net.Conn
	at time.Time
}

func (c *closing) Close() error { c.at = time.Now(); return nil }
