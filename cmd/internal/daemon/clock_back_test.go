package daemon_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestClockSetBackDuringARequest: a clock that is set back while a request is under way
// does not make the scheduler sleep for as long as it was set back.
func TestClockSetBackDuringARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `  - {name: a, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false}`)
		var back atomic.Int64
		w.Now = func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }
		w.net = roundTrip(func(r *http.Request) *http.Response {
			time.Sleep(30 * time.Second)
			back.Store(int64(3 * time.Hour))
			return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		for range 30 {
			time.Sleep(time.Minute)
			if err := w.Alive(); err != nil {
				t.Error(err)
				break
			}
		}
		if back.Load() == 0 {
			t.Error("nothing was asked for")
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		w.store.Close()
	})
}
