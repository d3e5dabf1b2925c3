package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// served is a server that is a process of its own.
type served struct {
	*exec.Cmd
	address string
}

const benchedFeed = "/feeds/all.atom"

func start(b *testing.B, cmd *exec.Cmd, address string) *served {
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() })
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return &served{cmd, address}
		}
		if time.Now().After(until) {
			b.Fatal("nobody listens at ", address)
		}
	}
}

func (s *served) request(header string) []byte {
	return []byte("GET " + benchedFeed + " HTTP/1.1\r\nHost: " + s.address + "\r\nUser-Agent: bench\r\n" + header + "\r\n")
}

func (s *served) dial(b *testing.B) net.Conn {
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return conn
}

// response is an answer with its body.
func (s *served) response(b *testing.B, header string) *http.Response {
	res, _ := s.read(b, header)
	return res
}

// read also tells how long an answer is, with its header: always as long.
func (s *served) read(b *testing.B, header string) (*http.Response, int) {
	conn := s.dial(b)
	if _, err := conn.Write(s.request(header)); err != nil {
		b.Fatal(err)
	}
	var all bytes.Buffer
	res, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &all)), nil)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode == http.StatusOK && len(body) == 0 {
		b.Fatal(len(body), err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, all.Len()
}

// cpu is what processor time the process has taken, as far as the system tells.
func (s *served) cpu() (all time.Duration) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.Process.Pid))
	for _, name := range tasks {
		text, _ := os.ReadFile(name) // it may just have ended
		var ns time.Duration
		fmt.Sscan(string(text), &ns)
		all += ns
	}
	return all
}

// askers ask a server for the same again and again, at a time.
type askers struct {
	*served
	conns     []net.Conn
	in        []*bufio.Reader
	header    string
	size      int
	took, cpu []float64 // nanoseconds a request, each time
}

func newAskers(b *testing.B, s *served, header string) *askers {
	a := &askers{served: s, header: header}
	_, a.size = s.read(b, header)
	for range 4 {
		conn := s.dial(b)
		a.conns, a.in = append(a.conns, conn), append(a.in, bufio.NewReaderSize(conn, 64<<10))
	}
	return a
}

const asked = 50 // by each

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func (a *askers) ask(b *testing.B) {
	before, began := a.served.cpu(), time.Now()
	var group sync.WaitGroup
	for i, conn := range a.conns {
		group.Go(func() {
			request := a.request(a.header)
			for range asked {
				if _, err := conn.Write(request); err != nil {
					b.Error(err)
				}
				if _, err := a.in[i].Discard(a.size); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	requests := float64(asked * len(a.conns))
	a.took = append(a.took, float64(time.Since(began))/requests)
	a.cpu = append(a.cpu, float64(a.served.cpu()-before)/requests)
}
