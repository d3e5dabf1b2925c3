package feedout

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

// BenchmarkSocket is BenchmarkServe through sockets, where the client costs as little as
// it can: requests a second are to be at least 0.9 of those of the bare handler. The two
// are asked in turn, for others may be at work on the machine.
//
//	go test ./feedout -run - -bench Socket -count 5
func BenchmarkSocket(b *testing.B) {
	p := New(oneFeed(sample(50)), Options{})
	doc, err := p.Document(b.Context(), "/feeds/finance.atom")
	if err != nil {
		b.Fatal(err)
	}
	bare := func(status int, rep Representation) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", doc.Type)
			if status == http.StatusOK {
				w.Header().Set("Content-Length", strconv.Itoa(len(rep.Body)))
			}
			w.WriteHeader(status)
			w.Write(rep.Body)
		})
	}
	none := Representation{}
	for _, bm := range []struct {
		name   string
		bare   http.Handler
		header string
	}{
		{"304", bare(http.StatusNotModified, none), "Accept-Encoding: gzip\r\nIf-None-Match: " + doc.In("gzip").ETag + "\r\n"},
		{"gzip", bare(http.StatusOK, doc.In("gzip")), "Accept-Encoding: gzip\r\n"},
		{"identity", bare(http.StatusOK, doc.In("identity")), ""},
	} {
		b.Run(bm.name, func(b *testing.B) {
			request := []byte("GET /feeds/finance.atom HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\n" + bm.header + "\r\n")
			ours, floor := newAsker(b, p, request), newAsker(b, bm.bare, request)
			for b.Loop() {
				ours.ask(b, 50)
				floor.ask(b, 50)
			}
			b.ReportMetric(floor.took.Seconds()/ours.took.Seconds(), "of-the-bare")
			b.ReportMetric(float64(b.N*50)/ours.took.Seconds(), "requests/s")
		})
	}
}

// asker asks a server for the same again and again.
type asker struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
	size    int
	took    time.Duration
}

func newAsker(b *testing.B, h http.Handler, request []byte) *asker {
	srv := httptest.NewServer(h)
	b.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return &asker{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), request: request, size: sizeOfResponse(b, conn, request)}
}

func (a *asker) ask(b *testing.B, times int) {
	start := time.Now()
	for range times {
		if _, err := a.conn.Write(a.request); err != nil {
			b.Fatal(err)
		}
		if _, err := a.in.Discard(a.size); err != nil {
			b.Fatal(err)
		}
	}
	a.took += time.Since(start)
}

// sizeOfResponse is how many bytes a response has: always as many.
func sizeOfResponse(b *testing.B, conn net.Conn, request []byte) int {
	b.Helper()
	if _, err := conn.Write(request); err != nil {
		b.Fatal(err)
	}
	var all bytes.Buffer
	res, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &all)), nil)
	if err != nil {
		b.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode == http.StatusOK && n == 0 {
		b.Fatal(n, err)
	}
	return all.Len()
}
