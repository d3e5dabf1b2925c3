package storage_test

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// growth are the sizes of store that are measured, ascending; GROWTH names others:
//
// Ids come in blocks of 20,000 that begin alike; sizes are to end as far into one,
// for it is in these blocks that ids are scattered.
//
//	GROWTH="10000 210000 1010000" go test -run - -bench Store -timeout 1h ./storage
func growth(b *testing.B) (sizes []int) {
	for _, text := range strings.Fields(cmp.Or(os.Getenv("GROWTH"), "10000 110000")) {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatalf("GROWTH: %v", err)
		}
		sizes = append(sizes, n)
	}
	return sizes
}

// BenchmarkStore does the same to stores of several sizes. A larger one is measured in
// turn with the smallest, and what it takes told as a multiple of what that takes: others
// may be at work on the machine.
func BenchmarkStore(b *testing.B) {
	var stores []*grown
	for i, size := range growth(b) {
		g := &grown{size: size, origin: newOrigin(), path: filepath.Join(b.TempDir(), fmt.Sprint(size, ".db"))}
		if i > 0 {
			stores[i-1].goOn(b, g)
		}
		g.open(b)
		defer g.close(b)
		g.grow(b)
		stores = append(stores, g)
	}
	for _, op := range []struct {
		name string
		time func(*grown, *testing.B) time.Duration
	}{{"insert50", (*grown).insert}, {"known50", (*grown).known}, {"newest50", (*grown).newest}, {"open", (*grown).reopen}} {
		for _, g := range stores {
			b.Run(fmt.Sprintf("%s/%d", op.name, g.size), func(b *testing.B) {
				written := storage.Written(g.Store)
				var took, least time.Duration
				for b.Loop() {
					took += op.time(g, b)
					if g != stores[0] {
						least += op.time(stores[0], b)
					}
				}
				b.ReportMetric(float64(took)/float64(b.N), "ns/op")
				if least > 0 {
					b.ReportMetric(took.Seconds()/least.Seconds(), "of-the-smallest")
				}
				if op.name == "insert50" {
					b.ReportMetric(g.bytesEach, "B/article")
					b.ReportMetric(float64(storage.Written(g.Store)-written)/1024/float64(b.N), "KB-written/op")
				}
			})
		}
	}
}

// grown is a store of a size.
type grown struct {
	*storage.Store
	*origin
	path      string
	size      int
	bytesEach float64
	ids       []article.Identity // of a batch that was stored, and its source
	source    string
}

func (g *grown) open(b *testing.B) {
	now := func() time.Time { return g.day.Add(time.Duration(g.n) * 90 * time.Second) }
	s, err := storage.Open(g.path, storage.Options{Authority: "example.net,2026", Now: now})
	if err != nil {
		b.Fatal(err)
	}
	g.Store = s
}

func (g *grown) close(b *testing.B) {
	if err := g.Store.Close(); err != nil {
		b.Fatal(err)
	}
}

// goOn has another store begin with what is in this one.
func (g *grown) goOn(b *testing.B, other *grown) {
	f, err := os.Create(other.path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := g.Backup(f); err != nil {
		b.Fatal(err)
	}
	o := *g.origin
	other.origin = &o
}

func (g *grown) grow(b *testing.B) {
	for g.n < g.size {
		g.insert(b)
		if g.n%1000 == 0 { // a daemon does so every hour
			if _, err := g.Bundle(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	info, err := os.Stat(g.path)
	if err != nil {
		b.Fatal(err)
	}
	g.bytesEach = float64(info.Size()) / float64(g.n)
}

func (g *grown) insert(b *testing.B) time.Duration {
	batch := g.batch()
	start := time.Now()
	if _, err := g.Add(batch); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	g.source, g.ids = batch.Source, nil
	for _, e := range batch.Entries {
		g.ids = append(g.ids, e.Identity)
	}
	return took
}

func (g *grown) known(b *testing.B) time.Duration {
	start := time.Now()
	if got, err := g.Sight(g.source, g.ids); err != nil || got[7].Standing != storage.Unchanged {
		b.Fatal(got, err)
	}
	return time.Since(start)
}

func (g *grown) newest(b *testing.B) time.Duration {
	start := time.Now()
	if got, err := g.Newest("新浪财经－7", storage.Window{Entries: 50}); err != nil || len(got) != 50 {
		b.Fatal(len(got), err)
	}
	return time.Since(start)
}

// reopen opens the file of which the kernel keeps nothing.
func (g *grown) reopen(b *testing.B) time.Duration {
	g.close(b)
	if out, err := exec.Command("dd", "if="+g.path, "iflag=nocache", "count=0", "status=none").CombinedOutput(); err != nil {
		b.Skipf("dd: %v: %s", err, out)
	}
	start := time.Now()
	g.open(b)
	return time.Since(start)
}
