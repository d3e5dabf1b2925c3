package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

// visited is a daemon that publishes some articles, and whom strangers visit.
type visited struct {
	*reloading
	pid  int
	stop func() // ends it, if nobody has
}

const visitedConfig = `
listen: LISTEN
database: a.db
fetch: {allow_private: [127.0.0.0/8], full_text: false, per_host: {concurrency: 8, interval: 0s}}
sources:
  - {name: china, kind: sina-roll, endpoint: "%s/api/roll/get", params: {pageid: 155, lid: 1686}, categories: [国内], schedule: "@yearly"}
`

// newVisited serves by a command, which is or becomes the daemon.
func newVisited(t *testing.T, name string, args ...string) *visited {
	t.Helper()
	origin := httptest.NewServer(simulated.New(simulated.Options{Seed: 5, Start: time.Now().Add(-time.Hour), Every: time.Minute, Backlog: 60}))
	t.Cleanup(origin.Close)
	v := &visited{reloading: &reloading{service: newService(t), origin: origin.URL, address: free(t)}}
	v.write(strings.ReplaceAll(visitedConfig, "LISTEN", v.address))
	cmd := v.start(nil, name, args...)
	v.pid = cmd.Process.Pid
	if got := v.next(); !strings.HasPrefix(got, "READY=1") {
		t.Fatalf("systemd is told %q", got)
	}
	v.await("/feeds/all.atom", "<entry>")
	v.stop = sync.OnceFunc(func() { v.end(cmd) })
	t.Cleanup(v.stop)
	return v
}

// dial connects, for at most so long.
func (v *visited) dial(t *testing.T, within time.Duration) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(within))
	return c
}

// say sends bytes and returns all that is answered until the daemon hangs up. What
// is still open after five seconds hangs.
func (v *visited) say(t *testing.T, request string) string {
	t.Helper()
	c := v.dial(t, 5*time.Second)
	go func() { _, _ = io.WriteString(c, request) }() // the daemon may hang up before the end
	said, err := io.ReadAll(c)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("no end after five seconds: %.300q", said)
	}
	return string(said)
}

var statusLine = regexp.MustCompile(`(?m)^HTTP/1\.[01] (\d{3}) `)

// statuses are those of all answers in what was said.
func statuses(said string) string {
	var all []string
	for _, m := range statusLine.FindAllStringSubmatch(said, -1) {
		all = append(all, m[1])
	}
	return strings.Join(all, " ")
}

// undisturbed: other readers are served as ever.
func (v *visited) undisturbed(t *testing.T) {
	t.Helper()
	began := time.Now()
	if status, body := v.get("/feeds/all.atom"); status != http.StatusOK || !strings.HasSuffix(body, "</feed>\n") {
		t.Errorf("a reader gets %d, %.100q", status, body)
	}
	if took := time.Since(began); took > 8*time.Second { // less than what the slow are given
		t.Errorf("a reader waits %s", took)
	}
}

