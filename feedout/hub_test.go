package feedout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// hubStub is a hub that answers with statuses, 0 being no answer, and keeps when it
// was told of what.
type hubStub struct {
	statuses []int // the next answers; then 202
	start    time.Time
	mu       sync.Mutex
	told     []string
	secret   string
	after    string // Retry-After of what is no success
	fails    string // a path that it always answers with 500
}

func (s *hubStub) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(content))
	_, s.secret, _ = r.BasicAuth()
	path := strings.TrimPrefix(form.Get("hub.url"), "https://feeds.example.net")
	s.told = append(s.told, fmt.Sprintf("%s %s %s", time.Since(s.start), form.Get("hub.mode"), path))
	status := http.StatusAccepted
	if len(s.statuses) > 0 {
		status, s.statuses = s.statuses[0], s.statuses[1:]
	}
	if path == s.fails {
		status = http.StatusInternalServerError
	}
	if status == 0 {
		return nil, errors.New("unreachable")
	}
	header := http.Header{}
	if s.after != "" && status >= 400 {
		header.Set("Retry-After", s.after)
	}
	return &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: r}, nil
}

// heard is what it was told so far, a line each.
func (s *hubStub) heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.told, "\n")
}

// TestHub: changes that come together are told once, when they can be read, and
// again while the hub does not take them; nothing that shows nothing new is.
func TestHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		load := &numbered{}
		p := New(load, Options{Formats: []string{"atom"}})
		stub := &hubStub{start: time.Now()}
		var log bytes.Buffer
		h := &Hub{Publisher: p, URL: "https://me:hush@hub.example/?token=hush2", Client: &http.Client{Transport: stub}, Log: slog.New(slog.NewTextHandler(&log, nil))}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { h.Run(ctx); close(done) }()
		change := func(slugs ...string) {
			load.number.Add(1)
			p.Changed(slugs...)
			h.Changed(slugs...)
		}
		is := func(want ...string) {
			t.Helper()
			synctest.Wait()
			if !slices.Equal(stub.told, want) {
				t.Errorf("got %q, want %q", stub.told, want)
			}
			stub.told, stub.start = nil, time.Now()
		}
		const topic = " publish /feeds/finance.atom"
		for range 3 { // batches of one cycle
			change("finance")
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		is("5s" + topic)
		h.Changed("finance") // but nothing did
		time.Sleep(time.Minute)
		is()
		stub.statuses = []int{0, 503, 429, 202}
		change("finance")
		time.Sleep(2 * time.Minute)
		is("5s"+topic, "15s"+topic, "35s"+topic, "1m15s"+topic)
		stub.statuses = []int{404} // it does not want this topic
		change("finance")
		time.Sleep(time.Hour)
		is("5s" + topic)
		change("finance")
		time.Sleep(time.Minute)
		is("5s" + topic)
		// A hub that is away for long: it is asked hourly, and told of the
		// newest state once.
		stub.statuses = make([]int, 12)
		change("finance")
		for range 200 {
			time.Sleep(time.Minute)
			change("finance")
		}
		synctest.Wait()
		if n := len(stub.told); n < 9 || n > 12 {
			t.Errorf("told %d times within 200 minutes: %q", n, stub.told)
		}
		if stub.secret != "hush" || strings.Contains(log.String(), "hush") {
			t.Errorf("the secret %q, the log %s", stub.secret, log.String())
		}
		cancel()
		<-done
	})
}

// TestHubFailsAtOneTopic: the others are told all the same.
func TestHubFailsAtOneTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		load := &numbered{}
		stub := &hubStub{start: time.Now(), fails: "/feeds/all.atom"}
		h := &Hub{Publisher: New(load, Options{Formats: []string{"atom"}}), URL: "https://hub.example/", Client: &http.Client{Transport: stub}, Log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { h.Run(ctx); close(done) }()
		load.number.Add(1)
		h.Publisher.Changed("all", "finance")
		h.Changed("all", "finance")
		time.Sleep(7 * time.Second)
		synctest.Wait()
		if told := stub.heard(); !strings.Contains(told, "/feeds/finance.atom") {
			t.Errorf("told: %s", told)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if told := stub.heard(); strings.Count(told, "/feeds/finance.atom") != 1 || strings.Count(told, "/feeds/all.atom") < 2 {
			t.Errorf("told: %s", told)
		}
		cancel()
		<-done
	})
}

// TestHubRests: a hub that asks to be left alone is, with all topics, as long as it
// asks for, but not for ever.
func TestHubRests(t *testing.T) {
	for _, tt := range []struct {
		status int
		after  string
		want   string // when it is told of two topics, in vain at first
	}{
		{429, "120", "0s 2m0s 2m0s"},
		{503, "3600", "0s 1h0m0s 1h0m0s"},
		{503, "Sat, 01 Jan 2000 02:00:05 GMT", "0s 2h0m0s 2h0m0s"},
		{503, "99999999999999999999", "0s 24h0m0s 24h0m0s"},
		{503, "5", "0s 10s 10s"},
		{429, "-1", "0s 10s 10s"},
		{503, "soon", "0s 0s 10s"}, // it failed at a topic
		{503, "Fri, 31 Dec 1999 00:00:00 GMT", "0s 0s 10s"},
	} {
		synctest.Test(t, func(t *testing.T) { // it starts at the turn of 2000
			stub := &hubStub{start: time.Now().Add(5 * time.Second), statuses: []int{tt.status}, after: tt.after}
			h := &Hub{Publisher: New(&numbered{}, Options{Formats: []string{"atom"}}), URL: "https://hub.example/", Client: &http.Client{Transport: stub}, Log: slog.New(slog.DiscardHandler)}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { h.Run(ctx); close(done) }()
			h.Changed("all", "finance")
			time.Sleep(25 * time.Hour)
			synctest.Wait()
			var got []string
			for _, told := range stub.told {
				at, _, _ := strings.Cut(told, " ")
				got = append(got, at)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%d, Retry-After %q: told at %q, want %s", tt.status, tt.after, got, tt.want)
			}
			cancel()
			<-done
		})
	}
}

// TestHubRestsOverReload: a hub that asked to be left alone still is when another
// generation takes over, which then waits no longer than was asked for.
func TestHubRestsOverReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := &hubStub{start: time.Now().Add(5 * time.Second), statuses: []int{503}, after: "3600"}
		publisher := New(&numbered{}, Options{Formats: []string{"atom"}})
		run := func(h *Hub, d time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			h.Run(ctx)
		}
		var before *Hub
		for range 3 {
			h := &Hub{Publisher: publisher, URL: "https://hub.example/", Client: &http.Client{Transport: stub}, Log: slog.New(slog.DiscardHandler)}
			if before != nil {
				h.Follow(before)
			}
			h.Changed("finance")
			run(h, 25*time.Minute)
			before = h
		}
		var got []string
		for _, told := range stub.told {
			at, _, _ := strings.Cut(told, " ")
			got = append(got, at)
		}
		if strings.Join(got, " ") != "0s 1h0m0s" {
			t.Errorf("told at %q", got)
		}
	})
}
