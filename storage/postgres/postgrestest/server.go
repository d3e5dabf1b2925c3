// Package postgrestest starts private PostgreSQL servers for tests.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server of a test's own, on the loopback interface.
type Server struct {
	t    testing.TB
	bin  string
	dir  string
	port int
	as   *syscall.SysProcAttr

	mu  sync.Mutex
	cmd *exec.Cmd
	end chan struct{} // closed when cmd has ended
	n   int
}

// Start makes a cluster and starts it. Where PostgreSQL is not installed the test
// is skipped. Settings are such as fsync=off.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	bin := binaries()
	if bin == "" {
		t.Skip("no PostgreSQL here: initdb is neither in the path nor under /usr/lib/postgresql; install it (Debian: apt install postgresql)")
	}
	s := &Server{t: t, bin: bin, dir: dir(t), port: freePort(t)}
	s.dropRoot()
	s.run("initdb", "-D", s.data(), "-U", "aggregator", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	conf := fmt.Sprintf("port=%d\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\nshared_buffers=32MB\nmax_connections=200\n", s.port)
	for _, setting := range settings {
		conf += setting + "\n"
	}
	if err := os.WriteFile(filepath.Join(s.data(), "postgresql.auto.conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	s.Up()
	t.Cleanup(func() { s.Down(syscall.SIGQUIT) })
	return s
}

// binaries is where initdb and postgres are; empty where they are not.
func binaries() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

// dir is a directory that another user may get to, unlike those of TempDir.
func dir(t testing.TB) string {
	d, err := os.MkdirTemp("", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(d) })
	return d
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// dropRoot has the server run as another user, for it refuses to be root.
func (s *Server) dropRoot() {
	if os.Geteuid() != 0 {
		return
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(s.dir, uid, gid); err != nil {
			s.t.Fatal(err)
		}
		s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		return
	}
	s.t.Fatal("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.as
	return cmd
}

func (s *Server) run(name string, args ...string) {
	s.t.Helper()
	if out, err := s.command(name, args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// Up starts the server, and returns when it answers.
func (s *Server) Up() {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	cmd := s.command("postgres", "-D", s.data())
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	end := make(chan struct{})
	go func() { _ = cmd.Wait(); close(end) }()
	s.mu.Lock()
	s.cmd, s.end = cmd, end
	s.mu.Unlock()
	for began := time.Now(); ; time.Sleep(30 * time.Millisecond) {
		err := s.exec("postgres", "SELECT 1")
		if err == nil {
			return
		}
		if time.Since(began) > 30*time.Second {
			s.t.Fatalf("PostgreSQL does not answer: %v\n%s", err, s.Log())
		}
	}
}

// Log is what the server has written to its log.
func (s *Server) Log() string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// Down stops the server by a signal: SIGINT is a fast shutdown, SIGQUIT a crash.
func (s *Server) Down(by syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(by); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	<-s.end
	s.cmd = nil
}

// Freeze stops the server and all its processes where they are, so that it answers
// nothing and closes nothing; thaw lets them go on.
func (s *Server) Freeze() (thaw func()) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.cmd.Process.Pid
	pids := []int{parent}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		stat, err := os.ReadFile(name) // 12 (name) S 1 ...
		if err != nil {
			continue // it has ended
		}
		pid, _, _ := strings.Cut(string(stat), " ")
		fields := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+1:]))
		if n, err := strconv.Atoi(pid); err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			pids = append(pids, n)
		}
	}
	if len(pids) == 1 {
		s.t.Skip("the processes of PostgreSQL cannot be found here: there is no /proc")
	}
	tell := func(sig syscall.Signal) {
		for _, pid := range pids {
			_ = syscall.Kill(pid, sig) // it may have ended
		}
	}
	tell(syscall.SIGSTOP)
	return func() { tell(syscall.SIGCONT) }
}

// Addr is the host:port that the server listens on.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// URL is that of a database, with parameters such as search_path.
func (s *Server) URL(database string, parameters url.Values) string {
	u := url.URL{Scheme: "postgres", User: url.User("aggregator"), Host: s.Addr(), Path: "/" + database, RawQuery: parameters.Encode()}
	return u.String()
}

// Database makes a schema with nothing in it, which is a database to who is given its
// URL.
func (s *Server) Database() string {
	s.t.Helper()
	s.mu.Lock()
	s.n++
	name := "test" + strconv.Itoa(s.n)
	s.mu.Unlock()
	if err := s.exec("postgres", "CREATE SCHEMA "+name); err != nil {
		s.t.Fatal(err)
	}
	return s.URL("postgres", url.Values{"search_path": {name}})
}

func (s *Server) exec(database, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL(database, nil))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}
