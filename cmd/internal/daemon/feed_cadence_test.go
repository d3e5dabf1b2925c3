package daemon_test

import (
	"testing"
	"time"
)

func TestCadence(t *testing.T) {
	w := newWorld(t, `
  - {name: often, kind: feed, url: "http://a.example/", categories: [a], schedule: "@every 3m"}
  - {name: daily, kind: feed, url: "http://b.example/", categories: [b], schedule: "0 8 * * *"}
`)
	for slug, want := range map[string]time.Duration{"all": 3 * time.Minute, "source/often": 3 * time.Minute, "source/daily": time.Hour} {
		f, err := w.Feeds().Feed(t.Context(), slug)
		if err != nil || f.Cadence != want {
			t.Errorf("%s: got %v, %v, want %s", slug, f, err, want)
		}
	}
}
