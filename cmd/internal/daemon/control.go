package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

// Call asks a running daemon to run a command.
type Call struct {
	Args     []string
	Terminal bool // its streams are one
	Files    bool // the files that it reads follow
}

// Streams is where a command's output goes, wherever it runs.
type Streams struct {
	Out, Err io.Writer
	// File is given the files a command writes, by their slash-separated path
	// under the directory that the command was given.
	File func(name string, data []byte) error
	// Files are those that a command reads, which are the caller's: the daemon may
	// be of another user, and see other directories. Nil where it reads none.
	Files iter.Seq2[File, error]
}

// File is a file by the name that the caller knows it by.
type File struct {
	Name string
	Data []byte
}

// frame is one message; a JSON object on a line of its own. The caller sends none but
// files, or why one cannot be read; an empty one ends them.
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
	var sending sync.WaitGroup
	defer sending.Wait()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ECONNREFUSED) {
		return 0, ErrNoDaemon // a socket that nobody listens on is left over
	}
	if err != nil {
		return 0, fmt.Errorf("control socket: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	call.Files = s.Files != nil
	enc := json.NewEncoder(conn)
	if err := enc.Encode(call); err != nil {
		return 0, fmt.Errorf("control socket: %w", err)
	}
	if call.Files {
		// What cannot be sent the daemon does not want any more: it says why.
		sending.Go(func() { _ = s.send(enc) })
	}
	return s.receive(json.NewDecoder(conn))
}

// send sends the files, one at a time.
func (s Streams) send(enc *json.Encoder) error {
	for f, err := range s.Files {
		if err != nil {
			return enc.Encode(frame{Err: []byte(err.Error())})
		}
		if err := enc.Encode(frame{File: f.Name, Data: f.Data}); err != nil {
			return err
		}
	}
	return enc.Encode(frame{})
}

// sent are the files that a caller sends; ended is called when no more can come.
func sent(dec *json.Decoder, ended func()) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for {
			var f frame
			if err := dec.Decode(&f); err != nil {
				yield(File{}, fmt.Errorf("control socket: the caller went away: %w", err))
				return
			}
			if len(f.Err) > 0 {
				yield(File{}, errors.New(string(f.Err)))
				return
			}
			if f.File == "" {
				ended()
				return
			}
			if !yield(File{f.File, f.Data}, nil) {
				return
			}
		}
	}
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
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("control socket: %w", err)
	case info.Mode().Type() != fs.ModeSocket && !leads(path, info):
		return nil, fmt.Errorf("control socket %s: there is something else, left alone", path)
	default:
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("control socket: %w", err)
		}
	}
	old := syscall.Umask(0o117)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return l, nil
}

// LinkControl makes a link at a path that leads to a control socket, in place of one
// that leads to none, where it is not there already. What it returns removes it.
func LinkControl(path, socket string) (remove func(), err error) {
	socket, err = filepath.Abs(socket)
	if err != nil {
		return nil, err
	}
	remove = func() {
		if to, err := os.Readlink(path); err == nil && to == socket {
			os.Remove(path)
		}
	}
	if to, err := os.Readlink(path); err == nil && to == socket {
		return remove, nil // left by a killed daemon, and right again
	}
	if info, err := os.Lstat(path); err == nil && (info.Mode().Type() == fs.ModeSocket || leads(path, info)) && !Running(path) {
		os.Remove(path) // what a killed daemon left behind
	}
	if err := os.Symlink(socket, path); err != nil {
		return nil, err
	}
	return remove, nil
}

// leads tells whether something at a path is a link to a socket, or to one that is no
// more.
func leads(path string, info fs.FileInfo) bool {
	to, err := os.Stat(path)
	return info.Mode().Type() == fs.ModeSymlink && (errors.Is(err, fs.ErrNotExist) || err == nil && to.Mode().Type() == fs.ModeSocket)
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
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // no descriptors are left, at the moment
			pause(ctx, time.Second/10)
			continue
		}
		group.Go(func() {
			defer conn.Close()
			serveCall(ctx, conn, run)
		})
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func serveCall(ctx context.Context, conn net.Conn, run Runner) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := &io.LimitedReader{R: conn, N: 1 << 20}
	dec := json.NewDecoder(in)
	var call Call
	if err := dec.Decode(&call); err != nil {
		return // somebody who does not speak our language
	}
	hangUp := func() { // the caller sends no more: what comes is that it hung up
		_, _ = io.Copy(io.Discard, conn)
		cancel()
	}
	out := &frames{enc: json.NewEncoder(conn)}
	s := Streams{
		Out:  writer(func(p []byte) error { return out.send(frame{Out: p}) }),
		Err:  writer(func(p []byte) error { return out.send(frame{Err: p}) }),
		File: func(name string, data []byte) error { return out.send(frame{File: name, Data: data}) },
	}
	s.Files = func(func(File, error) bool) {}
	if call.Files {
		in.N = math.MaxInt64
		s.Files = sent(dec, func() { go hangUp() })
	} else {
		go hangUp()
	}
	code := guarded(run)(ctx, call, s)
	_ = out.send(frame{Exit: &code}) // if the caller is gone, nobody waits for it
}

// guarded lets no call end the daemon.
func guarded(run Runner) Runner {
	return func(ctx context.Context, call Call, s Streams) (code int) {
		defer func() {
			if r := recover(); r != nil {
				debug.PrintStack()
				fmt.Fprintf(s.Err, "aggregator: error: the daemon cannot do this: %v\naggregator: hint: please report it, with what the daemon's log says\n", r)
				code = 3
			}
		}()
		return run(ctx, call, s)
	}
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
