package daemon_test

import (
	"context"
	"testing"

	"aggregator/cmd/internal/daemon"
)

// BenchmarkCycle is one cycle of a roll list: 50 new items with their pages,
// 50 items that are all known while the answer differs, and an answer that
// says the same as the last. Fetching goes through memory; the store syncs.
func BenchmarkCycle(b *testing.B) {
	once := func(b *testing.B, w *world, check func(daemon.Report) bool) {
		b.Helper()
		err := w.Once(context.Background(), nil, daemon.Options{}, func(r daemon.Report) {
			if r.Err != nil || !check(r) {
				b.Fatalf("%+v", r)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			w := newWorld(b, china+"    max_pages: 1\n")
			b.StartTimer()
			once(b, w, func(r daemon.Report) bool { return r.New == 50 && r.Pages == 50 })
		}
	})
	b.Run("known", func(b *testing.B) {
		w := newWorld(b, china+"    max_pages: 1\n")
		once(b, w, func(r daemon.Report) bool { return r.New == 50 })
		for b.Loop() {
			err := w.Once(context.Background(), nil, daemon.Options{Force: true}, func(r daemon.Report) {
				if r.Err != nil || r.New+r.Pages != 0 || r.Items != 50 {
					b.Fatalf("%+v", r)
				}
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("same", func(b *testing.B) {
		w := newWorld(b, china+"    max_pages: 1\n")
		once(b, w, func(r daemon.Report) bool { return r.New == 50 })
		for b.Loop() {
			once(b, w, func(r daemon.Report) bool { return r.NotModified })
		}
	})
	b.Run("304", func(b *testing.B) {
		w := newWorld(b, "\n  - {name: site, kind: feed, url: \"http://site1.example/rss.xml\"}\n")
		once(b, w, func(r daemon.Report) bool { return r.New > 0 })
		for b.Loop() {
			once(b, w, func(r daemon.Report) bool { return r.NotModified })
		}
	})
}
