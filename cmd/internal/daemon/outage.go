package daemon

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"aggregator/fetcher"
	"aggregator/storage"
)

// link judges whether our own connection is down: since anybody last answered,
// more than half of at least five sites could not even be connected to
// (CONDUCT 14), or the machine itself knows (offline.go), which tells also who asks
// fewer. Then nobody is to blame, and nobody is asked, but one source now
// and then to see whether the connection is back.
type link struct {
	sites int // that lists are fetched from

	mu     sync.Mutex
	silent map[string]bool // since anybody answered
	blamed map[string]blame
	down   bool
	since  time.Time // that it is down
	turned bool      // down or up again since it was last asked
	until  time.Time
	probes int
}

// blame is of a source that failed, and perhaps not by its own fault.
type blame struct {
	before storage.Source
	last   time.Time // fetched in vain
}

func newLink(sites int) link {
	return link{sites: sites, silent: map[string]bool{}, blamed: map[string]blame{}}
}

// widen notes from how many sites lists are fetched now.
func (l *link) widen(sites int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sites = sites
}

// outageRetry is how often the link is tried while it is down.
const outageRetry = 5 * time.Minute

// note takes what came of asking for a URL.
func (l *link) note(rawURL string, err error, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case unreachable(err):
		if u, err := url.Parse(rawURL); err == nil {
			l.silent[fetcher.Site(u.Host)] = true
		}
		if l.sites >= 5 && 2*len(l.silent) > l.sites {
			l.drop(now)
		}
	case answered(err), l.down && fetcher.ReasonOf(err) == fetcher.ReasonTimeout:
		// With an old connection there may be no answer for that it is dead; one
		// made while the link seems down shows that it is not.
		clear(l.silent)
		clear(l.blamed)
		l.turned, l.down = l.turned || l.down, false
	}
}

// fall notes that the link is down, as is known without any site.
func (l *link) fall(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(now)
}

func (l *link) drop(now time.Time) {
	if !l.down {
		l.down, l.turned, l.since, l.until = true, true, now, now.Add(outageRetry)
	}
}

// excuse tells that a source's failure to connect is the link's fault. As long
// as that is not known, it keeps what the source's record was before.
func (l *link) excuse(before storage.Source) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, twice := l.blamed[before.Name]
	if !twice {
		b.before = before
	}
	if b.last = before.LastFetch; twice || !l.down {
		l.blamed[before.Name] = b
	}
	return l.down
}

// isDown tells what is known at the moment.
func (l *link) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

// downSince is zero while the link is up, as far as that is known.
func (l *link) downSince() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.down {
		return time.Time{}
	}
	return l.since
}

// acquitted returns the sources that were blamed before it was known that the link is
// down.
func (l *link) acquitted() []blame {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Collect(maps.Values(l.blamed))
	clear(l.blamed)
	return all
}

// hasTurned tells whether the link went down or came back since the last call.
func (l *link) hasTurned() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	turned := l.turned
	l.turned = false
	return turned
}

// admit returns which of the sources that are due may be fetched: while the
// link is down none or, when it is time to try it, one: each time another.
func (l *link) admit(due []*source, now time.Time) []*source {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.down:
		return due
	case len(due) == 0 || now.Before(l.until):
		return nil
	}
	l.until = now.Add(outageRetry)
	l.probes++
	n := l.probes % len(due)
	return slices.Clone(due[n : n+1])
}

// unreachable tells that nothing of the request came as far as a host.
func unreachable(err error) bool {
	if err == nil {
		return false
	}
	r := fetcher.ReasonOf(err)
	return (r == fetcher.ReasonDNS || r == fetcher.ReasonConnect) && !shortOf(err)
}

// answered tells that a host answered, be it a refusal.
func answered(err error) bool {
	return err == nil || asError(err) != nil && asError(err).Status != 0
}

// acquit takes the blame from sources that failed before it was known that the
// link is down.
func (d *Daemon) acquit() error {
	for _, b := range d.link.acquitted() {
		if err := d.takeBack(b); err != nil {
			return err
		}
	}
	return nil
}

// takeBack puts the record of a source in the place of the one that blames it, unless
// another node, whose link is up, has fetched it since.
func (d *Daemon) takeBack(b blame) error {
	name := b.before.Name
	if d.node != nil {
		lease, err := d.askFor(name)
		if err != nil {
			return err
		}
		if lease.Ctx != nil { // else it is another cycle's, here or elsewhere
			defer d.node.Release(name)
		}
	}
	rec, err := d.store.Source(name)
	if err != nil || rec.LastFetch.UnixMilli() != b.last.UnixMilli() {
		return err
	}
	if err := d.store.PutSource(b.before); !errors.Is(err, storage.ErrLost) {
		return err
	}
	return nil
}
