package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aggregator/storage/postgres/postgrestest"
)

// BenchmarkNodes has one, two and three nodes fetch 600 feeds of 60 sites for the first
// time, and one daemon with a file. The sites answer after a fifth of a second, and each
// may make four requests at a time: more nodes fetch more where waiting is what takes
// time, while all share the cores of one machine with PostgreSQL and the sites.
//
//	go test -run - -bench Nodes -benchtime 1x ./cmd/aggregator
func BenchmarkNodes(b *testing.B) {
	b.Run("bbolt", func(b *testing.B) {
		for b.Loop() {
			benchNodes(b, 1, func() string { return filepath.Join(b.TempDir(), "a.db") })
		}
	})
	for _, nodes := range []int{1, 2, 3} {
		b.Run(fmt.Sprint(nodes, " nodes"), func(b *testing.B) {
			server := postgrestest.Start(b)
			for b.Loop() {
				benchNodes(b, nodes, server.Database)
			}
		})
	}
}

func benchNodes(b *testing.B, nodes int, database func() string) {
	const feeds, sites = 600, 60
	var fetched sync.Map
	var count atomic.Int64
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(200 * time.Millisecond)
		if !strings.HasPrefix(r.URL.Path, "/feed/") {
			http.NotFound(w, r)
			return
		}
		if _, again := fetched.LoadOrStore(r.URL.Path, true); !again {
			count.Add(1)
		}
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>%[1]s</title>`, r.URL.Path)
		for i := range 10 {
			fmt.Fprintf(w, `<item><guid isPermaLink="false">%[1]s-%[2]d</guid><title>news %[2]d of %[1]s</title><link>http://news.example%[1]s/%[2]d</link><description>%[3]s</description></item>`,
				r.URL.Path, i, strings.Repeat(fmt.Sprintf("words %d of %s, ", i, r.URL.Path), 20))
		}
		fmt.Fprint(w, `</channel></rss>`)
	})
	var urls []string
	for range sites {
		srv := httptest.NewServer(handler)
		defer srv.Close()
		urls = append(urls, srv.URL)
	}
	dir, url := b.TempDir(), database()
	var sources strings.Builder
	for n := range feeds {
		fmt.Fprintf(&sources, "  - {name: feed-%d, kind: feed, url: \"%s/feed/%d\", full_text: false, categories: [news]}\n", n, urls[n%sites], n)
	}
	var running []*exec.Cmd
	began := time.Now()
	for i := range nodes {
		config := filepath.Join(dir, fmt.Sprint(i, ".yaml"))
		text := fmt.Sprintf("listen: 127.0.0.1:0\ncontrol: %s/%d.sock\ndatabase: %q\nfetch: {allow_private: [127.0.0.0/8], concurrency: 4, per_host: {concurrency: 2, interval: 0s}}\nsources:\n%s", dir, i, url, &sources)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command("aggregator", "--config", config, "--log-level", "error", "serve")
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		running = append(running, cmd)
	}
	for count.Load() < feeds {
		time.Sleep(10 * time.Millisecond)
		if time.Since(began) > 5*time.Minute {
			b.Fatalf("%d of %d fetched", count.Load(), feeds)
		}
	}
	took := time.Since(began)
	cpu := time.Duration(0)
	for _, cmd := range running {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	b.ReportMetric(feeds/took.Seconds(), "sources/s")
	b.ReportMetric(float64(cpu.Microseconds())/feeds, "cpu-µs/source")
	b.ReportMetric(0, "ns/op")
}
