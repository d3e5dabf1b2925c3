package fetcher_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/fetcher"
)

// TestPagesObeyRobots: lists are fetched whatever robots.txt says, pages only
// where it lets them be, and it is asked for once a day.
func TestPagesObeyRobots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := map[string]int{}
		c := newClient(t, fetcher.Options{UserAgent: "aggregator/1", Transport: roundTrip(func(r *http.Request) *http.Response {
			asked[r.URL.Host+r.URL.Path]++
			if r.URL.Path != "/robots.txt" {
				return answer(http.StatusOK, nil)
			}
			if r.URL.Host == "down.example" {
				return answer(http.StatusInternalServerError, nil)
			}
			res := answer(http.StatusOK, nil)
			res.Body = io.NopCloser(strings.NewReader("User-agent: aggregator\nDisallow: /私/\n"))
			return res
		})})
		get := func(url string, page bool) fetcher.Reason {
			if _, err := c.Get(context.Background(), fetcher.Request{URL: url, Page: page}); err != nil {
				return fetcher.ReasonOf(err)
			}
			return ""
		}
		for _, tt := range []struct {
			url  string
			page bool
			want fetcher.Reason
		}{
			{"https://a.example/私/1", true, fetcher.ReasonRobots},
			{"https://a.example/私/1", false, ""},
			{"https://a.example/1", true, ""},
			{"https://down.example/1", true, fetcher.ReasonStatus},
			{"https://down.example/1", false, ""},
		} {
			if got := get(tt.url, tt.page); got != tt.want {
				t.Errorf("%s, page %t: %q, want %q", tt.url, tt.page, got, tt.want)
			}
		}
		if n := asked["a.example/robots.txt"]; n != 1 {
			t.Errorf("robots.txt was asked for %d times, want once", n)
		}
		time.Sleep(24 * time.Hour)
		get("https://a.example/1", true)
		if n := asked["a.example/robots.txt"]; n != 2 {
			t.Errorf("after a day: %d times, want twice", n)
		}
	})
}

// TestRestsGrow: a site that does not say how long rests longer each time, and
// a good answer ends that; the third 403 in a row is a rest, too.
func TestRestsGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status := http.StatusTooManyRequests
		c := newClient(t, fetcher.Options{Transport: roundTrip(func(*http.Request) *http.Response { return answer(status, nil) })})
		const url = "https://example.org/"
		rest := func() time.Duration {
			c.Get(context.Background(), fetcher.Request{URL: url})
			wait := max(0, time.Until(c.Resting(url)))
			time.Sleep(wait)
			return wait
		}
		for want := time.Minute; want < 10*time.Minute; want *= 2 {
			if got := rest(); got < want || got > want*5/4 {
				t.Errorf("rest of %s, want %s and a little", got, want)
			}
		}
		status = http.StatusOK
		rest()
		status = http.StatusForbidden
		if first, second, third := rest(), rest(), rest(); first != 0 || second != 0 || third == 0 {
			t.Errorf("rests after 403: %s, %s, %s", first, second, third)
		}
	})
}

// drip brings one byte a second, until the request is over.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(700 * time.Millisecond): // not in the very moment in which it is given up
		return copy(p, "x"), nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (drip) Close() error { return nil }

func TestDrippingBodyIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, fetcher.Options{Timeout: time.Hour, Transport: roundTrip(func(r *http.Request) *http.Response {
			res := answer(http.StatusOK, nil)
			res.Body = drip{r.Context()}
			return res
		})})
		start := time.Now()
		_, err := c.Get(context.Background(), fetcher.Request{URL: "https://example.org/"})
		if took := time.Since(start); fetcher.ReasonOf(err) != fetcher.ReasonTimeout || took > 11*time.Second {
			t.Errorf("%v after %s", err, took)
		}
	})
}

func TestFresh(t *testing.T) {
	date := "Mon, 02 Mar 2026 10:00:00 GMT"
	for _, tt := range []struct {
		h    http.Header
		want time.Duration
	}{
		{http.Header{}, 0},
		{http.Header{"Cache-Control": {"public, max-age=3600"}, "Age": {"600"}}, 50 * time.Minute},
		{http.Header{"Cache-Control": {"max-age=60", "no-cache"}}, 0},
		{http.Header{"Cache-Control": {"max-age=31536000"}}, 7 * 24 * time.Hour},
		{http.Header{"Date": {date}, "Expires": {"Mon, 02 Mar 2026 12:00:00 GMT"}}, 2 * time.Hour},
		{http.Header{"Date": {date}, "Expires": {"0"}}, 0},
	} {
		if got, told := (&fetcher.Document{Header: tt.h}).Fresh(); got != tt.want || told != (len(tt.h) > 0) {
			t.Errorf("%v: %s, %t; want %s", tt.h, got, told, tt.want)
		}
	}
}

