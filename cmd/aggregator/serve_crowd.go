package main

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// crowd are the connections to the public listeners. There is room for so many: when
// one more comes, another goes. That is the one that has kept us waiting for a request
// the longest, be it that it is idle or that its header drips; where all are being
// answered, the one that is for the longest. So neither idle connections nor stuck ones
// keep readers out, whatever their number.
//
// One that waits, or is answered, for too long goes as well. [http.Server] would set it
// timers for that, three with each request, which a 304 feels.
type crowd struct {
	most int
	log  *slog.Logger

	mu      sync.Mutex
	all     map[net.Conn]presence
	told    time.Time // that there is no room
	watched bool      // whether look is going to be called
}

const (
	longestIdle   = 2 * time.Minute
	longestAnswer = 5 * time.Minute // a slow reader of a large feed
	// lookEvery is how much longer than that a connection may stay.
	lookEvery = 5 * time.Second
)

// presence is what a connection does, and since when.
type presence struct {
	state http.ConnState
	since time.Time
}

func newCrowd(log *slog.Logger, most int) *crowd {
	return &crowd{most: most, log: log, all: map[net.Conn]presence{}}
}

// mostConnections is how many connections there is room for. Each takes some 20 KB
// and a descriptor; of those, two thirds are left to fetching and the database.
func mostConnections() int {
	const most = 1024
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return most
	}
	return int(min(most, max(1, limit.Cur/3)))
}

// note is the hook of [http.Server] for states of connections.
func (c *crowd) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateClosed || state == http.StateHijacked {
		delete(c.all, conn)
		return
	}
	if _, present := c.all[conn]; !present && state != http.StateNew {
		return // it was hung up on, and what it has sent until then is still being answered
	}
	now := time.Now()
	c.all[conn] = presence{state, now}
	if !c.watched {
		c.watched = true
		time.AfterFunc(lookEvery, c.look)
	}
	if len(c.all) <= c.most {
		return
	}
	if gone := c.longest(conn); gone != nil {
		delete(c.all, gone)
		gone.Close()
	}
	if now.Sub(c.told) > time.Minute {
		c.told = now
		c.log.Warn("listener crowded", "connections", c.most, "hint", "the longest idle are closed; a reverse proxy, or a higher limit of open files, takes more")
	}
}

// longest is the connection to close before others, but never that of the newcomer.
func (c *crowd) longest(newcomer net.Conn) (longest net.Conn) {
	var worst presence
	for conn, p := range c.all {
		if conn == newcomer {
			continue
		}
		if longest == nil || p.worse(worst) {
			longest, worst = conn, p
		}
	}
	return longest
}

func (p presence) worse(than presence) bool {
	if p.waited() != than.waited() {
		return p.waited()
	}
	return p.since.Before(than.since)
}

// waited tells that no request has come whole: StateActive begins when one has.
func (p presence) waited() bool { return p.state != http.StateActive }

// hangUp closes connections of which no request has come whole since before a time.
func (c *crowd) hangUp(before time.Time) {
	c.close(func(p presence) bool { return p.waited() && !p.since.After(before) })
}

// look closes connections that have stayed for too long, now and then while there are
// any.
func (c *crowd) look() {
	c.close(func(p presence) bool {
		if p.waited() {
			return time.Since(p.since) > longestIdle
		}
		return time.Since(p.since) > longestAnswer
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watched = len(c.all) > 0; c.watched {
		time.AfterFunc(lookEvery, c.look)
	}
}

func (c *crowd) close(late func(presence) bool) {
	c.mu.Lock()
	var gone []net.Conn
	for conn, p := range c.all {
		if late(p) {
			gone = append(gone, conn)
			delete(c.all, conn)
		}
	}
	c.mu.Unlock()
	for _, conn := range gone {
		conn.Close()
	}
}

// isBusy tells whether a request may come, or is answered.
func (c *crowd) isBusy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.all {
		if p.state != http.StateIdle {
			return true
		}
	}
	return false
}
