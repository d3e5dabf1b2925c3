package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// cost is what a process took.
type cost struct {
	cpu  time.Duration // user and system
	wall time.Duration
	peak int64 // KB of memory that it had at most,
	own  int64 // and without what is mapped of files: the program itself, and a store
}

// spend runs a process to its end.
func spend(name string, args ...string) (c cost, out string, err error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return c, "", err
	}
	ended, own := make(chan struct{}), make(chan int64)
	go func() { own <- watch(cmd.Process.Pid, ended) }()
	err = cmd.Wait()
	close(ended)
	c.own, c.wall = <-own, time.Since(start)
	if err != nil {
		return c, "", errors.Join(err, errors.New(stdout.String()+stderr.String()))
	}
	use := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	c.cpu, c.peak = time.Duration(use.Utime.Nano()+use.Stime.Nano()), use.Maxrss
	return c, stdout.String(), nil
}

// watch is the most memory, in KB, that a process had of its own, looked at now and then.
func watch(pid int, ended <-chan struct{}) (most int64) {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ended:
			return most
		case <-look.C:
		}
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may just have ended
		for line := range strings.Lines(string(status)) {
			var size int64
			if _, err := fmt.Sscanf(line, "RssAnon: %d kB", &size); err == nil {
				most = max(most, size)
			}
		}
	}
}

// floor runs a floor on the feeds of an edition; tag says whether it has them.
func (b *bench) floor(name string, o *origin, e edition, tag string) (cost, error) {
	file := filepath.Join(b.dir, "floor.db")
	defer os.Remove(file)
	c, _, err := spend(b.self, "floor", name, o.url, fmt.Sprint(e.Feeds+e.Lists), tag, file)
	return c, err
}

// outcome is what a fetch of all sources is to bring.
type outcome struct{ sources, items, fresh int }

// started is ours without what it costs to start: what one source costs of as many is
// taken away.
func (b *bench) started(want outcome) (cost, error) {
	start, _, err := spend(b.program, "--config", b.config(), "fetch", "--once", "--json", "feed-0")
	if err != nil {
		return start, err
	}
	c, err := b.ours(want)
	c.cpu -= start.cpu
	return c, err
}

// ours fetches all sources once.
func (b *bench) ours(want outcome) (cost, error) {
	c, out, err := spend(b.program, "--config", b.config(), "fetch", "--once", "--json")
	if err != nil {
		return c, err
	}
	var got outcome
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var r struct{ Items, New int }
		if err := dec.Decode(&r); err != nil {
			return c, err
		}
		got.sources, got.items, got.fresh = got.sources+1, got.items+r.Items, got.fresh+r.New
	}
	if got != want {
		err = fmt.Errorf("fetch brought %+v, not %+v", got, want)
	}
	return c, err
}

func (b *bench) config() string   { return filepath.Join(b.dir, "config.yaml") }
func (b *bench) database() string { return filepath.Join(b.dir, "ours.db") }

// fresh begins anew: no store, and a configuration of these sources.
func (b *bench) fresh(sources string) error {
	if err := os.Remove(b.database()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(b.config(), []byte("database: "+b.database()+`
site: {tag_authority: "measure.example,2026"}
fetch:
  concurrency: 16
  per_host: {concurrency: 16, interval: 0s}
  allow_private: [127.0.0.0/8]
sources:
`+sources), 0o644)
}

// feeds are the sources of an origin's feeds.
func (o *origin) feeds(e edition) string {
	var b strings.Builder
	for i := range e.Feeds {
		fmt.Fprintf(&b, "  - {name: feed-%d, kind: feed, url: \"%[3]s/feed/%[1]d\", full_text: false, categories: [新闻, 栏目 %[2]d]}\n", i, i%20, o.url)
	}
	return b.String()
}

// pair is the cost of a floor and of ours, one after the other.
type pair struct{ floor, ours cost }

// middle is the pair whose ratio of CPU is the median.
func middle(pairs []pair) pair {
	sorted := slices.SortedFunc(slices.Values(pairs), func(a, b pair) int { return cmp.Compare(a.ratio(), b.ratio()) })
	return sorted[len(sorted)/2]
}

func (p pair) ratio() float64 { return p.ours.cpu.Seconds() / p.floor.cpu.Seconds() }
