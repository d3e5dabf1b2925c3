package daemon_test

import (
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/storage"
)

// TestDaemonPrunesByItself: a daemon that runs for weeks keeps what its retention
// says, and a little more at most, and what it forgot does not come back.
func TestDaemonPrunesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday, character{host: "both", lists: 1, schedule: `"@every 30m"`, every: time.Hour, serve: both})
		m.cfg.Retention = config.Retention{MaxAge: config.Duration(3 * day)}
		m.begin()
		m.until(10 * day)
		m.stop()
		store, err := storage.Open(m.file, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		n, oldest := 0, time.Now()
		for a, err := range store.Articles(storage.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if a.Seen.Before(oldest) {
				oldest = a.Seen
			}
		}
		src, err := store.Source("both0")
		if err != nil {
			t.Fatal(err)
		}
		if age := time.Since(oldest); n == 0 || age > 3*day+2*time.Hour || src.Articles <= uint64(n) {
			t.Errorf("%d articles of %d, the oldest was first seen %s ago", n, src.Articles, age)
		}
		if src.Articles > 10*24+30 {
			t.Errorf("%d articles were new of a list with one an hour: forgotten ones came back", src.Articles)
		}
		if src.Read.IsZero() || time.Since(src.Read) > 2*day {
			t.Errorf("the store was told %s what is listed", src.Read)
		}
		if err := store.Check(); err != nil {
			t.Error(err)
		}
	})
}

// TestRoundsTidyUp: where no daemon runs, rounds by hand or cron forget what retention
// says and put old articles in bundles, once an hour.
func TestRoundsTidyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, china+"retention: {max_age: 120h}\n")
		w.fetch()
		first := len(w.articles())
		if first < 100 {
			t.Fatalf("%d articles show nothing", first)
		}
		time.Sleep(4 * day)
		w.fetch()
		if n, err := w.store.Bundle(t.Context()); n != 0 || err != nil {
			t.Errorf("%d were left for the next time, %v", n, err)
		}
		if n := len(w.articles()); n != first {
			t.Errorf("%d articles, want %d", n, first)
		}
		time.Sleep(day - 30*time.Minute)
		w.fetch()
		time.Sleep(45 * time.Minute)
		w.fetch()
		if n := len(w.articles()); n != first {
			t.Errorf("%d articles within the hour, want %d", n, first)
		}
		time.Sleep(15 * time.Minute)
		w.fetch()
		if n := len(w.articles()); n != 0 {
			t.Errorf("%d articles are too old", n)
		}
		if err := w.store.Check(); err != nil {
			t.Error(err)
		}
	})
}
