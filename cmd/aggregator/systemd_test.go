package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// service is a configuration to serve, and who is told how that goes.
type service struct {
	t      *testing.T
	dir    string
	told   *net.UnixConn // what systemd would listen on
	stderr said
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{t: t, dir: t.TempDir()}
	config := "listen: 127.0.0.1:0\ndatabase: a.db\nsources:\n  - {name: a, kind: feed, url: \"http://127.0.0.1:9/\", schedule: \"@yearly\"}\n"
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	s.told, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(s.dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.told.Close() })
	return s
}

// start starts a command that is to become the daemon.
func (s *service) start(files []*os.File, name string, args ...string) *exec.Cmd {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stderr, cmd.ExtraFiles = s.dir, &s.stderr, files
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+filepath.Join(s.dir, "notify"))
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cmd.Process.Kill() })
	return cmd
}

// next is the next message that systemd would get.
func (s *service) next() string {
	s.t.Helper()
	if err := s.told.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	message := make([]byte, 4096)
	n, err := s.told.Read(message)
	if err != nil {
		s.t.Fatalf("systemd is told nothing: %v", err)
	}
	return string(message[:n])
}

func (s *service) want(message string) {
	s.t.Helper()
	if got := s.next(); got != message {
		s.t.Errorf("systemd is told %q, want %q", got, message)
	}
}

func (s *service) end(cmd *exec.Cmd) {
	s.t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		s.t.Errorf("ended with %v\n%s", err, &s.stderr)
	}
}

// TestNotify is the daemon's life as systemd is told of it: ready, alive as often as
// the watchdog wants, stopping.
func TestNotify(t *testing.T) {
	s := newService(t)
	cmd := s.start(nil, "sh", "-c", "WATCHDOG_USEC=200000 WATCHDOG_PID=$$ exec aggregator serve")
	const status = "STATUS=1 sources, 0 in trouble, 0 articles"
	s.want("READY=1\n" + status)
	for range 3 {
		s.want("WATCHDOG=1")
		s.want(status)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for {
		message := s.next()
		if message == "STOPPING=1\nSTATUS=stopping" {
			break
		}
		if message != "WATCHDOG=1" && message != status {
			t.Fatalf("systemd is told %q", message)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v\n%s", err, &s.stderr)
	}
}

// TestSocketActivation: what systemd listens on stays open over a restart, and
// nobody who connects meanwhile is refused.
func TestSocketActivation(t *testing.T) {
	s := newService(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	serve := func() *exec.Cmd {
		cmd := s.start([]*os.File{socket}, "sh", "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec aggregator serve")
		s.next() // READY: a signal that comes before kills what is not yet the daemon
		return cmd
	}

	var asked atomic.Int64
	stop, failed := make(chan struct{}), make(chan error, 1)
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		for {
			select {
			case <-stop:
				failed <- nil
				return
			default:
			}
			if err := healthy(client, "http://"+l.Addr().String()); err != nil {
				failed <- err
				return
			}
			asked.Add(1)
		}
	}()
	for range 3 {
		cmd := serve()
		for before := asked.Load(); asked.Load() < before+10; time.Sleep(time.Millisecond) {
			if len(failed) > 0 {
				t.Fatalf("after %d requests: %v\n%s", asked.Load(), <-failed, &s.stderr)
			}
		}
		s.end(cmd)
		for s.next() != "STOPPING=1\nSTATUS=stopping" {
		}
	}
	cmd := serve()
	close(stop)
	if err := <-failed; err != nil {
		t.Error(err)
	}
	s.end(cmd)
	if want := fmt.Sprintf(`"msg":"socket activated","address":"%s","ignored":"listen: 127.0.0.1:0"`, l.Addr()); !strings.Contains(s.stderr.String(), want) {
		t.Errorf("the log does not say %s:\n%s", want, &s.stderr)
	}
}

func healthy(client *http.Client, base string) error {
	res, err := client.Get(base + "/healthz")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "ok\n" {
		return fmt.Errorf("got %q, %v", body, err)
	}
	return nil
}

// TestSystemdSocketActivate has systemd's own tool pass the socket.
func TestSystemdSocketActivate(t *testing.T) {
	tool := need(t, "systemd-socket-activate")
	s := newService(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := s.start(nil, tool, "-l", addr, "-E", "PATH", "-E", "NOTIFY_SOCKET", aggregatorPath(t), "serve")
	client := &http.Client{Timeout: 20 * time.Second}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err = healthy(client, "http://"+addr); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v\n%s", err, &s.stderr)
		}
	}
	s.end(cmd)
}

// need is the path of a tool of Debian's package systemd.
func need(t *testing.T, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed (Debian: apt install systemd)", tool)
	}
	return path
}

// aggregatorPath is where TestMain put the program.
func aggregatorPath(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("aggregator")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
