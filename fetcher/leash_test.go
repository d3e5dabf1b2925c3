package fetcher_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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

// TestTimeoutInWaitingForAPlace: a body that brings much after it stepped aside needs a
// place. If there is none until its time is over, that is a timeout.
func TestTimeoutInWaitingForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, fetcher.Options{Concurrency: 1, Timeout: 5 * time.Second, Transport: roundTrip(func(r *http.Request) *http.Response {
			time.Sleep(1500 * time.Millisecond)
			res := answer(http.StatusOK, nil)
			res.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", 100<<10)))
			return res
		})})
		var both sync.WaitGroup
		defer both.Wait()
		both.Go(func() {
			_, err := c.Get(t.Context(), fetcher.Request{URL: "https://a.example/", Use: func(*fetcher.Document) { time.Sleep(time.Minute) }})
			if err != nil {
				t.Error(err)
			}
		})
		time.Sleep(200 * time.Millisecond)
		if _, err := c.Get(t.Context(), fetcher.Request{URL: "https://b.example/"}); fetcher.ReasonOf(err) != fetcher.ReasonTimeout {
			t.Errorf("%v, %s", err, fetcher.ReasonOf(err))
		}
	})
}

// TestUnchangedByEitherProtocol: requests that are answered 304 have a context in common.
// What was given back after the client was closed ends, though its caller goes on.
func TestUnchangedByEitherProtocol(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) }))
		s.EnableHTTP2 = http2
		s.StartTLS()
		defer s.Close()
		var asked []context.Context
		var c *fetcher.Client
		c = newClient(t, fetcher.Options{Transport: asking(func(r *http.Request) (*http.Response, error) {
			if asked = append(asked, r.Context()); len(asked) == 10 {
				c.Close()
			}
			return s.Client().Transport.RoundTrip(r)
		})})
		for range 10 {
			if _, err := c.Get(t.Context(), fetcher.Request{URL: s.URL, Validators: fetcher.Validators{URL: s.URL, ETag: `"a"`}}); err != nil {
				t.Fatal(err)
			}
		}
		for n, ctx := range asked {
			if ctx != asked[0] {
				t.Errorf("HTTP/2 %t: request %d has a context of its own", http2, n)
			}
		}
		if asked[0].Err() == nil {
			t.Errorf("HTTP/2 %t: it goes on after the client was closed", http2)
		}
	}
}

type asking func(*http.Request) (*http.Response, error)

func (f asking) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

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
