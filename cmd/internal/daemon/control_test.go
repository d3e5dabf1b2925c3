package daemon_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aggregator/cmd/internal/daemon"
)

// TestControlSocketInThePlaceOfAFile: what lies where the socket is to be, a database
// perhaps, is left alone.
func TestControlSocketInThePlaceOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := daemon.ListenControl(path); err == nil {
		l.Close()
		t.Error("it was opened")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "precious" {
		t.Errorf("the file is %q, %v", got, err)
	}
}

// TestCallThatPanics: a call that the daemon trips over is its caller's trouble alone.
func TestCallThatPanics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	l, err := daemon.ListenControl(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		daemon.ServeControl(ctx, l, func(_ context.Context, call daemon.Call, s daemon.Streams) int {
			for range s.Files { // nobody sends any
				t.Error("a file")
			}
			panic("the call")
		})
	}()
	for range 2 {
		var said bytes.Buffer
		code, err := daemon.Dial(ctx, path, daemon.Call{Args: []string{"check"}}, daemon.Streams{Out: &said, Err: &said})
		if code != 3 || err != nil || !strings.Contains(said.String(), "the call") {
			t.Errorf("code %d, %v, %s", code, err, &said)
		}
	}
	cancel()
	<-ended
	if _, err := net.Dial("unix", path); err == nil {
		t.Error("the socket is still open")
	}
}
