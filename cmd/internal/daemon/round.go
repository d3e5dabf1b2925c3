package daemon

import (
	"context"
	"iter"
	"net/url"
	"sync"

	"aggregator/fetcher"
	"aggregator/storage"
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
	var free []*source // which have not to wait for others of their site
	var places []place // of these
	for _, s := range sources {
		if lines[s.site] == nil {
			lines[s.site] = newLine()
		}
		if n := len(bySite[s.site]); n < underWay {
			free, places = append(free, s), append(places, place{line: lines[s.site], n: n})
		}
		bySite[s.site] = append(bySite[s.site], s)
	}
	for site, all := range bySite {
		if len(all) > underWay {
			long.Go(func() {
				for n, s := range d.readingAhead(all[underWay:]) {
					at := place{line: lines[site], n: underWay + n}
					at.begin(ctx)
					begin(s, at)
				}
			})
		}
	}
	for i, s := range d.readingAhead(free) {
		begin(s, places[i])
	}
}

// together is how many states are read in one go.
const together = 64

// readingAhead goes through sources that begin one after the other, and reads the states
// of some in one go before the first of them begins. What several nodes share, none may
// read before the source is its own.
func (d *Daemon) readingAhead(sources []*source) iter.Seq2[int, *source] {
	return func(yield func(int, *source) bool) {
		for n, s := range sources {
			if n%together == 0 && d.node == nil {
				names := make([]string, 0, together)
				for _, s := range sources[n:min(n+together, len(sources))] {
					names = append(names, s.Name)
				}
				d.running.readAhead(names, func() ([]storage.State, error) { return d.store.States(names) })
			}
			if !yield(n, s) {
				return
			}
		}
	}
}

// enter waits until a source may begin, and returns the door by which it came in. Few
// wait at a time for a place among all requests: however many sources are due, the
// others' cycles take no room before it is their turn.
func (d *Daemon) enter(ctx context.Context) *door {
	select {
	case d.door <- struct{}{}:
		return &door{by: d.door}
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
