package daemon

import (
	"context"
	"net/url"
	"sync"

	"aggregator/fetcher"
)

// round runs the cycles of sources that are due together and returns when all
// are done or the context ends. The client's gates bound what is asked at a
// time, and cycles of different sites share nothing but the places among all
// requests. Lists of one site share articles: there, each source claims what it
// wants after those before it in the configuration, so that an article belongs to
// the first that lists it, whichever answer comes first.
func (d *Daemon) round(ctx context.Context, sources []*source, o Options, done func(*source, Report)) {
	crew := newCrew()
	var cycles sync.WaitGroup
	defer cycles.Wait()
	defer crew.end()
	begin := func(s *source, at place) {
		at.door = d.enter(ctx)
		cycles.Add(1)
		crew.do(func() {
			d.cycle(ctx, s, o, at, func(rep Report) {
				at.pass() // whoever takes the report may be slow
				done(s, rep)
				cycles.Done()
			})
		})
	}
	var long sync.WaitGroup
	defer long.Wait()
	lines, bySite := map[string]*line{}, map[string][]*source{}
	for _, s := range sources {
		if lines[s.site] == nil {
			lines[s.site] = newLine()
		}
		bySite[s.site] = append(bySite[s.site], s)
	}
	for site, all := range bySite {
		if len(all) > underWay {
			long.Go(func() {
				for n, s := range all[underWay:] {
					at := place{line: lines[site], n: underWay + n}
					at.begin(ctx)
					begin(s, at)
				}
			})
		}
	}
	next := map[string]int{}
	for _, s := range sources { // these have not to wait for others of their site
		if n := next[s.site]; n < underWay {
			next[s.site]++
			begin(s, place{line: lines[s.site], n: n})
		}
	}
}

// enter waits until a source may begin, and returns what lets another one in. Few
// wait at a time for a place among all requests: however many sources are due, the
// others' cycles take no room before it is their turn.
func (d *Daemon) enter(ctx context.Context) (leave func()) {
	select {
	case d.door <- struct{}{}:
		return sync.OnceFunc(func() { <-d.door })
	case <-ctx.Done(): // which the cycle tells
		return nil
	}
}

// siteOf is whom a list is fetched from.
func siteOf(r *fetcher.Reader, name string) string {
	u, err := url.Parse(r.URL(1))
	if err != nil {
		return name
	}
	return fetcher.Site(u.Host)
}
