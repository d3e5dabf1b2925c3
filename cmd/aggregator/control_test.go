package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestControlSocketPeers: the daemon's user and the members of its group may use the
// control socket, and nobody else.
func TestControlSocketPeers(t *testing.T) {
	s := newService(t)
	cmd := s.start(nil, "aggregator", "serve")
	s.next() // READY
	socket := filepath.Join(s.dir, "a.db.sock")
	info, err := os.Stat(socket)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o660 {
		t.Errorf("its mode is %o, want 660", got)
	}
	if os.Getuid() == 0 {
		const group, other = 1234, 4321
		if err := os.Chown(socket, -1, group); err != nil {
			t.Fatal(err)
		}
		if said, err := s.as(other, group); err != nil {
			t.Errorf("a member of the group: %v\n%s", err, said)
		}
		said, err := s.as(other, other)
		if err == nil || !strings.Contains(said, "permission denied") || !strings.Contains(said, "hint: it is for the daemon's user and group") {
			t.Errorf("somebody else: %v\n%s", err, said)
		}
	}
	s.end(cmd)
}

// as asks for the status as somebody else.
func (s *service) as(uid, gid uint32) (said string, err error) {
	s.t.Helper()
	for _, open := range []string{s.dir, filepath.Dir(s.dir)} {
		if err := os.Chmod(open, 0o755); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(s.dir, "config.yaml"), 0o644); err != nil {
		s.t.Fatal(err)
	}
	// The program is where only its owner may go.
	program, err := os.Open(aggregatorPath(s.t))
	if err != nil {
		s.t.Fatal(err)
	}
	defer program.Close()
	var out bytes.Buffer
	cmd := exec.Command("/proc/self/fd/3", "status")
	cmd.Args[0] = "aggregator"
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = s.dir, &out, &out, []*os.File{program}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	err = cmd.Run()
	return out.String(), err
}
