package daemon

import (
	"context"
	"net/url"
	"sync"

	"aggregator/fetcher"
)

// round runs the cycles of sources that are due together and returns when all
// are done or the context ends. The client's gates bound what is asked at a
// time, and no cycle waits for one of another site. Lists of one site
// share articles: there, each source claims what it wants after those before
// it in the configuration, so that an article belongs to the first that lists
// it, whichever answer comes first.
func (d *Daemon) round(ctx context.Context, sources []*source, o Options, done func(*source, Report)) {
	var group sync.WaitGroup
	defer group.Wait()
	bySite := map[string][]*source{}
	for _, s := range sources {
		bySite[s.site()] = append(bySite[s.site()], s)
	}
	for _, line := range bySite {
		group.Go(func() {
			var last *place
			for _, s := range line {
				at := newPlace(last)
				last = at
				at.begin(ctx)
				group.Go(func() { done(s, d.cycle(ctx, s, o, at)) })
			}
		})
	}
}

// site is whom the source's list is fetched from.
func (s *source) site() string {
	u, err := url.Parse(s.reader.URL(1))
	if err != nil {
		return s.Name
	}
	return fetcher.Site(u.Host)
}

// place is where a source stands in the line of its site.
type place struct {
	before *place
	passed chan struct{}
	pass   func() // lets the next one go on; may be called again
}

func newPlace(before *place) *place {
	passed := make(chan struct{})
	return &place{before: before, passed: passed, pass: sync.OnceFunc(func() { close(passed) })}
}

// underWay is how many of a site's sources may be ahead of one that has not passed: who
// is far ahead would only wait, with all that its list brought in memory.
const underWay = 64

// begin waits until those that are far before have passed.
func (p *place) begin(ctx context.Context) {
	b := p
	for range underWay {
		if b = b.before; b == nil {
			return
		}
	}
	select {
	case <-b.passed:
	case <-ctx.Done(): // which the cycle tells
	}
}

// wait waits until all before have passed.
func (p *place) wait(ctx context.Context) error {
	for b := p.before; b != nil; b = b.before {
		select {
		case <-b.passed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
