package daemon

import (
	"net/http"
	"time"

	"aggregator/fetcher"
	"aggregator/storage"
)

// goneRest is how long a source is left alone whose host says that it is gone
// (CONDUCT 19).
const goneRest = 7 * 24 * time.Hour

// wait is how long a source that failed with err is left alone at least.
func wait(err error, failures int) time.Duration {
	fe := asError(err)
	if fe == nil || fe.Reason != fetcher.ReasonStatus {
		return backOff(failures)
	}
	least := backOff(failures)
	switch fe.Status {
	case http.StatusGone:
		least = goneRest
	case http.StatusNotFound:
		least = 24 * time.Hour
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if fe.Told {
			return fe.RetryAfter // it knows best
		}
	}
	return max(least, fe.RetryAfter)
}

// stampede is how many overdue sources may start at once.
const stampede = 32

// spreadOver is over how long overdue sources are moved apart at most.
const spreadOver = time.Hour

// spread moves overdue sources apart where they are many: each to a place of
// its own within its rhythm from now. One that was never fetched is not moved:
// somebody waits for it.
func (d *Daemon) spread(plan map[*source]time.Time, now time.Time) {
	var late []*source
	for s, due := range plan {
		if !due.IsZero() && due.Before(now) {
			late = append(late, s)
		}
	}
	if len(late) <= stampede {
		return
	}
	for _, s := range late {
		plan[s] = s.aside(now.Add(time.Duration(s.share * float64(min(s.rhythm(now), spreadOver)))))
	}
}

// prime tells the client which sites asked to rest before a restart.
func (d *Daemon) prime() error {
	rests, err := d.store.Rests()
	for site, r := range rests {
		d.client.Remember(site, fetcher.Rest(r))
	}
	return err
}

// rested stores what the client remembers of a site, whoever asked it for what.
func (d *Daemon) rested(site string, r fetcher.Rest) {
	d.restAll(site, r)
	if err := d.store.PutRest(site, storage.Rest(r)); err != nil {
		d.log.Warn("rest not stored", "site", site, "err", err)
	}
}
