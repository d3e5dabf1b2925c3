package fetcher

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// gates keep the manners toward every site: so many requests at a time, and
// so much time between the starts of two (CONDUCT 12).
type gates struct {
	concurrency int
	interval    time.Duration
	places      *places
	leashes     *leashes
	turns       Turns // nil: nobody else asks these sites
	rested      func(site string, r Rest)

	mu     sync.Mutex
	site   map[string]*gate
	ofHost map[string]*gate // those of some hosts: to find out a host's site takes longer
}

// mostHosts is of how many hosts the gate is remembered.
const mostHosts = 4096

func newGates(o Options) *gates {
	return &gates{concurrency: max(1, o.PerHost), interval: o.Interval, places: newPlaces(o.Concurrency), leashes: &leashes{most: 2 * max(1, o.Concurrency)}, turns: o.Turns, site: map[string]*gate{}, ofHost: map[string]*gate{}}
}

// of returns the gate of the site a host belongs to.
func (g *gates) of(host string) *gate {
	g.mu.Lock()
	t := g.ofHost[host]
	g.mu.Unlock()
	if t != nil {
		return t
	}
	t = g.at(Site(host))
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.ofHost) >= mostHosts {
		clear(g.ofHost)
	}
	g.ofHost[host] = t
	return t
}

func (g *gates) at(name string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.site[name]
	if t == nil {
		t = &gate{site: name, concurrency: g.concurrency, free: g.concurrency, interval: g.interval, places: g.places, leashes: g.leashes, turns: g.turns, starting: make(chan struct{}, 1)}
		g.site[name] = t
	}
	return t
}

// Site returns whom a host[:port] belongs to: its registrable domain. An
// address has no domain, so there each port is a site of its own.
func Site(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || host == "localhost" {
		return hostport
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// gate is one site's. Lists pass before article pages.
type gate struct {
	site        string
	concurrency int
	interval    time.Duration
	places      *places
	leashes     *leashes
	turns       Turns

	starting chan struct{} // holds something while one waits for next and for a place
	next     time.Time     // the earliest start of the next request

	mu      sync.Mutex
	free    int
	rest    Rest
	waiting [2][]chan struct{}

	telling sync.Mutex // held while somebody is told of the rest
}

const (
	forList = iota
	forPage
)

// enter waits for a turn. The caller must begin a visit if err is nil, which ends
// with leave. Only who may go on at this site takes one of the places there are in
// all, so that those who wait at a slow site keep nobody else waiting.
func (g *gate) enter(ctx context.Context, m manners) (leave func(), err error) {
	if err := g.slot(ctx, m); err != nil {
		return nil, err
	}
	if g.turns == nil {
		leave, err = g.pass, g.start(ctx, m)
	} else {
		leave, err = g.share(ctx, m)
	}
	if err != nil {
		g.pass()
	}
	return leave, err
}

// start waits for the time and for a place. One of the site does at a time, in
// their order, so that nobody keeps a place while he waits for the time.
func (g *gate) start(ctx context.Context, m manners) error {
	select {
	case g.starting <- struct{}{}:
	default:
		m.tell()
		select {
		case g.starting <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-g.starting }()
	if g.interval > 0 {
		if wait := time.Until(g.next); wait > 0 {
			m.tell()
			if err := sleep(ctx, wait); err != nil {
				return err
			}
		}
	}
	if err := g.places.all.Acquire(ctx, 1); err != nil {
		return err
	}
	m.tell()
	if g.interval > 0 {
		g.next = time.Now().Add(g.interval)
	}
	return nil
}

func (g *gate) slot(ctx context.Context, m manners) error {
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.waiting[m.kind] = append(g.waiting[m.kind], turn)
	g.mu.Unlock()

	m.tell()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		g.abandon(m.kind, turn)
		return ctx.Err()
	}
}

// abandon takes a waiter out of the queue; if its turn came meanwhile, the
// slot goes on to the next.
func (g *gate) abandon(kind int, turn chan struct{}) {
	g.mu.Lock()
	for i, w := range g.waiting[kind] {
		if w == turn {
			g.waiting[kind] = append(g.waiting[kind][:i], g.waiting[kind][i+1:]...)
			g.mu.Unlock()
			return
		}
	}
	g.mu.Unlock()
	g.pass()
}

// pass gives the slot to the next who waits.
func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for kind := range g.waiting {
		if q := g.waiting[kind]; len(q) > 0 {
			g.waiting[kind] = q[1:]
			close(q[0])
			return
		}
	}
	g.free++
}

func sleep(ctx context.Context, d time.Duration) error {
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}
