package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Call asks a running daemon to run a command.
type Call struct {
	Args     []string
	Terminal bool // its streams are one
}

// Streams is where a command's output goes, wherever it runs.
type Streams struct {
	Out, Err io.Writer
	// File is given the files a command writes, by their slash-separated path
	// under the directory that the command was given.
	File func(name string, data []byte) error
}

// frame is one message from the daemon; a JSON object on a line of its own.
type frame struct {
	Out  []byte `json:"out,omitempty"`
	Err  []byte `json:"err,omitempty"`
	File string `json:"file,omitempty"`
	Data []byte `json:"data,omitempty"`
	Exit *int   `json:"exit,omitempty"`
}

// ErrNoDaemon tells that nobody answers at the control socket.
var ErrNoDaemon = errors.New("no daemon is running")

// Dial has a call run by the daemon behind the control socket, and returns
// its exit code. The call ends when ctx does.
func Dial(ctx context.Context, path string, call Call, s Streams) (int, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return 0, ErrNoDaemon // a socket that nobody listens on is left over
	}
	if err != nil {
		return 0, fmt.Errorf("control socket: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := json.NewEncoder(conn).Encode(call); err != nil {
		return 0, fmt.Errorf("control socket: %w", err)
	}
	return s.receive(json.NewDecoder(conn))
}

func (s Streams) receive(dec *json.Decoder) (int, error) {
	for {
		var f frame
		if err := dec.Decode(&f); err != nil {
			return 0, fmt.Errorf("control socket: the daemon went away: %w", err)
		}
		if f.Exit != nil {
			return *f.Exit, nil
		}
		_, errOut := s.Out.Write(f.Out)
		_, errErr := s.Err.Write(f.Err)
		var errFile error
		if f.File != "" {
			errFile = s.File(f.File, f.Data)
		}
		if err := errors.Join(errOut, errErr, errFile); err != nil {
			return 0, err
		}
	}
}

// Running tells whether a daemon answers at the control socket.
func Running(path string) bool {
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// ListenControl opens the control socket for the owner and the group, in
// place of one that a killed daemon left behind.
func ListenControl(path string) (net.Listener, error) {
	if Running(path) {
		return nil, fmt.Errorf("control socket %s: another daemon answers there", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	old := syscall.Umask(0o117)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return l, nil
}

// Runner runs a command inside the daemon and returns its exit code.
type Runner func(ctx context.Context, call Call, s Streams) int

// ServeControl answers calls until ctx ends, then waits for those under way.
func ServeControl(ctx context.Context, l net.Listener, run Runner) {
	defer context.AfterFunc(ctx, func() { l.Close() })()
	var group sync.WaitGroup
	defer group.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed: there is no other reason on a unix socket that waiting would mend
		}
		group.Go(func() {
			defer conn.Close()
			serveCall(ctx, conn, run)
		})
	}
}

func serveCall(ctx context.Context, conn net.Conn, run Runner) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dec := json.NewDecoder(io.LimitReader(conn, 1<<20))
	var call Call
	if err := dec.Decode(&call); err != nil {
		return // somebody who does not speak our language
	}
	go func() { // the caller sends no more: what comes is that it hung up
		_, _ = io.Copy(io.Discard, conn)
		cancel()
	}()
	out := &frames{enc: json.NewEncoder(conn)}
	code := run(ctx, call, Streams{
		Out:  writer(func(p []byte) error { return out.send(frame{Out: p}) }),
		Err:  writer(func(p []byte) error { return out.send(frame{Err: p}) }),
		File: func(name string, data []byte) error { return out.send(frame{File: name, Data: data}) },
	})
	_ = out.send(frame{Exit: &code}) // if the caller is gone, nobody waits for it
}

// frames sends one frame at a time.
type frames struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func (f *frames) send(m frame) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.enc.Encode(m)
}

type writer func([]byte) error

func (w writer) Write(p []byte) (int, error) { return len(p), w(p) }
