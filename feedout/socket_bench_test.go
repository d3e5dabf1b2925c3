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
)

// BenchmarkSocket is BenchmarkServe through sockets, where the client costs as little as
// it can: requests a second are to be at least 0.9 of those of the bare handler.
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
		name    string
		handler http.Handler
		header  string
	}{
		{"304", p, "Accept-Encoding: gzip\r\nIf-None-Match: " + doc.In("gzip").ETag + "\r\n"},
		{"304/bare", bare(http.StatusNotModified, none), "Accept-Encoding: gzip\r\nIf-None-Match: " + doc.In("gzip").ETag + "\r\n"},
		{"gzip", p, "Accept-Encoding: gzip\r\n"},
		{"gzip/bare", bare(http.StatusOK, doc.In("gzip")), "Accept-Encoding: gzip\r\n"},
		{"identity", p, ""},
		{"identity/bare", bare(http.StatusOK, doc.In("identity")), ""},
	} {
		b.Run(bm.name, func(b *testing.B) {
			srv := httptest.NewServer(bm.handler)
			defer srv.Close()
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			request := []byte("GET /feeds/finance.atom HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\n" + bm.header + "\r\n")
			size := sizeOfResponse(b, conn, request)
			in := bufio.NewReaderSize(conn, 64<<10)
			for b.Loop() {
				if _, err := conn.Write(request); err != nil {
					b.Fatal(err)
				}
				if _, err := in.Discard(size); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
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
