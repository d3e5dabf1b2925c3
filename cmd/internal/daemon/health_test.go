package daemon_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher/simulated"
	"aggregator/storage"
)

// dying is an origin whose clock stops when it dies: it goes on answering, and
// brings nothing new.
type dying struct {
	stopped atomic.Int64
	// rests is since when it rests, zero while it works; nil where it never does.
	rests func(time.Time) time.Time
}

func (d *dying) Now() time.Time {
	now := time.Now()
	if at := d.stopped.Load(); at != 0 {
		now = time.Unix(at, 0)
	}
	if d.rests != nil {
		if since := d.rests(now); !since.IsZero() {
			return since
		}
	}
	return now
}

// office is since when nobody is at work, from eight to eight and from Monday to
// Friday.
func office(now time.Time) time.Time {
	t := now.In(time.FixedZone("CST", 8*3600))
	closed := time.Date(t.Year(), t.Month(), t.Day(), 20, 0, 0, 0, t.Location())
	working := func(day time.Time) bool { return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday }
	if working(t) && t.Hour() >= 8 && t.Before(closed) {
		return time.Time{}
	}
	for !working(closed) || closed.After(t) {
		closed = closed.AddDate(0, 0, -1)
	}
	return closed
}

func (d *dying) die()  { d.stopped.Store(time.Now().Unix()) }
func (d *dying) live() { d.stopped.Store(0) }

// ward is a world that runs on schedule over such an origin, and what was told of
// it.
type ward struct {
	*world
	dying
	// status is what the origin answers instead of all that it has; 0 for that.
	status atomic.Int32

	mu   sync.Mutex // of told: cycles tell it
	told []string
	stop func()
}

func newWard(t *testing.T, every time.Duration, sources string, rests ...func(time.Time) time.Time) *ward {
	w := &ward{}
	for _, f := range rests {
		w.rests = f
	}
	w.world = &world{t: t, now: &clock{}}
	w.origin = simulated.New(simulated.Options{Seed: 3, Start: time.Now(), Now: w.Now, Every: every, Backlog: 20, KeepRequests: 1 << 16})
	w.open(sources, filepath.Join(t.TempDir(), "a.db"))
	origin := w.net
	w.net = roundTrip(func(r *http.Request) *http.Response {
		if status := int(w.status.Load()); status != 0 {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}
		}
		resp, err := origin.RoundTrip(r)
		if err != nil {
			t.Error(err)
		}
		return resp
	})
	w.Alarm = func(c storage.Condition) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, fmt.Sprintf("%s %s", c.Source, c.State))
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	return w
}

// await lets the time go on until something is told, or for a time at most.
func (w *ward) await(longest time.Duration) (told string, after time.Duration) {
	w.hear()
	from := time.Now()
	for told == "" && time.Since(from) < longest {
		time.Sleep(time.Minute)
		synctest.Wait()
		told = w.hear()
	}
	return told, time.Since(from)
}

// hear takes what was told.
func (w *ward) hear() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	told := strings.Join(w.told, ", ")
	w.told = nil
	return told
}

func (w *ward) state() daemon.Health {
	list, err := w.Status()
	if err != nil {
		w.t.Fatal(err)
	}
	return list[0].Health
}

// TestSourceDiesSilently: one that answers as ever but brings nothing new is told
// of within twice its usual gap, not while our own daemon does not run, and again
// when it is back.
func TestSourceDiesSilently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const every = time.Hour
		w := newWard(t, every, "\n  - {name: all, kind: sina-roll, params: {pageid: 153, lid: 2509}, schedule: \"*/10 * * * *\", full_text: false}\n")
		if told, _ := w.await(4 * 24 * time.Hour); told != "" {
			t.Errorf("told %q while all was well", told)
		}
		if s := w.state(); s.State != "ok" || !s.Since.IsZero() {
			t.Errorf("while all was well: %+v", s)
		}
		w.die()
		longest := usualGap(w)
		told, after := w.await(48 * time.Hour)
		if told != "all silent" || after > 2*longest {
			t.Errorf("told %q after %s; its longest usual gap was %s", told, after, longest)
		}
		if s := w.state(); s.State != "silent" || time.Since(s.Since) < after || !strings.Contains(s.Text, "nothing new") {
			t.Errorf("silent: %+v", s)
		}
		w.live()
		if told, after := w.await(48 * time.Hour); told != "all ok" || after > time.Hour {
			t.Errorf("told %q after %s when it was back", told, after)
		}
		feed, err := w.Feeds().Feed(t.Context(), "health")
		if err != nil || len(feed.Articles) != 2 {
			t.Fatalf("health feed: %v, %+v", err, feed)
		}
		if a := feed.Articles; a[0].Title != "已恢复：all" || a[1].Title != "久无更新：all" || a[0].ID == a[1].ID ||
			!strings.Contains(a[0].Content, "此前：久无更新") || a[0].Link != "http://127.0.0.1:8080/status" {
			t.Errorf("health feed: %+v", a)
		}
		w.stop()
	})
}

