package fetcher_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/fetcher"
)

// dripping is a body that brings so many bytes a second, for ever.
type dripping struct {
	ctx context.Context
	n   int
}

func (d dripping) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		return copy(p, strings.Repeat("x", d.n)), nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

// raise makes the most that was seen at least n, whoever else counts at the time.
func raise(most *atomic.Int32, n int32) {
	for seen := most.Load(); seen < n && !most.CompareAndSwap(seen, n); seen = most.Load() {
	}
}

// TestStuckHostsKeepNobodyWaiting: however many hosts are silent or drip, the
// others are fetched within seconds, though more wait than requests are allowed.
func TestStuckHostsKeepNobodyWaiting(t *testing.T) {
	for _, drip := range []int{0, 1, 2000} {
		synctest.Test(t, func(t *testing.T) {
			var atOnce, most atomic.Int32
			c := newClient(t, fetcher.Options{Concurrency: 16, Transport: roundTrip(func(r *http.Request) *http.Response {
				res := answer(http.StatusOK, nil)
				switch {
				case strings.HasPrefix(r.URL.Host, "well"):
					time.Sleep(100 * time.Millisecond)
				case drip > 0:
					res.Body = io.NopCloser(dripping{r.Context(), drip})
				default:
					raise(&most, atOnce.Add(1))
					<-r.Context().Done()
					atOnce.Add(-1)
				}
				return res
			})})
			var stuck, well sync.WaitGroup
			start := time.Now()
			get := func(host string) error {
				_, err := c.Get(t.Context(), fetcher.Request{URL: "https://" + host + ".example/"})
				return err
			}
			for n := range 64 {
				stuck.Go(func() { get(fmt.Sprintf("stuck%d", n)) })
			}
			synctest.Wait()
			for n := range 100 {
				well.Go(func() {
					if err := get(fmt.Sprintf("well%d", n)); err != nil {
						t.Error(err)
					}
				})
			}
			well.Wait()
			if took := time.Since(start); took > 6*time.Second {
				t.Errorf("%d bytes a second: the others took %s", drip, took)
			}
			stuck.Wait()
			if took := time.Since(start); took > 40*time.Second {
				t.Errorf("%d bytes a second: the last gave up after %s", drip, took)
			}
			if drip == 0 && most.Load() != 64 {
				t.Errorf("%d stuck at a time", most.Load())
			}
		})
	}
}

// TestDocumentsAtATime: those who stood aside come back one by one, so that there
// are never more documents than twice the requests that are allowed.
func TestDocumentsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, fetcher.Options{Concurrency: 2, Transport: roundTrip(func(r *http.Request) *http.Response {
			time.Sleep(5 * time.Second)
			return answer(http.StatusOK, nil)
		})})
		var atOnce, most atomic.Int32
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				_, err := c.Get(t.Context(), fetcher.Request{URL: fmt.Sprintf("https://slow%d.example/", n), Use: func(*fetcher.Document) {
					raise(&most, atOnce.Add(1))
					time.Sleep(3 * time.Second)
					atOnce.Add(-1)
				}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() > 4 {
			t.Errorf("%d documents at a time", most.Load())
		}
	})
}

// TestOnlySoManyStandAside: without end is nobody's patience.
func TestOnlySoManyStandAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var atOnce, most atomic.Int32
		c := newClient(t, fetcher.Options{Concurrency: 2, Transport: roundTrip(func(r *http.Request) *http.Response {
			raise(&most, atOnce.Add(1))
			defer atOnce.Add(-1)
			<-r.Context().Done()
			return answer(http.StatusOK, nil)
		})})
		var all sync.WaitGroup
		for n := range 200 {
			all.Go(func() {
				c.Get(t.Context(), fetcher.Request{URL: fmt.Sprintf("https://stuck%d.example/", n)})
			})
		}
		all.Wait()
		if most.Load() != 34 {
			t.Errorf("%d at a time, want 2 and 16 aside for each", most.Load())
		}
	})
}
