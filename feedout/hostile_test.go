package feedout

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestHostile: whatever a stranger sends, as bytes on a wire, gets a refusal in
// plain text that repeats nothing of it, asks the store for nothing odd and
// leaves nothing behind.
func TestHostile(t *testing.T) {
	var asked []string
	p := New(loader{feed: func(_ context.Context, slug string) (*Feed, error) {
		asked = append(asked, slug)
		return nil, ErrNoFeed
	}}, Options{})
	mux := http.NewServeMux() // as web mounts it
	mux.Handle("/feeds/", p)
	mux.Handle("/feeds.opml", p)
	server := httptest.NewServer(mux)
	defer server.Close()
	long := strings.Repeat("a", 9000)
	for _, tt := range []struct {
		request string // request line without the version, and header lines
		status  int
	}{
		{"GET /feeds/" + long + ".atom", 404},
		{"GET /feeds/finance.atom?" + long, 404},
		{"GET /feeds/" + strings.Repeat("a/", 4000) + ".atom", 404},
		{"GET /feeds/../../etc/passwd", 404},
		{"GET /feeds/../finance.atom", 404},
		{"GET /feeds/%2e%2e/%2e%2e/etc/passwd.atom", 404},
		{"GET /feeds/..%2f..%2fetc%2fpasswd.atom", 404},
		{"GET /feeds%2ffinance.atom", 404},
		{"GET /feeds/stock%2F..%2F..%2Fx.atom", 404},
		{"GET //feeds//finance.atom", 404},
		{"GET /feeds/.atom", 404},
		{"GET /feeds/%00.atom", 404},
		{"GET /feeds/a%0d%0aSet-Cookie:%20x=1.atom", 404},
		{"GET /feeds/<script>alert(1)</script>.atom", 404},
		{"GET /feeds/%ff%fe.atom", 404},
		{"GET /feeds/%zz.atom", 400},
		{"GET feeds/finance.atom", 400},
		{"GET http://elsewhere.example/feeds/finance.atom", 404},
		{"GET /feeds/finance.atom\r\nRange: bytes=" + strings.Repeat("0-1,", 1000), 404},
		{"GET /feeds/finance.atom\r\nIf-None-Match: " + strings.Repeat(`",`, 4000), 404},
		{"GET /feeds/finance.atom\r\nAccept-Encoding: " + strings.Repeat("gzip;q=0.1,", 800), 404},
		{"POST /feeds/finance.atom\r\nContent-Length: 5", 405},
		{"DELETE /feeds.opml", 405},
		{"TRACE /feeds/finance.atom\r\nCookie: secret", 405},
		{"PROPFIND /feeds/finance.atom", 405},
		{"get /feeds/finance.atom", 405},
		{"A-METHOD-OF-OUR-OWN /feeds/finance.atom", 405},
		{"CONNECT elsewhere.example:443", 404},
		{"OPTIONS *", 200},
		{"G<ET /feeds/finance.atom", 400},
	} {
		line, headers, _ := strings.Cut(tt.request, "\r\n")
		got := wire(t, server, line+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"+headers+"\r\n\r\nhello")
		text := string(body(t, got))
		if got.StatusCode != tt.status {
			t.Errorf("%.60q: got %d, want %d", tt.request, got.StatusCode, tt.status)
		}
		if len(text) > 100 || strings.ContainsAny(text, "<%") || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%.60q: got %.200q %v", tt.request, text, got.Header)
		}
	}
	for _, slug := range asked {
		if len(slug) > longestPath {
			t.Errorf("%.60q was looked for", slug)
		}
	}
	if len(p.slots) != 0 {
		t.Errorf("%d slots are kept", len(p.slots))
	}
}

// wire sends bytes and follows redirects that stay at the server, which is how
// a path is cleaned.
func wire(t *testing.T, server *httptest.Server, request string) *http.Response {
	t.Helper()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%.60q: %v", request, err)
	}
	content, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if to := got.Header.Get("Location"); to != "" {
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
			t.Errorf("%.60q: sent to %q", request, to)
		}
		return wire(t, server, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", to))
	}
	got.Body = io.NopCloser(strings.NewReader(string(content)))
	return got
}
