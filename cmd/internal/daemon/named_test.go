package daemon_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"aggregator/cmd/internal/daemon"
	"aggregator/storage"
)

// TestNamedTwice: a source that is named twice is fetched once, and does not wait for
// itself.
func TestNamedTwice(t *testing.T) {
	w := newWorld(t, `  - {name: a, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false}`)
	n := 0
	if err := w.Once(t.Context(), []string{"a", "a"}, daemon.Options{}, func(daemon.Report) { n++ }); err != nil || n != 1 || w.Sources([]string{"a", "a"}) != 1 {
		t.Errorf("%d reports, %v", n, err)
	}
}

// TestOrdersThatCross: sources of one site that are fetched in one order by a round, and
// in the other by another at the same time, do not wait for each other.
func TestOrdersThatCross(t *testing.T) {
	w := newWorld(t, `
  - {name: a, kind: feed, url: "http://feeds.example/a", full_text: false}
  - {name: b, kind: feed, url: "http://feeds.example/b", full_text: false}
`)
	w.transport(func(r *http.Request) string {
		return `<rss version="2.0"><channel><item><guid>` + r.URL.Path + time.Now().String() + `</guid><title>x</title></item></channel></rss>`
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for range 100 {
		var group sync.WaitGroup
		for _, names := range [][]string{{"a", "b"}, {"b", "a"}} {
			group.Go(func() {
				_ = w.Once(ctx, names, daemon.Options{Force: true}, func(r daemon.Report) {
					if r.Err != nil {
						t.Error(r.Err)
					}
				})
			})
		}
		group.Wait()
		if ctx.Err() != nil {
			t.Fatal("they wait for each other")
		}
	}
}

// TestStateUnreadable: a source whose record is damaged fails, says so once, and harms none
// that begins beside it.
func TestStateUnreadable(t *testing.T) {
	const sources = `
  - {name: a, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false}
  - {name: b, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false}
`
	w := newWorld(t, sources)
	w.fetch()
	file := filepath.Join(t.TempDir(), "damaged.db")
	copied, err := os.Create(file)
	if err == nil {
		err = errors.Join(w.store.Backup(copied), copied.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(file, 0o600, nil)
	if err == nil {
		err = db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("sources")).Put([]byte("a"), []byte{0xff}) })
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	w.open(sources, file)
	got := w.fetch()
	if err := got["a"].Err; !errors.Is(err, storage.ErrDamaged) || strings.Contains(err.Error(), "\n") {
		t.Errorf("a: %v", err)
	}
	if err := got["b"].Err; err != nil {
		t.Errorf("b: %v", err)
	}
}
