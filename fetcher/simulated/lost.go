package simulated

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// lineOfHeader is how long the lines of a long header are.
const lineOfHeader = 1024

// lost ends a request without an answer, for a reason that the client is told by its
// own machine.
type lost struct{ error }

// unreachable is a host that cannot be reached. One that has a server has been, so it
// leads to another.
func (f *Fault) unreachable(w http.ResponseWriter, r *http.Request) {
	_, served := r.Context().Value(http.ServerContextKey).(*http.Server)
	switch {
	case served && f.Kind == NoName:
		redirect(w, "http://no-such-host.invalid/", http.StatusFound) // RFC 6761 §6.4
	case served && f.Kind == NoConnection:
		redirect(w, "http://127.0.0.1:1/", http.StatusFound)
	case served:
		redirect(w, "https://"+r.Host+r.URL.RequestURI(), http.StatusFound)
	case f.Kind == NoName:
		panic(lost{&net.DNSError{Err: "no such host", Name: r.Host, IsNotFound: true}})
	case f.Kind == NoConnection:
		panic(lost{&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}})
	default:
		panic(lost{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}})
	}
}

// exceed sends more than is announced, which a server would refuse to.
func exceed(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil { // without a connection the client sees no more than was announced
		h.Set("Content-Length", fmt.Sprint(len(body)/2))
		w.WriteHeader(status)
		w.Write(body[:len(body)/2])
		return
	}
	defer conn.Close()
	h.Del("Content-Length")
	fmt.Fprintf(buf, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\n", status, http.StatusText(status), len(body)/2)
	h.Write(buf)
	buf.WriteString("\r\n")
	buf.Write(body)
	buf.Flush()
	panic(http.ErrAbortHandler)
}
