package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
	"aggregator/storage"
)

// TestCrash kills `aggregator fetch --once` at random moments of an ingest, 15
// times or as often as CRASH_ROUNDS says:
//
//	CRASH_ROUNDS=200 go test -run TestCrash ./cmd/aggregator
//
// After each kill the store is whole and every article that it had is still
// there under its id; after a last run that is let to its end it holds what the
// origin's ledger tells, each thing once.
func TestCrash(t *testing.T) {
	c := newCrash(t)
	killed := 0
	for range crashRounds(t) {
		// More news than a page of the list holds, and more than a run stores
		// before it dies: a hole that it leaves is not mended by chance.
		c.clock.advance(25 * time.Minute)
		if c.kill(t) {
			killed++
		}
		c.look(t)
	}
	if killed == 0 {
		t.Error("no run was killed before its end")
	}
	c.clock.advance(5 * time.Minute)
	if out, err := c.fetch().CombinedOutput(); err != nil {
		t.Fatalf("last run: %v\n%s", err, out)
	}
	c.look(t)
	c.compare(t, c.ledger(crashList), append(c.ledger(1686), c.ledger(crashList)...))
	t.Logf("%d runs killed, %d articles stored", killed, len(c.ids))
}

func crashRounds(t *testing.T) int {
	text := os.Getenv("CRASH_ROUNDS")
	if text == "" {
		return 15
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("CRASH_ROUNDS: %v", err)
	}
	return n
}

// crash is an origin that a process is killed over.
type crash struct {
	*simulated.Origin
	clock    *clock
	dir      string
	requests atomic.Int64      // asked of the origin so far
	strike   atomic.Int64      // the request at which the process dies
	struck   chan struct{}     // told when that comes
	ids      map[string]string // name of the article's page => id, as stored after the last run
}

// crashList is a list that nothing is filed into long after it was written. What is
// filed into the other only then stands below what was known long ago, where nobody
// looks in the hours that this test makes pass within seconds.
const crashList = 2509

// crashLists are lists that share articles, so that runs also die between an
// article's first column and its next.
const crashLists = `
  - {name: china, kind: sina-roll, endpoint: "%[2]s/api/roll/get", params: {pageid: 155, lid: 1686}}
  - {name: all, kind: sina-roll, endpoint: "%[2]s/api/roll/get", params: {pageid: 153, lid: %[3]d}}
`

func newCrash(t *testing.T) *crash {
	start := time.Now().Add(-30 * 24 * time.Hour).Truncate(time.Minute)
	c := &crash{clock: &clock{now: start}, dir: t.TempDir(), struck: make(chan struct{}, 1), ids: map[string]string{}}
	// The backlog fits the first page, so that the ledger of all time is what
	// even the very first run is to find.
	c.Origin = simulated.New(simulated.Options{Seed: 11, Start: start, Now: c.clock.Now, Every: 20 * time.Second, Backlog: 40})
	srv := httptest.NewServer(c)
	t.Cleanup(srv.Close)
	config := fmt.Sprintf(`
database: %[1]s/a.db
fetch: {allow_private: [127.0.0.0/8], max_pages: 1000, per_host: {concurrency: 8, interval: 0s}}
sources:`+crashLists, c.dir, srv.URL, crashList)
	if err := os.WriteFile(filepath.Join(c.dir, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// ServeHTTP counts the requests, and tells when the fatal one comes.
func (c *crash) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.requests.Add(1) == c.strike.Load() {
		c.struck <- struct{}{}
	}
	c.Origin.ServeHTTP(w, r)
}

func (c *crash) fetch() *exec.Cmd {
	return exec.Command("aggregator", "--config", filepath.Join(c.dir, "config.yaml"), "fetch", "--once")
}

// work is about how many requests a run makes that is let to its end. Runs are
// killed anywhere on the way, so that they get on as fast as news come in: a
// list that grew without end would at last be longer than it is read back.
func (c *crash) work() int64 {
	missing := max(0, len(c.ledger(crashList))-len(c.ids))
	return int64(missing + 2*(missing/50+1))
}

// kill starts a run and kills it a random moment after a random request, which
// may be between requests, in a transaction, or while the file is synced. It
// tells whether the run was still going.
func (c *crash) kill(t *testing.T) bool {
	t.Helper()
	var said bytes.Buffer
	cmd := c.fetch()
	cmd.Stderr = &said
	c.strike.Store(c.requests.Load() + 1 + rand.Int64N(c.work()))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("run: %v\n%s", err, &said)
		}
		return false
	case <-c.struck:
	}
	time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
	_ = cmd.Process.Kill() // it may have ended meanwhile
	return <-ended != nil
}

// look opens what the run left, as the next run would, and compares it with
// what the run before had left.
func (c *crash) look(t *testing.T) {
	t.Helper()
	store, err := storage.Open(filepath.Join(c.dir, "a.db"), storage.Options{Authority: "crash.example,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Check(); err != nil {
		t.Fatal(err)
	}
	now := make(map[string]string)
	for a, err := range store.Articles(storage.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range append(a.Via, a.Link) {
			name := pageName(link)
			if other, known := now[name]; known && other != a.ID {
				t.Errorf("%s is both %s and %s", name, other, a.ID)
			}
			now[name] = a.ID
		}
	}
	for name, id := range c.ids {
		if now[name] != id {
			t.Errorf("%s was %s and is now %q", name, id, now[name])
		}
	}
	c.ids = now
}

// pageName tells pages apart: one of Sina's has a name of its own whatever its host, one
// of another site has it there.
func pageName(link string) string {
	if strings.Contains(link, "/site/") {
		return link
	}
	return path.Base(link)
}

// ledger is what the origin tells that it has listed, by the names of the pages.
func (c *crash) ledger(lid int) (names []string) {
	for a := range c.Articles(lid, time.Time{}, time.Time{}) {
		names = append(names, path.Base(a.Path))
	}
	return names
}

// compare finds each page that is due in the store, and none that was not told of.
func (c *crash) compare(t *testing.T, due, told []string) {
	t.Helper()
	for i, name := range due {
		if c.ids[name] == "" {
			t.Errorf("%s, number %d of what is due, is lost", name, i)
		}
	}
	if len(told) < 100 {
		t.Errorf("the ledger has %d articles: too few to prove anything", len(told))
	}
	known := make(map[string]bool)
	for _, name := range told {
		known[storyName(name)] = true
	}
	for name := range c.ids {
		if !known[storyName(name)] {
			t.Errorf("%s is stored, the ledger has it not", name)
		}
	}
}

// storyName is the same for all pages of a story: the live wire links to others than the
// rolls do.
func storyName(page string) string {
	if m := docid.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return path.Base(page)
}