// TestStrangersRequests: whatever bytes strangers send to the public listener is answered
// with a refusal, or with what is there, once for each request that there is without
// doubt; or the connection is closed.
func TestStrangersRequests(t *testing.T) {
	const feed = "GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\n"
	const last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	v := newVisited(t, "aggregator", "serve")
	for _, tt := range []struct{ name, request, want string }{
		{"pipelined", feed + "\r\n" + feed + "If-None-Match: *\r\n\r\n" + last, "200 304 200"},
		{"pipelined after garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n" + last, "400"},
		{"empty lines first", "\r\n\r\n" + last, "400"},

		// Where a request ends is not left to interpretation: nothing that follows a body,
		// or what may be one, is read as a request.
		{"both lengths, CL.TE", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" + last, "405"},
		{"both lengths, TE.CL", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5c\r\n" + last + "\r\n0\r\n\r\n", "405"},
		{"both lengths of a GET", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + last, "400"},
		{"body of a GET", feed + "Content-Length: " + fmt.Sprint(len(last)) + "\r\n\r\n" + last + last, "400"},
		{"chunked body of a GET", feed + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + last, "400"},
		{"body of OPTIONS", "OPTIONS /feeds/all.atom HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nG" + last, "204"},
		{"empty body of a GET", feed + "Content-Length: 0\r\n\r\n" + last, "200 200"},
		{"two lengths", feed + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + last, "400"},
		{"two lengths in one", feed + "Content-Length: 0, 5\r\n\r\n" + last, "400"},
		{"signed length", feed + "Content-Length: +5\r\n\r\nhello" + last, "400"},
		{"negative length", feed + "Content-Length: -5\r\n\r\nhello" + last, "400"},
		{"hexadecimal length", feed + "Content-Length: 0x5\r\n\r\nhello" + last, "400"},
		{"length beyond numbers", feed + "Content-Length: 99999999999999999999\r\n\r\n" + last, "400"},
		{"blank before the colon", feed + "Content-Length : 5\r\n\r\nhello" + last, "400"},
		{"obscured coding", feed + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + last, "501"}, // RFC 9112 §6.1
		{"two codings", feed + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + last, "501"},
		{"coding with a tab", feed + "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n" + last, "400"},
		{"coding with a vertical tab", feed + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + last, "400|501"},
		{"folded coding", feed + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + last, "400"},
		{"chunk without a number", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + last, "405"},
		{"chunk extension with a bare LF", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0;x\n\r\n" + last, "405"},
		{"endless chunk extension", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0;" + strings.Repeat("x", 1<<20) + "\r\n\r\n" + last, "405"},
		{"trailer", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n" + last, "405"},
		{"body that is expected", feed + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", "400"},
		{"other expectation", feed + "Expect: money\r\n\r\n" + last, "417"},
		{"field folded", feed + "X: a\r\n b\r\n\r\n" + last, "200 200|400"},
		{"folded before any", "GET / HTTP/1.1\r\n Host: x\r\n\r\n" + last, "400"},
		{"bare LF", strings.ReplaceAll(last, "\r\n", "\n"), "200|400"}, // RFC 9112 §2.2
		{"NUL in a field", feed + "X: a\x00b\r\n\r\n" + last, "400"},
		{"NUL in a name", feed + "X\x00: ab\r\n\r\n" + last, "400"},
		{"name without colon", feed + "Xab\r\n\r\n" + last, "400"},

		{"no host", "GET / HTTP/1.1\r\n\r\n" + last, "400"},
		{"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" + last, "400"},
		{"host with a path", "GET / HTTP/1.1\r\nHost: x/../y\r\n\r\n" + last, "400"},
		{"host with blanks", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n" + last, "400"},
		{"host with an at", "GET /healthz HTTP/1.1\r\nHost: u:p@x\r\nConnection: close\r\n\r\n", "200|400"},
		{"absolute form of another host", "GET http://other.example/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200"},
		{"absolute form without path", "GET http://other.example HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "308"},
		{"absolute form of a file", "GET file:///etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404"},
		{"authority form", "CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405"},
		{"asterisk", "GET * HTTP/1.1\r\nHost: x\r\n\r\n" + last, "400"},
		{"no target", "GET  HTTP/1.1\r\nHost: x\r\n\r\n" + last, "400"},
		{"blank in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n" + last, "400"},
		{"HTTP/0.9", "GET /\r\n\r\n", "400"},
		{"HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n" + last, "200"},
		{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", "400"},
		{"upgrade to HTTP/2", feed + "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", "200"},
		{"HTTP/3.7", "GET / HTTP/3.7\r\nHost: x\r\n\r\n" + last, "505"}, // RFC 9110 §15.6.6
		{"HTTP/1.10", "GET / HTTP/1.10\r\nHost: x\r\n\r\n" + last, "400|505"},

		{"long address", "GET /" + strings.Repeat("a", 8001) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "414"},
		{"address longer than a header", "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n" + last, "431"},
		{"long field", feed + "X: " + strings.Repeat("a", 1<<20) + "\r\n\r\n" + last, "431"},
		{"many fields", feed + strings.Repeat("X: a\r\n", 200_000) + "\r\n" + last, "431"},
		{"many names", feed + many(200_000, "X%d: a\r\n") + "\r\n" + last, "431"},
		{"unending name", feed + strings.Repeat("X", 1<<20), "431"},

		{"many tags", feed + "Connection: close\r\nIf-None-Match: " + many(4000, `W/"%d", `) + `"x"` + "\r\n\r\n", "200"},
		{"tags without end", feed + "Connection: close\r\nIf-None-Match: " + strings.Repeat(`"`, 60_001) + "\r\n\r\n", "200"},
		{"tags without names", feed + "Connection: close\r\nIf-None-Match: " + strings.Repeat(`,`, 60_000) + "\r\n\r\n", "200"},
		{"many ranges", feed + "Connection: close\r\nRange: bytes=" + many(9000, "%d-,") + "0-\r\n\r\n", "200"},
		{"the same range again and again", feed + "Connection: close\r\nRange: bytes=" + strings.Repeat("0-,", 7) + "0-\r\n\r\n", "200"},
		{"ranges in many fields", feed + "Connection: close\r\n" + strings.Repeat("Range: bytes=0-1\r\n", 1000) + "\r\n", "200"},
		{"many codings", feed + "Connection: close\r\nAccept-Encoding: " + many(3000, "x%d;q=0.1,") + "gzip\r\n\r\n", "200"},
		{"many cookies", feed + "Connection: close\r\n" + strings.Repeat("Cookie: a=b\r\n", 4000) + "\r\n", "200"},
		{"forwarded for", feed + "Connection: close\r\nX-Forwarded-Host: evil.example\r\nX-Original-URL: /status\r\nX-HTTP-Method-Override: DELETE\r\n\r\n", "200"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			said := v.say(t, tt.request)
			got := statuses(said)
			for want := range strings.SplitSeq(tt.want, "|") {
				if got == want {
					return
				}
			}
			t.Errorf("answered %q, want %q: %.300q", got, tt.want, said)
		})
		v.undisturbed(t)
	}
}

// many are some numbers, each in a text.
func many(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}

// TestStrangersTraversal: no address leads to a file, in whatever coding.
func TestStrangersTraversal(t *testing.T) {
	v := newVisited(t, "aggregator", "serve")
	up := []string{"..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "%uff0e%uff0e", "..;", "....", "..%00", "．．", "..\\..", "..%5c.."}
	for _, slash := range []string{"/", "%2f", "%2F", "%252f", "\\", "%5c", "%c0%af", "//", "/./"} {
		for _, u := range up {
			for _, at := range []string{"/", "/feeds/", "/feeds/source/", "/a/", "/c/", "/static/"} {
				target := at + strings.Repeat(u+slash, 8) + "etc" + slash + "passwd"
				// A redirect is followed until it leads nowhere new.
				for range 3 {
					said := v.say(t, "GET "+target+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
					status := statuses(said)
					if status < "300" || status >= "500" || strings.Contains(said, "root:") {
						t.Errorf("%s: %.300q", target, said)
					}
					if status != "308" {
						break
					}
					res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(said)), nil)
					if err != nil {
						t.Fatal(err)
					}
					if target = res.Header.Get("Location"); !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") {
						t.Errorf("sent to %q", target)
						break
					}
				}
			}
		}
	}
	v.undisturbed(t)
}

// TestStrangersSlow: one who sends a header or a body byte by byte, or nothing, is given
// up after seconds, and holds up nobody.
func TestStrangersSlow(t *testing.T) {
	t.Parallel()
	v := newVisited(t, "aggregator", "serve")
	const patience = 10*time.Second + 3*time.Second // ReadHeaderTimeout
	var group sync.WaitGroup
	defer group.Wait()
	for _, tt := range []struct{ name, begin, drip string }{
		{"header", "GET /feeds/all.atom HTTP/1.1\r\n", "X: a\r\n"},
		{"line", "GET /", "a"},
		{"silence", "", ""},
		{"bare CR", "GET /healthz HTTP/1.1\rHost: x\r\r", ""},
		{"second header", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n", "X: a\r\n"},
		{"body", "POST /feeds/all.atom HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", "x"},
		{"body of a GET", "GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", "x"},
		{"chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
	} {
		for range 8 {
			c := v.dial(t, patience)
			group.Go(func() {
				_, _ = io.WriteString(c, tt.begin)
				for range time.Tick(100 * time.Millisecond) {
					if _, err := io.WriteString(c, tt.drip); err != nil {
						return
					}
				}
			})
			group.Go(func() {
				_, err := io.Copy(io.Discard, c)
				var timeout net.Error
				if errors.As(err, &timeout) && timeout.Timeout() {
					t.Errorf("%s: not given up after %s", tt.name, patience)
				}
				c.Close()
			})
		}
	}
	for range 5 {
		v.undisturbed(t)
		time.Sleep(100 * time.Millisecond)
	}
}

// TestStrangersMany: connections are bounded. However many stand idle, drip their
// headers or do not read their answers, a reader who comes is served at once, the
// daemon has descriptors left to fetch with, and its memory stays small.
func TestStrangersMany(t *testing.T) {
	t.Parallel()
	const limit = 300 // of open files; a third of them for connections
	v := newVisited(t, "sh", "-c", fmt.Sprintf("ulimit -n %d; exec aggregator serve", limit))
	for _, begin := range []string{"", "GET /feeds/all.atom HTTP/1.1\r\n", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", strings.Repeat("GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\n\r\n", 50)} {
		var all []net.Conn
		for range 2 * limit {
			c := v.dial(t, time.Minute)
			_, _ = io.WriteString(c, begin) // it may be closed already
			all = append(all, c)
		}
		v.undisturbed(t)
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", v.pid))
		if err != nil {
			t.Skip(err)
		}
		if len(open) > limit/3+40 {
			t.Errorf("%.20q: %d descriptors are open", begin, len(open))
		}
		for _, c := range all {
			c.Close()
		}
	}
	v.stop()
	if said := v.stderr.String(); !strings.Contains(said, `"msg":"listener crowded","connections":100`) {
		t.Errorf("the log does not tell of it:\n%s", said)
	}
}
