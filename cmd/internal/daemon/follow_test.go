package daemon_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
)

// slowly answers every request after twenty seconds, each minute with one item
// more, and notes when it was asked for what.
type slowly struct {
	mu    sync.Mutex
	asked map[string][]time.Time // by host
	cut   int
}

func (s *slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked[r.URL.Host] = append(s.asked[r.URL.Host], time.Now())
	s.mu.Unlock()
	select {
	case <-time.After(20 * time.Second):
	case <-r.Context().Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		s.cut++
		return nil, r.Context().Err()
	}
	body := fmt.Sprintf(`<rss version="2.0"><channel><title>t</title><item><guid>%s %d</guid><title>Item</title><description>words</description></item></channel></rss>`, r.URL.Host, time.Now().Unix()/60)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// within counts how often a host was asked between two times.
func (s *slowly) within(host string, from, to time.Time) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.asked[host] {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	return n
}

// follow makes the daemon of another configuration that follows one.
func follow(t testing.TB, d *daemon.Daemon, net http.RoundTripper, yaml string) *daemon.Daemon {
	t.Helper()
	cfg, err := config.Parse("config.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	client, err := fetcher.NewClient(fetcher.Options{Transport: net})
	if err != nil {
		t.Fatal(err)
	}
	next, err := d.Follow(cfg, client)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// TestFollow: a daemon that takes over with another configuration interrupts no
// fetch, makes none twice, and is due by the new schedules at once.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := &slowly{asked: map[string][]time.Time{}}
		w := newWorld(t, `
  - {name: kept, kind: feed, url: "https://kept.example/feed", schedule: "*/10 * * * *", full_text: false}
  - {name: changed, kind: feed, url: "https://changed.example/feed", schedule: "0 */6 * * *", full_text: false}
  - {name: gone, kind: feed, url: "https://gone.example/feed", schedule: "*/10 * * * *", full_text: false}
`)
		w.net = net
		ended := make(chan error, 2)
		ctx, cancel := context.WithCancel(t.Context())
		run := func(d *daemon.Daemon) { go func() { ended <- d.Run(ctx) }() }
		run(w.Daemon)
		time.Sleep(time.Hour)
		// In the middle of a fetch.
		for synctest.Wait(); net.within("kept.example", time.Now().Add(-5*time.Second), time.Now().Add(1)) == 0; synctest.Wait() {
			time.Sleep(time.Second)
		}
		at := time.Now()
		next := follow(t, w.Daemon, w, `
site: {tag_authority: "feeds.example.net,2026"}
fetch: {full_text: false}
sources:
  - {name: kept, kind: feed, url: "https://kept.example/feed", schedule: "*/10 * * * *"}
  - {name: changed, kind: feed, url: "https://changed.example/feed", schedule: "*/10 * * * *"}
  - {name: new, kind: feed, url: "https://new.example/feed", schedule: "*/10 * * * *"}
`)
		run(next)
		w.Retire()
		if err := <-ended; err != nil || time.Since(at) > 25*time.Second {
			t.Errorf("the first daemon ended %s later, %v", time.Since(at), err)
		}
		time.Sleep(time.Until(at.Add(30 * time.Minute)))
		cut := net.cut
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for host, want := range map[string][2]int{"kept.example": {3, 3}, "changed.example": {3, 4}, "gone.example": {0, 0}, "new.example": {3, 4}} {
			if n := net.within(host, at, at.Add(30*time.Minute)); n < want[0] || n > want[1] {
				t.Errorf("%s was asked %d times in half an hour, want %d to %d", host, n, want[0], want[1])
			}
		}
		if n := net.within("changed.example", at, at.Add(time.Minute)); n != 1 {
			t.Errorf("one with a denser schedule was asked %d times in the first minute", n)
		}
		if n := net.within("kept.example", at.Add(-5*time.Second), at.Add(time.Minute)); n != 1 || cut != 0 {
			t.Errorf("a fetch under way was made %d times, %d interrupted", n, cut)
		}
	})
}

// TestMendedAddress: a source that was left alone for its address is asked at once at
// another.
func TestMendedAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "\n  - {name: site, kind: feed, url: \"https://site.example/old\", full_text: false}\n")
		asked := 0
		w.net = roundTrip(func(r *http.Request) *http.Response {
			if r.URL.Path == "/old" {
				return &http.Response{StatusCode: http.StatusGone, Header: http.Header{}, Body: http.NoBody, Request: r}
			}
			asked++
			return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r,
				Body: io.NopCloser(strings.NewReader(`<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>a</title></item></channel></rss>`))}
		})
		w.fetch()
		next := follow(t, w.Daemon, w, "sources:\n  - {name: site, kind: feed, url: \"https://site.example/new\", full_text: false}\n")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := next.Run(ctx); err != nil || asked != 1 {
			t.Errorf("the new address was asked %d times within a minute, %v", asked, err)
		}
	})
}
