package daemon

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/fetcher"
	"aggregator/storage"
)

// TestTidyEndsInTime: a store that is slow to tidy up holds up no round. The rest is for
// the next time, and no failure.
func TestTidyEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pause time.Duration
		store, err := storage.Open(filepath.Join(t.TempDir(), "a.db"), storage.Options{
			Authority: "x.example,2026",
			Now:       func() time.Time { time.Sleep(pause); return time.Now() }, // with each transaction
		})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		var log bytes.Buffer
		client, err := fetcher.NewClient(fetcher.Options{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := New(slog.New(slog.NewTextHandler(&log, nil)), &config.Config{}, client, store)
		if err != nil {
			t.Fatal(err)
		}
		d.tidy(t.Context()) // begins the hours
		pause = 1500 * time.Millisecond
		time.Sleep(pruneEvery)
		began := time.Now()
		d.tidy(t.Context())
		took := time.Since(began)
		if most := 2*tidyFor + 5*pause; took < tidyFor || took > most {
			t.Errorf("it took %s, want %s at most", took, most)
		}
		if log.Len() > 0 {
			t.Errorf("told %s", &log)
		}
		began = time.Now()
		if d.tidy(t.Context()); time.Since(began) > pause {
			t.Errorf("it is begun again at once, and took %s", time.Since(began))
		}
	})
}
