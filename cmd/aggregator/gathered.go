package main

import (
	"bytes"
	"io"
	"sync"
	"time"
)

// gathered lines are written a moment later, together: of thousands of sources each would
// be a call of the system.
type gathered struct {
	to io.Writer

	mu      sync.Mutex
	waiting bytes.Buffer
}

// gatherFor is how long a line waits for others.
const gatherFor = 50 * time.Millisecond

func (g *gathered) Write(line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting.Len() == 0 {
		time.AfterFunc(gatherFor, g.flush)
	}
	return g.waiting.Write(line)
}

// flush writes what waits. A closed pipe ends the program anyway.
func (g *gathered) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, _ = g.waiting.WriteTo(g.to)
	g.waiting.Reset()
}
