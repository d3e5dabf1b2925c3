package fetcher

import (
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	shortestRest = time.Minute
	longestRest  = 24 * time.Hour
	// patience is how many 403 in a row are taken for a rate limit
	// (CONDUCT 11).
	patience = 3
)

// Rest is what a client remembers of a site that asked to be left alone, or
// refuses again and again.
type Rest struct {
	Until     time.Time // it asked not to be disturbed before
	Strikes   int       // rests in a row that it asked for without saying how long
	Forbidden int       // 403 in a row
}

// OnRest has f told whenever what is remembered of a site changes, one time
// after the other for each site. It is to be called before the first request.
func (c *Client) OnRest(f func(site string, r Rest)) { c.gates.rested = f }

// Remember adds what was known of a site before a restart.
func (c *Client) Remember(site string, r Rest) {
	g := c.gates.of(site)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rest.Until = later(g.rest.Until, r.Until)
	g.rest.Strikes = max(g.rest.Strikes, r.Strikes)
	g.rest.Forbidden = max(g.rest.Forbidden, r.Forbidden)
}

// judge lets the site of an answer rest if that is a refusal which means the
// whole of it, and returns how long it is to be left alone; for other refusals,
// how long they ask for themselves.
func (g *gates) judge(res *http.Response) (wait time.Duration, told bool) {
	wait = retryAfter(res.Header, time.Now())
	told = wait > 0
	t := g.of(res.Request.URL.Host)
	switch res.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		wait = t.strike(wait)
	case http.StatusForbidden:
		wait = t.forbid(wait)
	default:
		return wait, told
	}
	g.tell(t)
	return wait, told
}

// welcome forgets what a good answer of a site disproves.
func (g *gates) welcome(t *gate) {
	if t.welcome() {
		g.tell(t)
	}
}

// tell tells what is remembered of a site now. What is told last is what is the
// case: two do not overtake each other.
func (g *gates) tell(t *gate) {
	if g.rested == nil {
		return
	}
	t.telling.Lock()
	defer t.telling.Unlock()
	t.mu.Lock()
	r := t.rest
	t.mu.Unlock()
	g.rested(t.site, r)
}

// strike lets the site rest as long as it asked, or longer each time where it
// does not say how long, and returns how long.
func (g *gate) strike(asked time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if wait := g.rest.Until.Sub(now); wait > 0 && asked <= wait {
		return wait // of requests that were under way together, the first counts
	}
	wait := max(asked, shortestRest)
	if asked == 0 {
		wait = min(shortestRest<<min(g.rest.Strikes, 12), longestRest)
		wait += rand.N(wait / 4)
		g.rest.Strikes++
	}
	g.rest.Until = now.Add(wait)
	return wait
}

// forbid counts a 403, and takes many for what a 429 says.
func (g *gate) forbid(asked time.Duration) time.Duration {
	g.mu.Lock()
	g.rest.Forbidden++
	many := g.rest.Forbidden >= patience
	g.mu.Unlock()
	if many {
		return g.strike(asked)
	}
	return asked
}

// welcome tells whether there was anything to forget.
func (g *gate) welcome() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	bad := g.rest.Strikes > 0 || g.rest.Forbidden > 0
	g.rest.Strikes, g.rest.Forbidden = 0, 0
	return bad
}

func (g *gate) resting() (until time.Time, resting bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.rest.Until, !g.rest.Until.IsZero() && g.rest.Until.After(time.Now())
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
