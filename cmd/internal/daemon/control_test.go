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

// TestLinkToControlSocket: a link leads to the socket, goes when it is taken away, and
// takes the place of what a killed daemon left, but of nothing else.
func TestLinkToControlSocket(t *testing.T) {
	dir := t.TempDir()
	socket, link := filepath.Join(dir, "s.sock"), filepath.Join(dir, "a.db.sock")
	l, err := daemon.ListenControl(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink(filepath.Join(dir, "gone.sock"), link); err != nil {
		t.Fatal(err)
	}
	remove, err := daemon.LinkControl(link, socket)
	if err != nil || !daemon.Running(link) {
		t.Fatalf("it leads nowhere: %v", err)
	}
	if _, err := daemon.LinkControl(link, filepath.Join(dir, "other.sock")); err == nil {
		t.Error("the link of a running daemon was taken")
	}
	again, err := daemon.LinkControl(link, socket) // after the same daemon was killed
	if err != nil {
		t.Fatalf("a link that is right already: %v", err)
	}
	again()
	if _, err := os.Lstat(link); err == nil {
		t.Error("the link is still there")
	}
	remove()
	if err := os.WriteFile(link, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := daemon.LinkControl(link, socket); err == nil {
		t.Error("a file was taken for a link")
	}
	// A daemon that is killed leaves its link behind, where another one listens.
	os.Remove(link)
	if err := os.Symlink(filepath.Join(dir, "gone.sock"), link); err != nil {
		t.Fatal(err)
	}
	if again, err := daemon.ListenControl(link); err != nil {
		t.Error(err)
	} else {
		again.Close()
	}
}