// TestSourceDiesAtWork: a source that brings something in office hours is not told of in
// the night and at the weekend, and when it dies on a Monday morning, within twice the
// gap that is usual then, the same day.
func TestSourceDiesAtWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // it starts at the turn of 2000, a Saturday
		w := newWard(t, 12*time.Minute, "\n  - {name: all, kind: sina-roll, params: {pageid: 153, lid: 2509}, schedule: \"*/30 * * * *\", full_text: false}\n", office)
		const monday = 16*24*time.Hour + 3*time.Hour // eleven o'clock in Shanghai
		if told, _ := w.await(monday); told != "" {
			t.Errorf("told %q while all was well", told)
		}
		w.die()
		rec, err := w.store.Source("all")
		if err != nil || rec.Usual == 0 {
			t.Fatalf("%+v, %v", rec, err)
		}
		told, _ := w.await(48 * time.Hour)
		if after := time.Since(rec.LastNew); told != "all silent" || after > 2*rec.Usual || after > 9*time.Hour {
			t.Errorf("told %q after %s, where %s is usual", told, after, rec.Usual)
		} else {
			t.Logf("told after %s, where %s is usual", after, rec.Usual)
		}
		w.stop()
	})
}

// usualGap is the longest gap between the last articles of the origin, as far as
// half an hour's sleep of our own makes it longer.
func usualGap(w *ward) (longest time.Duration) {
	moments, err := w.store.Moments("all", time.Now().Add(-96*time.Hour), 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	slices.SortFunc(moments, time.Time.Compare)
	for i := range moments[1:] {
		longest = max(longest, moments[i+1].Sub(moments[i]))
	}
	return longest
}

// TestOurOwnSilence: a daemon that did not run for days tells nothing of a source
// that brought something meanwhile.
func TestOurOwnSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t, time.Hour, "\n  - {name: all, kind: sina-roll, params: {pageid: 153, lid: 2509}, schedule: \"*/10 * * * *\", full_text: false}\n")
		w.await(3 * 24 * time.Hour)
		w.stop()
		time.Sleep(5 * 24 * time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
		if told := w.hear(); told != "" {
			t.Errorf("told %q", told)
		}
		pauses, err := w.store.Pauses()
		if err != nil || len(pauses) != 1 || pauses[0].To.Sub(pauses[0].From).Round(time.Hour) != 5*24*time.Hour {
			t.Errorf("noted %v, %v", pauses, err)
		}
	})
}

// TestSourceFails: a hitch is told to nobody; what goes on is, once, and once that
// it is over.
func TestSourceFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t, time.Hour, "\n  - {name: all, kind: sina-roll, params: {pageid: 153, lid: 2509}, schedule: \"*/10 * * * *\", full_text: false}\n")
		w.await(time.Hour)
		w.status.Store(500)
		w.await(9 * time.Minute)
		w.status.Store(0)
		if told, _ := w.await(6 * time.Hour); told != "" {
			t.Errorf("told %q of a hitch", told)
		}
		w.status.Store(500)
		told, after := w.await(24 * time.Hour)
		if told != "all failing" || after > 90*time.Minute || w.state().State != "failing" {
			t.Errorf("told %q after %s, %+v", told, after, w.state())
		}
		if told, _ := w.await(48 * time.Hour); told != "" {
			t.Errorf("told %q again", told)
		}
		w.status.Store(0)
		if told, _ := w.await(48 * time.Hour); told != "all ok" {
			t.Errorf("told %q when it was over", told)
		}
		w.status.Store(500)
		w.await(24 * time.Hour)
		w.stop()
		w.removed()
	})
}

// removed: a source that is taken out while it is in trouble has an end in the feed.
func (w *ward) removed() {
	next := follow(w.t, w.Daemon, w, "sources: []\n")
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Second)
	defer cancel()
	if err := next.Run(ctx); err != nil {
		w.t.Error(err)
	}
	feed, err := next.Feeds().Feed(w.t.Context(), "health")
	if err != nil || len(feed.Articles) != 4 || feed.Articles[0].Title != "已移除：all" {
		w.t.Errorf("health feed: %v, %+v", err, feed)
	}
}
