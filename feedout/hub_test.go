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
	"testing"
	"testing/synctest"
	"time"
)

// hubStub is a hub that answers with statuses, 0 being no answer, and keeps when it
// was told of what.
type hubStub struct {
	statuses []int // the next answers; then 202
	start    time.Time
	told     []string
	secret   string
	fails    string // a path that it always answers with 500
}

func (s *hubStub) RoundTrip(r *http.Request) (*http.Response, error) {
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
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
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
		if told := strings.Join(stub.told, "\n"); !strings.Contains(told, "/feeds/finance.atom") {
			t.Errorf("told: %s", told)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if told := strings.Join(stub.told, "\n"); strings.Count(told, "/feeds/finance.atom") != 1 || strings.Count(told, "/feeds/all.atom") < 2 {
			t.Errorf("told: %s", told)
		}
		cancel()
		<-done
	})
}
