package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

// TestSoak lets everything go wrong at once, for 16 seconds or as long as SOAK says:
//
//	SOAK=10m go test -run TestSoak -timeout 1h -v ./cmd/aggregator
//
// The daemon fetches healthy sources, a flaky one that meets with every fault now and
// then, and one of each fault, which somebody wants fetched again and again; its own
// listener is flooded, held up and sent nonsense. For half of the time it is killed
// every few seconds; then one process lives on, whose memory, goroutines and descriptors
// must stay where they are, and whose healthy sources are fetched on time. What the
// origin has listed is in the store at the end, once, under the id that readers saw.
func TestSoak(t *testing.T) {
	s := newSoak(t)
	load := s.begin()
	killed := 0
	for end := time.Now().Add(s.length / 2); time.Now().Before(end); killed++ {
		d := s.serve()
		time.Sleep(time.Second/2 + time.Duration(rand.Int64N(int64(3*time.Second))))
		d.kill()
		s.look(t)
	}
	d := s.serve()
	s.live(d)
	load.end()
	s.Clear("")
	s.finish(d)
	d.stop()
	s.look(t)
	s.compare(t)
	load.report(t)
	if killed == 0 || len(load.seen) < 20 {
		t.Errorf("%d kills, readers saw %d articles: too few to prove anything", killed, len(load.seen))
	}
	t.Logf("%d kills, %d articles stored, %d seen by readers; forced fetches took %s at most; answers of ours by status: %v, of the origin: %v",
		killed, len(s.ids), len(load.seen), load.longest, load.statuses, s.Counts().ByStatus)
}

// soak is an origin with healthy, flaky and broken hosts, and a daemon before it.
type soak struct {
	*crash
	t       *testing.T
	length  time.Duration
	address string
	healthy []string     // parts of the paths of lists that are due every two seconds
	broken  []string     // names of sources
	due     []string     // names of pages that must be in the store
	served  atomic.Int64 // when a reader last was, in Unix milliseconds
}

const soakConfig = `
listen: %s
database: a.db
site: {tag_authority: "crash.example,2026"}
fetch: {allow_private: [127.0.0.0/8], timeout: 3s, max_pages: 1000, per_host: {concurrency: 8, interval: 0s}}
dedup: {similar: false}
sources:
  - {name: all, kind: sina-roll, endpoint: "%[2]s/api/roll/get", params: {pageid: 153, lid: 2509}, schedule: "@every 2s"}
  - {name: china, kind: sina-roll, endpoint: "%[2]s/api/roll/get", params: {pageid: 155, lid: 1686}, schedule: "@every 2s"}
  - {name: wire, kind: sina-live, endpoint: "%[2]s/api/zhibo/feed", params: {zhibo_id: 152}, schedule: "@every 2s"}
  - {name: site, kind: feed, url: "%[2]s/site/1/atom.xml", schedule: "@every 2s"}
`

func newSoak(t *testing.T) *soak {
	s := &soak{t: t, length: 16 * time.Second, address: free(t), healthy: []string{"zhibo_id=152"}}
	s.crash = &crash{dir: t.TempDir(), ids: map[string]string{}}
	if text := os.Getenv("SOAK"); text != "" {
		var err error
		if s.length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("SOAK: %v", err)
		}
	}
	s.Origin = simulated.New(simulated.Options{Seed: 13, Every: 200 * time.Millisecond, Backlog: 40, KeepRequests: 1 << 16})
	config := fmt.Sprintf(soakConfig, s.address, s.host())
	flaky := s.host()
	config += fmt.Sprintf("  - {name: flaky, kind: sina-roll, endpoint: \"%s/api/roll/get\", params: {pageid: 384, lid: 2519}, schedule: \"@every 2s\"}\n", flaky)
	s.broken = append(s.broken, "flaky")
	for _, kind := range simulated.FaultKinds() {
		s.Fail(strings.TrimPrefix(flaky, "http://"), simulated.Fault{Kind: kind, Rate: 0.01})
		host := s.host()
		s.Fail(strings.TrimPrefix(host, "http://"), simulated.Fault{Kind: kind, Location: host + "/elsewhere"})
		name := "broken-" + string(kind)
		s.broken = append(s.broken, name)
		config += fmt.Sprintf("  - {name: %s, kind: feed, url: \"%s/site/1/rss.xml\", schedule: \"@every 2s\"}\n", name, host)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// host is one more host of the origin.
func (s *soak) host() string {
	srv := httptest.NewServer(s.Origin)
	s.t.Cleanup(func() {
		srv.CloseClientConnections() // some answers have no end
		srv.Close()
	})
	return srv.URL
}

// soaked is a daemon under all of it.
type soaked struct {
	*soak
	*exec.Cmd
	said  logText
	ended chan error
}

// logText is what a process has said so far.
type logText struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.String()
}

func (s *soak) serve() *soaked {
	s.t.Helper()
	d := &soaked{soak: s, Cmd: exec.Command("aggregator", "serve"), ended: make(chan error, 1)}
	d.Dir, d.Stderr = s.dir, &d.said
	if err := d.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { d.Process.Kill() })
	go func() { d.ended <- d.Wait() }()
	return d
}

// kill kills a daemon, which must not have ended by itself.
func (d *soaked) kill() {
	d.t.Helper()
	select {
	case err := <-d.ended:
		d.t.Fatalf("it ended by itself: %v\n%s", err, d.said.String())
	default:
	}
	_ = d.Process.Kill()
	<-d.ended
	d.sober()
}

func (d *soaked) stop() {
	d.t.Helper()
	if err := d.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	if err := <-d.ended; err != nil {
		d.t.Errorf("ended with %v\n%s", err, d.said.String())
	}
	d.sober()
}

// sober: a log is told in lines of ours alone, and of no panic.
func (d *soaked) sober() {
	d.t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(d.said.String())); lines.Scan(); {
		if line := lines.Bytes(); !json.Valid(line) || bytes.Contains(line, []byte("panic")) {
			d.t.Errorf("the log says %.500s", line)
		}
	}
}

// finish has all be fetched that is due for whatever reason.
func (s *soak) finish(d *soaked) {
	s.t.Helper()
	s.due = s.ledger(crashList)
	cmd := exec.Command("aggregator", append([]string{"fetch", "--once", "--force"}, "all", "china", "site", "flaky")...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("last run: %v\n%s\n%s", err, out, d.said.String())
	}
}

// compare finds each article that was listed before the end in the store, and none that
// nobody has written.
func (s *soak) compare(t *testing.T) {
	t.Helper()
	var written []string
	for a := range s.Articles(0, time.Time{}, time.Time{}) {
		written = append(written, path.Base(a.Path))
	}
	for a := range s.LiveItems(time.Time{}, time.Time{}) {
		written = append(written, path.Base(a.Path))
	}
	for a := range s.SiteArticles(1, time.Time{}, time.Time{}) {
		written = append(written, path.Base(a.Path))
	}
	s.crash.compare(t, s.due, written)
}
