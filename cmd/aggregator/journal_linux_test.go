package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestJournal has the daemon log into a socket at the place of journald's, in a
// mount namespace of its own.
func TestJournal(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to put a socket in the place of journald's")
	}
	s := newService(t)
	run := filepath.Join(s.dir, "run/systemd/journal")
	if err := os.MkdirAll(run, 0o755); err != nil {
		t.Fatal(err)
	}
	journald, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(run, "socket"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer journald.Close()
	stderr, err := os.Create(filepath.Join(s.dir, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	info, err := stderr.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	cmd := exec.Command("sh", "-c", `mount --bind run /run && exec aggregator serve`)
	cmd.Dir, cmd.Stderr = s.dir, stderr
	cmd.Env = append(os.Environ(), fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Unshareflags: syscall.CLONE_NEWNS}
	if err := cmd.Start(); err != nil {
		t.Skipf("no mount namespace: %v", err)
	}
	defer cmd.Process.Kill()
	if err := journald.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	entry := make([]byte, 1<<16)
	n, err := journald.Read(entry)
	if err != nil {
		said, _ := os.ReadFile(stderr.Name())
		t.Fatalf("%v\n%s", err, said)
	}
	got := "\n" + string(entry[:n])
	for _, want := range []string{"\nMESSAGE=serving address=127.0.0.1:", "\nPRIORITY=6\n", "\nSYSLOG_IDENTIFIER=aggregator\n", "\nADDRESS=127.0.0.1:", "\nFEEDS=http://127.0.0.1:8080/feeds.opml\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	s.end(cmd)
	if said, err := os.ReadFile(stderr.Name()); err != nil || len(said) > 0 {
		t.Errorf("stderr has %q, %v", said, err)
	}
}
