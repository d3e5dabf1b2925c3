package simulated

import (
	"cmp"
	"io"
	"net/http"
	"strconv"
	"sync"
	"syscall"
)

// Transport answers an http.Client's requests without a network, whatever their
// host. It works in a bubble of testing/synctest. Like http.Transport it asks
// for gzip and unpacks it where the request says nothing of encodings.
func (o *Origin) Transport() http.RoundTripper { return transport{o} }

type transport struct{ origin http.Handler }

// RoundTrip runs the handler beside the client, as a server does.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	if in.Host == "" {
		in.Host = in.URL.Host
	}
	in.RequestURI = in.URL.RequestURI()
	unpack := in.Header.Get("Accept-Encoding") == "" && in.Header.Get("Range") == ""
	if unpack {
		in.Header.Set("Accept-Encoding", "gzip")
	}
	pr, pw := io.Pipe()
	w := &pipeWriter{header: make(http.Header), body: pw, head: r.Method == http.MethodHead, started: make(chan struct{})}
	go w.serve(t.origin, in)
	select {
	case <-w.started:
	case <-r.Context().Done():
		pr.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
	if w.status == 0 {
		return nil, cmp.Or(w.lost, error(syscall.ECONNRESET))
	}
	return w.response(r, pr, unpack)
}

// pipeWriter is the server's end.
type pipeWriter struct {
	header  http.Header
	body    *io.PipeWriter
	head    bool // the client wants no body
	started chan struct{}
	once    sync.Once
	// Set before started is closed.
	status int
	sent   http.Header
	length int64 // announced; -1 if not
	lost   error // why there is no answer

	written int64
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent, w.length = status, w.header.Clone(), -1
		if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
			w.length = n
		}
		close(w.started)
	})
}

func (w *pipeWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.head {
		return len(b), nil
	}
	n, err := w.body.Write(b)
	w.written += int64(n)
	return n, err
}

// Flush satisfies http.Flusher; a pipe holds nothing back.
func (w *pipeWriter) Flush() {}

// serve runs the handler to its end. What it ends with is how the body ends: a
// body shorter than announced, or broken off, is an error to the client.
func (w *pipeWriter) serve(h http.Handler, r *http.Request) {
	err := run(h, w, r)
	if err != nil {
		if l, ok := err.(lost); ok {
			w.lost = l.error
		}
		w.once.Do(func() { close(w.started) })
		w.body.CloseWithError(err)
		return
	}
	w.WriteHeader(http.StatusOK)
	if !w.head && w.length >= 0 && w.written < w.length {
		err = io.ErrUnexpectedEOF
	}
	w.body.CloseWithError(err)
}

func run(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			err = cmp.Or(r.Context().Err(), io.ErrUnexpectedEOF)
		} else if l, ok := p.(lost); ok {
			err = l
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}
