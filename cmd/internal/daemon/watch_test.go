package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// linkDown checks since when our own link is known to be down; 0 and 0 for not.
func (m *month) linkDown(from, to time.Duration) {
	m.Helper()
	o, err := m.daemon.Overview()
	if err != nil {
		m.Fatal(err)
	}
	down := o.LinkDown.Sub(m.start)
	if known := !o.LinkDown.IsZero(); known != (to > 0) || known && (down < from || down > to) {
		m.Errorf("after %s: the link is down since %s", time.Since(m.start), down)
	}
}

// TestReady: a daemon is ready when its scheduler has run, and no more when that or
// the store stands still.
func TestReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, china)
		told := func() string {
			if err := w.Ready(); err != nil {
				return err.Error()
			}
			return "ready"
		}
		if got := told(); !strings.Contains(got, "not run yet") {
			t.Errorf("before the start: %s", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		for range 100 {
			time.Sleep(time.Minute)
			if got := told(); got != "ready" {
				t.Errorf("after the start: %s", got)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		time.Sleep(4 * time.Minute)
		if got := told(); !strings.Contains(got, "stands still since") {
			t.Errorf("after the end: %s", got)
		}
	})
}

// TestClosedStoreIsNotReady: the reason is told.
func TestClosedStoreIsNotReady(t *testing.T) {
	w := newWorld(t, china)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	for w.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
	w.store.Close()
	time.Sleep(1100 * time.Millisecond) // as long as an answer is good for
	if err := w.Ready(); err == nil || !strings.Contains(err.Error(), "store") {
		t.Errorf("told %v", err)
	}
}

// TestHours: each article is in the hour in which it came, with its age then, and each
// failure in its own; old ones that a new source lists are left out.
func TestHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Now().Truncate(time.Hour).Add(90 * time.Minute)))
		w := newWorld(t, "\n  - {name: broken, kind: feed, url: \"https://broken.example/\"}\n  - {name: off, kind: feed, url: \"https://off.example/\", enabled: false}\n")
		w.net = roundTrip(func(r *http.Request) *http.Response {
			return &http.Response{StatusCode: 500, Header: http.Header{}, Body: http.NoBody, Request: r}
		})
		n := 0
		come := func(ages ...time.Duration) {
			for _, age := range ages {
				n++
				key := fmt.Sprint("k", n)
				e := storage.Entry{Identity: article.Identity{Keys: []string{key}, Name: key, Print: 1}, Article: article.Article{Title: key, Published: time.Now().Add(-age)}}
				if _, err := w.store.Add(storage.Batch{Source: "s", Entries: []storage.Entry{e}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		come(time.Minute) // too long ago when it is looked at
		time.Sleep(48 * time.Hour)
		come(time.Minute, 2*time.Minute, 3*time.Minute, 4*time.Minute, time.Hour, 6*24*time.Hour, -time.Minute)
		w.fetch()
		time.Sleep(2 * time.Hour)
		come(10 * time.Minute)
		w.fetch()
		w.fetch()
		hours, err := w.Hours()
		if err != nil || len(hours) != 48 {
			t.Fatalf("%d hours, %v", len(hours), err)
		}
		for i, h := range hours {
			want := daemon.Hour{Begin: hours[0].Begin.Add(time.Duration(i) * time.Hour)}
			switch i {
			case 45:
				want.Articles, want.Half, want.Most, want.Failures = 6, 2*time.Minute, time.Hour, 1
			case 47:
				want.Articles, want.Half, want.Most, want.Failures = 1, 10*time.Minute, 10*time.Minute, 2
			}
			if h != want {
				t.Errorf("hour %d: %+v, want %+v", i, h, want)
			}
		}
		if now := time.Now(); hours[47].Begin.After(now) || now.Sub(hours[47].Begin) >= time.Hour {
			t.Errorf("the last hour begins at %s", hours[47].Begin)
		}
	})
}

// TestOverviewIsShared: who asks again within seconds gets what was found, and later
// what is so then.
func TestOverviewIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, china)
		look := func() *daemon.Overview {
			o, err := w.Overview()
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		first := look()
		w.fetch()
		if second := look(); second != first || second.States["new"] != 1 {
			t.Errorf("at once: %+v", second)
		}
		time.Sleep(5 * time.Second)
		if o := look(); o.States["ok"] != 1 || o.Articles == 0 || o.Bytes == 0 || o.Newest.IsZero() || o.Started.IsZero() {
			t.Errorf("later: %+v", o)
		}
	})
}

// TestAnswerRepeatsSecrets: what a host repeats of what it was asked with is neither
// logged, nor stored, nor shown.
func TestAnswerRepeatsSecrets(t *testing.T) {
	cfg, err := config.Parse("config.yaml", []byte(`
fetch: {per_host: {interval: 0s}}
sources:
  - name: api
    kind: json
    url: "https://reader:pass-word-1@api.example/{token}/{desk}?api_key=hunter2"
    params: {token: "path/5ecret", desk: money}
    headers: {Authorization: "Bearer head3r", X-Id: abc}
    fail: .error
    items: .items
    fields: {id: .id, title: .title}
`))
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(filepath.Join(t.TempDir(), "a.db"), storage.Options{Authority: "feeds.example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	const answer = `{"error": "unknown key hunter2 of reader with pass-word-1, Bearer head3r, path/5ecret at path%2F5ecret, money"}`
	client, err := fetcher.NewClient(fetcher.Options{Transport: roundTrip(func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}
	})})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	d, err := daemon.New(slog.New(slog.NewTextHandler(&log, nil)), cfg, client, store)
	if err != nil {
		t.Fatal(err)
	}
	report := ""
	for range 3 {
		if err := d.Once(t.Context(), nil, daemon.Options{}, func(r daemon.Report) { report = fmt.Sprint(r.Err) }); err != nil {
			t.Fatal(err)
		}
	}
	list, err := d.Status()
	if err != nil {
		t.Fatal(err)
	}
	changes, err := d.Changes(10)
	if err != nil || len(changes) != 1 {
		t.Fatalf("%+v, %v", changes, err)
	}
	probe, err := d.Probe(t.Context(), "api", 0)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"report": report, "probe": fmt.Sprint(probe.Err),
		"log": log.String(), "error": list[0].Error, "health": list[0].Health.Text, "url": list[0].URL, "condition": changes[0].Text,
	} {
		for _, secret := range []string{"hunter2", "pass-word-1", "head3r", "5ecret"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s", what, text)
			}
		}
		if !strings.Contains(text, "money") {
			t.Errorf("%s tells nothing: %s", what, text)
		}
	}
}
