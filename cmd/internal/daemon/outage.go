package daemon

import (
	"net/url"
	"sync"

	"aggregator/fetcher"
)

// link judges whether our own connection is down: more than half of at least
// five sites cannot be reached at all (CONDUCT 14).
type link struct {
	mu   sync.Mutex
	site map[string]bool // whether the last attempt did not even connect
}

// note takes what came of asking for a URL and tells whether our link is down.
func (l *link) note(rawURL string, err error) (down bool) {
	u, parse := url.Parse(rawURL)
	r := fetcher.ReasonOf(err)
	if parse != nil || err != nil && r == fetcher.ReasonResting {
		return false // nobody was asked
	}
	unreachable := err != nil && (r == fetcher.ReasonDNS || r == fetcher.ReasonConnect)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.site == nil {
		l.site = map[string]bool{}
	}
	l.site[fetcher.Site(u.Host)] = unreachable
	return unreachable && l.down()
}

func (l *link) down() bool {
	dead := 0
	for _, unreachable := range l.site {
		if unreachable {
			dead++
		}
	}
	return len(l.site) >= 5 && 2*dead > len(l.site)
}