// TestMoved: the new address is told as far as all hops are permanent.
func TestMoved(t *testing.T) {
	c := newClient(t, fetcher.Options{Transport: roundTrip(func(r *http.Request) *http.Response {
		switch r.URL.Path {
		case "/old":
			return answer(http.StatusMovedPermanently, http.Header{"Location": {"/new"}})
		case "/new":
			return answer(http.StatusFound, http.Header{"Location": {"/today"}})
		}
		return answer(http.StatusOK, nil)
	})})
	doc, err := c.Get(t.Context(), fetcher.Request{URL: "https://example.org/old"})
	if err != nil || doc.Moved != "https://example.org/new" || doc.URL != "https://example.org/today" {
		t.Errorf("%+v, %v", doc, err)
	}
}

// TestRequestThatWaitedSeesTheRest: who waits at the gate while the host asks
// to rest is not let through.
func TestRequestThatWaitedSeesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		c := newClient(t, fetcher.Options{Interval: time.Second, Transport: roundTrip(func(*http.Request) *http.Response {
			requests++
			return answer(http.StatusTooManyRequests, http.Header{"Retry-After": {"60"}})
		})})
		go c.Get(context.Background(), fetcher.Request{URL: "https://example.org/1"})
		synctest.Wait()
		_, err := c.Get(context.Background(), fetcher.Request{URL: "https://example.org/2"})
		if fetcher.ReasonOf(err) != fetcher.ReasonResting || requests != 1 {
			t.Errorf("%v after %d requests", err, requests)
		}
	})
}

// TestManyHostsTogether: there are no more requests under way than allowed in
// all where hosts answer, and a host's pause holds although its turn came late.
func TestManyHostsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		under, most := 0, 0
		last := map[string]time.Time{}
		c := newClient(t, fetcher.Options{Concurrency: 3, Interval: time.Second, Transport: roundTrip(func(r *http.Request) *http.Response {
			mu.Lock()
			if gap := time.Since(last[r.URL.Host]); gap < time.Second {
				t.Errorf("%s: %s after the one before", r.URL, gap)
			}
			last[r.URL.Host] = time.Now()
			under++
			most = max(most, under)
			mu.Unlock()
			time.Sleep(900 * time.Millisecond) // who waits longer stands aside
			mu.Lock()
			under--
			mu.Unlock()
			return answer(http.StatusOK, nil)
		})})
		var group sync.WaitGroup
		for i := range 40 {
			group.Go(func() {
				url := fmt.Sprintf("https://host%d.example/%d", i%10, i)
				if _, err := c.Get(context.Background(), fetcher.Request{URL: url}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if most != 3 {
			t.Errorf("%d requests at a time, want 3", most)
		}
	})
}

// TestIntervalIsWaitedForOnce: a request that had to wait for a place among all starts
// when it has one; its own turn is no reason to wait again.
func TestIntervalIsWaitedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var started []time.Duration
		c := newClient(t, fetcher.Options{Concurrency: 1, Interval: 10 * time.Second, Transport: roundTrip(func(r *http.Request) *http.Response {
			started = append(started, time.Since(start))
			time.Sleep(time.Second)
			return answer(http.StatusNotFound, nil)
		})})
		var all sync.WaitGroup
		var begun atomic.Int32
		for _, host := range []string{"a", "b", "b"} {
			all.Go(func() {
				_, _ = c.Get(t.Context(), fetcher.Request{URL: "https://" + host + ".example/", Begun: sync.OnceFunc(func() { begun.Add(1) })})
			})
			synctest.Wait()
		}
		if begun.Load() != 2 { // the last waits for its own site
			t.Errorf("%d of 3 have begun, want 2", begun.Load())
		}
		all.Wait()
		if want := []time.Duration{0, time.Second, 11 * time.Second}; !slices.Equal(started, want) {
			t.Errorf("started after %s, want %s", started, want)
		}
	})
}
