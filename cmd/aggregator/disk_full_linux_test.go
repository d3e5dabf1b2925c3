package main

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fill takes all the room that is left, and returns who gives it back.
func (s *shortage) fill() (free func()) {
	s.t.Helper()
	name := filepath.Join(s.disk, "other")
	f, err := os.Create(name)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	for piece := make([]byte, 4096); err == nil; {
		_, err = f.Write(piece)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		s.t.Fatal(err)
	}
	return func() { os.Remove(name) }
}

// TestDiskFull: on a full disk the daemon goes on publishing, says what is the matter
// wherever one looks, and asks nobody for what it cannot store; when there is room again
// it goes on by itself, and has lost nothing. Commands tell it by their exit code.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := newShortage(t)
	if err := syscall.Mount("none", s.disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	defer syscall.Unmount(s.disk, syscall.MNT_DETACH)
	cmd := s.serve("aggregator", "serve")
	s.until("complete", time.Minute, s.complete)

	free := s.fill()
	s.clock.advance(6 * time.Hour)
	s.until("short", time.Minute, func(now *statusNow) bool { return strings.Contains(now.Machine.Lacks, "no space left on device") })
	if status, body := s.get("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "no space left on device") {
		t.Errorf("readyz: %d %s", status, body)
	}
	if status, body := s.get("/healthz"); status != http.StatusOK {
		t.Errorf("healthz: %d %s", status, body)
	}
	s.await("/feeds/all.atom", "</feed>")
	if said, err := s.run("status"); err != nil || !strings.Contains(said, "fetching pauses") {
		t.Errorf("status: %v %s", err, said)
	}
	if said, err := s.run("sources"); err != nil || !strings.Contains(said, "fetching pauses since ") || !strings.Contains(said, "no space left on device") {
		t.Errorf("sources: %v %s", err, said)
	}
	if said, err := s.run("fetch", "--once"); exitCode(err) != exitCannotRun || !strings.Contains(said, "1 of 1 sources failed because of this machine: no space left on device") {
		t.Errorf("fetch --once: %v %s", err, said)
	}
	asked := s.Counts().Requests
	time.Sleep(6 * time.Second) // one turn and more
	if n := s.Counts().Requests - asked; n > 0 {
		t.Errorf("%d requests while nothing can be stored", n)
	}
	s.until("without blame", time.Second, func(now *statusNow) bool { return now.Sources[0].Failures == 0 && now.Sources[0].Error == "" })

	free()
	s.until("complete again", 20*time.Second, s.complete) // not only with the next minute
	if status, body := s.get("/readyz"); status != http.StatusOK {
		t.Errorf("readyz: %d %s", status, body)
	}
	s.end(cmd)
	if said := s.stderr.String(); strings.Count(said, `"msg":"fetching pauses"`) != 1 || !strings.Contains(said, `"msg":"fetching goes on"`) {
		t.Errorf("the log:\n%s", said)
	}
	s.sound()

	// One that is started on a full disk says so too.
	defer s.fill()()
	s.clock.advance(6 * time.Hour)
	if said, err := s.run("fetch", "--once"); exitCode(err) != exitCannotRun || !strings.Contains(said, "no space left on device") {
		t.Errorf("fetch --once alone: %v %s", err, said)
	}
	s.sound()
}
