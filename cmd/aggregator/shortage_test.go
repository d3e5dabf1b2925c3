package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
	"aggregator/storage"
)

const shortageConfig = `
listen: LISTEN
database: disk/a.db
control: a.sock
fetch: {allow_private: [127.0.0.0/8], per_host: {concurrency: 8, interval: 0s}}
retention: {raw: 7d}
sources:
  - {name: china, kind: sina-roll, endpoint: "%s/api/roll/get", params: {pageid: 155, lid: 1686}, categories: [国内], schedule: "@every 5s", max_pages: 100}
`

// shortage is a daemon whose origin tells more and more.
type shortage struct {
	*reloading
	*simulated.Origin
	clock *clock
	disk  string
}

func newShortage(t *testing.T) *shortage {
	t.Helper()
	c := &clock{now: time.Now().Add(-48 * time.Hour).Truncate(time.Minute)}
	s := &shortage{clock: c, Origin: simulated.New(simulated.Options{Seed: 9, Start: c.Now(), Now: c.Now, Every: 20 * time.Second, Backlog: 40})}
	srv := httptest.NewServer(s.Origin)
	srv.Config.SetKeepAlivesEnabled(false) // each request needs a descriptor
	t.Cleanup(srv.Close)
	s.reloading = &reloading{service: newService(t), origin: srv.URL, address: free(t)}
	s.disk = filepath.Join(s.dir, "disk")
	if err := os.Mkdir(s.disk, 0o755); err != nil {
		t.Fatal(err)
	}
	s.write(strings.ReplaceAll(shortageConfig, "LISTEN", s.address))
	return s
}

// serve starts the daemon by a command, and waits until it serves.
func (s *shortage) serve(name string, args ...string) *exec.Cmd {
	s.t.Helper()
	cmd := s.start(nil, name, args...)
	for !strings.HasPrefix(s.next(), "READY=1") {
	}
	return cmd
}

// statusNow is what /status.json tells.
type statusNow struct {
	Machine struct{ Lacks, Since string }
	Counts  struct{ Articles int }
	Sources []struct {
		Name, State, Error string
		Failures           int
	}
}

// until waits until the status is as wanted.
func (s *shortage) until(what string, within time.Duration, ok func(*statusNow) bool) {
	s.t.Helper()
	var now statusNow
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		now = statusNow{}
		_, body := s.get("/status.json")
		if json.Unmarshal([]byte(body), &now) == nil && ok(&now) {
			return
		}
	}
	s.t.Fatalf("not %s after %s: %+v", what, within, now)
}

// listed is how many articles the origin has listed.
func (s *shortage) listed() (n int) {
	for range s.Articles(1686, time.Time{}, time.Time{}) {
		n++
	}
	return n
}

func (s *shortage) complete(now *statusNow) bool {
	return now.Machine.Lacks == "" && now.Counts.Articles >= s.listed()*9/10 && now.Sources[0].Failures == 0
}

// run runs a command in the daemon's directory.
func (s *shortage) run(args ...string) (said string, err error) {
	cmd := exec.Command("aggregator", args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// sound: the database is whole.
func (s *shortage) sound() {
	s.t.Helper()
	store, err := storage.Open(filepath.Join(s.disk, "a.db"), storage.Options{Authority: "127.0.0.1,2026"})
	if err != nil {
		s.t.Fatal(err)
	}
	defer store.Close()
	if err := store.Check(); err != nil {
		s.t.Error(err)
	}
}

// TestFileLimit: a database that may not grow any more is no end of the program.
func TestFileLimit(t *testing.T) {
	t.Parallel()
	s := newShortage(t)
	s.clock.advance(6 * time.Hour)
	cmd := s.serve("sh", "-c", "ulimit -f 512; exec aggregator serve") // 512 KB or 256, as the shell counts
	s.until("short", time.Minute, func(now *statusNow) bool { return strings.Contains(now.Machine.Lacks, "file too large") })
	s.end(cmd)
	s.sound()
	cmd = s.serve("aggregator", "serve")
	s.until("complete", time.Minute, s.complete)
	s.end(cmd)
}

// TestDescriptors: a daemon that may open few files survives that it can open none,
// says what is the matter, blames no source, and goes on when it can.
func TestDescriptors(t *testing.T) {
	t.Parallel()
	s := newShortage(t)
	s.clock.advance(time.Hour)
	cmd := s.serve("aggregator", "serve")
	s.until("complete", time.Minute, s.complete)
	pid := fmt.Sprint(cmd.Process.Pid)
	limit := func(n int) {
		t.Helper()
		if out, err := exec.Command("prlimit", "--pid", pid, fmt.Sprintf("--nofile=%d:%d", n, 4096)).CombinedOutput(); err != nil {
			t.Skipf("prlimit (Debian: util-linux): %v %s", err, out)
		}
	}
	limit(3) // what is open stays so
	s.clock.advance(time.Hour)
	beside := make(chan error, 1)
	go func() { // the control socket cannot accept it now
		said, err := s.run("status")
		if err != nil {
			err = fmt.Errorf("%w: %s", err, said)
		}
		beside <- err
	}()
	time.Sleep(7 * time.Second)
	if err := cmd.Process.Signal(syscall.Signal(0)); err != nil {
		t.Fatalf("it is gone: %v\n%s", err, &s.stderr)
	}
	limit(4096)
	s.until("telling", 20*time.Second, func(now *statusNow) bool {
		return strings.Contains(now.Machine.Lacks, "too many open files") && now.Sources[0].Failures == 0
	})
	if err := <-beside; err != nil {
		t.Errorf("status: %v", err)
	}
	if said, err := s.run("fetch", "--once"); err != nil { // or it would be tried in a minute
		t.Errorf("fetch --once: %v %s", err, said)
	}
	s.until("complete again", time.Minute, s.complete)
	s.end(cmd)
}
