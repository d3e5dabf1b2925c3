package fetcher_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/fetcher"
)

// TestTimeOfEachRequest: requests of one caller have a context in common, one after the
// other, and each has all of its time. One that took too long leaves none behind, and
// those at the same time none for two.
func TestTimeOfEachRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var contexts []context.Context
		var mu sync.Mutex
		takes := 25 * time.Second
		c := newClient(t, fetcher.Options{Timeout: 30 * time.Second, Transport: roundTrip(func(r *http.Request) *http.Response {
			mu.Lock()
			contexts = append(contexts, r.Context())
			mu.Unlock()
			select {
			case <-time.After(takes):
			case <-r.Context().Done():
				t.Logf("%s ended: %v", r.URL, context.Cause(r.Context()))
			}
			if r.Context().Err() != nil {
				res := answer(http.StatusOK, nil)
				res.Body = drip{r.Context()}
				return res
			}
			res := answer(http.StatusNotModified, nil)
			res.Body = http.NoBody
			return res
		})})
		ctx, cancel := context.WithCancel(t.Context())
		get := func() error {
			_, err := c.Get(ctx, fetcher.Request{URL: "https://example.org/", Validators: fetcher.Validators{URL: "https://example.org/", ETag: `"a"`}})
			return err
		}
		for range 3 {
			if err := get(); err != nil {
				t.Errorf("in time: %v", err)
			}
		}
		takes = 31 * time.Second
		start := time.Now()
		if err := get(); fetcher.ReasonOf(err) != fetcher.ReasonTimeout || time.Since(start) != 30*time.Second {
			t.Errorf("late: %v after %s", err, time.Since(start))
		}
		takes = time.Second
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := get(); err != nil {
					t.Errorf("after the late one: %v", err)
				}
			})
		}
		both.Wait()
		for n, same := range []bool{1: true, 2: true, 3: true, 4: false, 5: false} {
			if n > 0 && (contexts[n] == contexts[n-1]) != same {
				t.Errorf("request %d has the context of the one before: %t", n, !same)
			}
		}
		cancel()
		if err := get(); err == nil {
			t.Error("no error for a caller who has gone")
		}
		ctx = t.Context()
		if err := get(); err != nil {
			t.Errorf("of another caller: %v", err)
		}
	})
}

// TestTimeoutOfHTTP2: an HTTP/2 connection does not tell why a request on it ended, be it
// silent from the start or in the midst of a body.
func TestTimeoutOfHTTP2(t *testing.T) {
	stuck := make(chan struct{})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			fmt.Fprint(w, "<rss>")
			w.(http.Flusher).Flush()
		}
		<-stuck
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	defer close(stuck)
	c := newClient(t, fetcher.Options{Timeout: 300 * time.Millisecond, Transport: s.Client().Transport})
	for _, path := range []string{"/head", "/body", "/head"} {
		_, err := c.Get(t.Context(), fetcher.Request{URL: s.URL + path})
		if fetcher.ReasonOf(err) != fetcher.ReasonTimeout {
			t.Errorf("%s: %v", path, err)
		}
	}
}
