package fetcher

import (
	"math/rand/v2"
	"time"
)

const (
	shortestRest = time.Minute
	longestRest  = 24 * time.Hour
	// patience is how many 403 in a row are taken for a rate limit
	// (CONDUCT 11).
	patience = 3
)

// strike lets the site rest as long as it asked, or longer each time where it
// does not say how long, and returns how long.
func (g *gate) strike(asked time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if wait := g.rest.Sub(now); wait > 0 && asked <= wait {
		return wait // of requests that were under way together, the first counts
	}
	wait := max(asked, shortestRest)
	if asked == 0 {
		wait = min(shortestRest<<min(g.strikes, 12), longestRest)
		wait += rand.N(wait / 4)
		g.strikes++
	}
	g.rest = now.Add(wait)
	return wait
}

// forbid counts a 403, and takes many for what a 429 says.
func (g *gate) forbid(asked time.Duration) time.Duration {
	g.mu.Lock()
	g.forbidden++
	many := g.forbidden >= patience
	g.mu.Unlock()
	if many {
		return g.strike(asked)
	}
	return asked
}

// welcome forgets what a good answer disproves.
func (g *gate) welcome() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.strikes, g.forbidden = 0, 0
}

func (g *gate) resting() (until time.Time, resting bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.rest, g.rest.After(time.Now())
}

func (g *gate) restUntil(t time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.After(g.rest) {
		g.rest = t
	}
}
