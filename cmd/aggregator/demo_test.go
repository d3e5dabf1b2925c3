package main

import (
	"bufio"
	"encoding/xml"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDemo runs the demo as a user does: the address comes first, ten entries
// are there within ten seconds, either signal ends it with exit code 0, and
// nothing is left behind.
func TestDemo(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			tmp := t.TempDir()
			cmd := exec.Command("aggregator", "demo")
			cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			lines := bufio.NewReader(out)
			address, err := lines.ReadString('\n')
			if err != nil || !strings.HasPrefix(address, "http://127.0.0.1:") {
				t.Fatalf("first line %q, %v", address, err)
			}
			go io.Copy(io.Discard, lines)
			address = strings.TrimSpace(address)
			for deadline := time.Now().Add(10 * time.Second); entries(t, address+"feeds/all.atom") < 10; {
				if time.Now().After(deadline) {
					t.Fatal("no ten entries within ten seconds")
				}
				time.Sleep(100 * time.Millisecond)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("ended with %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(tmp, "aggregator*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func entries(t *testing.T, url string) int {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var feed struct {
		Entry []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	if err := xml.NewDecoder(res.Body).Decode(&feed); err != nil {
		t.Fatal(err)
	}
	return len(feed.Entry)
}
