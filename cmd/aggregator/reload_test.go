package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

// reloading is a daemon whose configuration is changed while it runs.
type reloading struct {
	*service
	origin  string
	address string
}

// write writes a configuration; each %s in it is the origin's address.
func (r *reloading) write(text string) {
	r.t.Helper()
	text = strings.ReplaceAll(text, "%s", r.origin)
	if err := os.WriteFile(filepath.Join(r.dir, "config.yaml"), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// get asks the daemon, by a connection of its own.
func (r *reloading) get(path string) (status int, body string) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	res, err := client.Get("http://" + r.address + path)
	if err != nil {
		r.t.Errorf("%s: %v", path, err)
		return 0, ""
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Errorf("%s: %v", path, err)
	}
	return res.StatusCode, string(b)
}

// await waits until a path shows a text.
func (r *reloading) await(path, text string) {
	r.t.Helper()
	var status int
	var body string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if status, body = r.get(path); strings.Contains(body, text) {
			return
		}
	}
	r.t.Errorf("%s: status %d without %q: %.300s", path, status, text, body)
}

// reload is what systemctl reload does; it waits as that does.
func (r *reloading) reload(pid *os.Process, want string) {
	r.t.Helper()
	if err := pid.Signal(syscall.SIGHUP); err != nil {
		r.t.Fatal(err)
	}
	for !strings.HasPrefix(r.next(), "RELOADING=1\nMONOTONIC_USEC=") {
	}
	for {
		message := r.next()
		if strings.HasPrefix(message, "READY=1\n") {
			if !strings.Contains(message, want) {
				r.t.Errorf("after the reload systemd is told %q, want %q", message, want)
			}
			return
		}
	}
}

const reloadHead = `
database: a.db
fetch: {allow_private: [127.0.0.0/8], full_text: false, per_host: {concurrency: 8, interval: 0s}}
`

const reloadFirst = reloadHead + `
listen: LISTEN
site: {title: 第一}
sources:
  - {name: china, kind: sina-roll, endpoint: "%s/api/roll/get", params: {pageid: 155, lid: 1686}, categories: [国内], schedule: "@yearly"}
categories: {国内: {slug: one}}
`

const reloadSecond = reloadHead + `
listen: LISTEN
site: {title: 第二}
feeds: {saved: [{slug: words, any: [的]}]}
sources:
  - {name: china, kind: sina-roll, endpoint: "%s/api/roll/get", params: {pageid: 155, lid: 1686}, categories: [国内], schedule: "@yearly"}
  - {name: all, kind: sina-roll, endpoint: "%s/api/roll/get", params: {pageid: 153, lid: 2509}, categories: [全部], schedule: "@yearly"}
categories: {国内: {slug: two}}
`

// TestReload: SIGHUP applies all that a changed configuration says, while readers
// go on reading: none is refused, cut off or shown an error. One with mistakes is
// refused, and nothing changes.
func TestReload(t *testing.T) {
	start := time.Now().Add(-time.Hour)
	origin := httptest.NewServer(simulated.New(simulated.Options{Seed: 5, Start: start, Every: time.Minute, Backlog: 60}))
	defer origin.Close()
	r := &reloading{service: newService(t), origin: origin.URL, address: free(t)}
	r.write(strings.ReplaceAll(reloadFirst, "LISTEN", r.address))
	cmd := r.start(nil, "aggregator", "serve")
	if got := r.next(); !strings.HasPrefix(got, "READY=1") {
		t.Fatalf("systemd is told %q", got)
	}
	r.await("/feeds/one.atom", "<entry>")

	stop := make(chan struct{})
	var readers sync.WaitGroup
	for _, path := range []string{"/feeds/all.atom", "/", "/feeds.opml"} {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if status, body := r.get(path); status != http.StatusOK || body == "" {
					t.Errorf("%s while it is reloaded: %d", path, status)
				}
			}
		})
	}
	for i := range 6 {
		text, want := reloadSecond, "STATUS=2 sources"
		if i%2 == 1 {
			text, want = reloadFirst, "STATUS=1 sources"
		}
		r.write(strings.ReplaceAll(text, "LISTEN", r.address))
		r.reload(cmd.Process, want)
	}
	r.write(strings.ReplaceAll(reloadSecond, "LISTEN", r.address))
	r.reload(cmd.Process, "STATUS=2 sources")
	close(stop)
	readers.Wait()
	r.await("/feeds/source/all.atom", "<entry>")
	r.await("/feeds/all.atom", ">第二</title>")
	r.await("/feeds/two.atom", "<entry>")
	r.await("/feeds/words.atom", "words")
	if status, _ := r.get("/feeds/one.atom"); status != http.StatusOK { // after a redirect
		t.Errorf("a renamed feed: %d", status)
	}

	r.write("sources: [{name: x}]\nfeeds: {entries: many}\nnonsense: 1\n")
	r.reload(cmd.Process, "STATUS=reload refused")
	r.write(strings.ReplaceAll(strings.ReplaceAll(reloadFirst, "LISTEN", r.address), "a.db", "b.db"))
	r.reload(cmd.Process, "STATUS=reload refused")
	r.await("/feeds/all.atom", ">第二</title>")

	status := func(when string) {
		t.Helper()
		if err := r.start(nil, "aggregator", "status").Wait(); err != nil {
			t.Errorf("%s commands do not find the daemon: %v", when, err)
		}
	}
	old := r.address
	r.address = free(t)
	r.write(strings.ReplaceAll(reloadFirst, "LISTEN", r.address) + "control: other.sock\n")
	r.reload(cmd.Process, "STATUS=1 sources")
	r.await("/feeds/all.atom", ">第一</title>")
	if conn, err := net.Dial("tcp", old); err == nil {
		conn.Close()
		t.Errorf("%s is still listened on", old)
	}
	r.write(strings.ReplaceAll(reloadFirst, "LISTEN", r.address) + "control: refused.sock\nnonsense: 1\n")
	status("while the file names a third socket, and has mistakes,")
	for _, control := range []string{"third.sock", "a.db.sock", "other.sock"} {
		r.write(strings.ReplaceAll(reloadFirst, "LISTEN", r.address) + "control: " + control + "\n")
		r.reload(cmd.Process, "STATUS=1 sources")
		status("after " + control)
	}
	r.end(cmd)
	for _, want := range []string{
		`"mistake":"config.yaml:1:11: sources[0]`, `feeds.entries`, `nonsense`, "the database cannot be another", "configuration reloaded",
	} {
		if !strings.Contains(r.stderr.String(), want) {
			t.Errorf("the log has no %q", want)
		}
	}
	if strings.Contains(r.stderr.String(), "panic") {
		t.Error("it panicked")
	}
	if t.Failed() {
		t.Log(r.stderr.String())
	}
}

// free is an address that nobody listens on.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
