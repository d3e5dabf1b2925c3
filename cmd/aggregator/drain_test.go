package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestDrain: told to end, the daemon takes no new connections and lets a reader
// that reads have the rest of its answer; three that do not read hold it up for
// some seconds, and all ends within ten.
func TestDrain(t *testing.T) {
	dir := t.TempDir()
	manyArticles(t, filepath.Join(dir, "a.db"))
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf("listen: 127.0.0.1:0\ndatabase: %s/a.db\nfeeds: {entries: 3000, max_entries: 3000}\nsources: []\n", dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, address := startServe(t, config)
	for range 3 {
		ask(t, address)
	}
	reader := ask(t, address)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	told := time.Now()
	refuses(t, address)
	time.Sleep(time.Second)
	if n, err := io.Copy(io.Discard, reader.Body); err != nil || n != reader.ContentLength {
		t.Errorf("the reader got %d bytes of %d, %v", n, reader.ContentLength, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	switch took := time.Since(told); {
	case took > 10*time.Second:
		t.Errorf("ended after %s", took)
	case took < drain/4:
		t.Errorf("ended after %s: nobody was stuck", took)
	}
}

// TestDrainOfHalfSent: connections that are idle, or of whose request a part has come,
// however lately, do not hold up the end.
func TestDrainOfHalfSent(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf("listen: 127.0.0.1:0\ndatabase: %s/a.db\nsources: []\n", dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, age := range []time.Duration{0, 2 * courtesy} {
		cmd, address := startServe(t, config)
		for _, sent := range []string{"", "GET /healthz HTTP/1.1\r\nHost: ", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /heal"} {
			c, err := net.Dial("tcp", address)
			if err == nil {
				defer c.Close()
				_, err = io.WriteString(c, sent)
			}
			if err == nil && strings.Contains(sent, "\r\n\r\n") {
				_, err = http.ReadResponse(bufio.NewReader(c), nil)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(age)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		told := time.Now()
		if err := cmd.Wait(); err != nil {
			t.Errorf("ended with %v", err)
		}
		if took, most := time.Since(told), max(courtesy-age, 0)+3*time.Second; took > most {
			t.Errorf("%s old: ended after %s, want %s at most", age, took, most)
		}
	}
}

// manyArticles makes a database whose feed is more than sockets hold.
func manyArticles(t *testing.T, file string) {
	t.Helper()
	store, err := storage.Open(file, storage.Options{Authority: "drain.example,2026", NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var entries []storage.Entry
	for i := range 3000 {
		key := fmt.Sprint("k", i)
		entries = append(entries, storage.Entry{
			Identity: article.Identity{Keys: []string{key}, Name: key},
			Article:  article.Article{Title: key, Link: "https://example.org/" + key, Source: "s", Content: "<p>" + strings.Repeat(key+" ", 2000) + "</p>"},
		})
	}
	if _, err := store.Restore(entries); err != nil {
		t.Fatal(err)
	}
}

// startServe starts a daemon, and tells where it serves.
func startServe(t *testing.T, config string) (cmd *exec.Cmd, address string) {
	t.Helper()
	cmd = exec.Command("aggregator", "--config", config, "serve")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) // where it has not ended
	return cmd, addressIn(t, log)
}

// addressIn waits for the line of a log that tells where the daemon serves.
func addressIn(t *testing.T, log io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return line.Address
		}
	}
	t.Fatal("it does not serve")
	return ""
}

// ask asks for the feed of everything and reads the head of the answer.
func ask(t *testing.T, address string) *http.Response {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := fmt.Fprintf(c, "GET /feeds/all.atom HTTP/1.1\r\nHost: %s\r\n\r\n", address); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != http.StatusOK || res.ContentLength < 20<<20 {
		t.Fatal(res, err)
	}
	return res
}

// refuses waits until no connection can be made.
func refuses(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			c.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("connects after the signal: %v", err)
		}
	}
}
