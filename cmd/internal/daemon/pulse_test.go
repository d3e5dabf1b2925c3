package daemon_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/storage"
)

// TestAlive: the scheduler goes round though nothing is due for a year, and when it
// ceases to, that is found out.
func TestAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `  - {name: a, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false, schedule: "@yearly"}`)
		if err := w.Alive(); err != nil {
			t.Errorf("before it began: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		time.Sleep(time.Hour)
		if err := w.Alive(); err != nil {
			t.Errorf("while it runs: %v", err)
		}
		cancel()
		<-ended
		time.Sleep(3 * time.Minute)
		if err := w.Alive(); err == nil || !strings.Contains(err.Error(), "the scheduler stands still since 20") {
			t.Errorf("after it ended: %v", err)
		}
		w.store.Close()
	})
}

// TestTally counts a source that is in trouble, and one that was.
func TestTally(t *testing.T) {
	w := newWorld(t, `
  - {name: a, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false}
  - {name: b, kind: feed, url: "http://feeds.example/site/2/rss.xml", full_text: false}
  - {name: c, kind: feed, url: "http://feeds.example/site/3/rss.xml", enabled: false}
`)
	for _, c := range []storage.Condition{{Source: "a", State: "failing"}, {Source: "b", State: "silent"}, {Source: "b", State: "ok"}, {Source: "c", State: "failing"}} {
		if _, err := w.store.PutCondition(c); err != nil {
			t.Fatal(err)
		}
	}
	tally, err := w.Tally()
	if got, want := tally.String(), "2 sources, 1 in trouble, 0 articles"; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
