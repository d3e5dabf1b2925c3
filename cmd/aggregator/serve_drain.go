package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// front serves the public listeners.
type front struct {
	*http.Server
	entrance
	*crowd
	accepting sync.WaitGroup
}

func newFront(srv *http.Server, c *crowd) *front {
	srv.ConnState = c.note
	return &front{Server: srv, crowd: c}
}

// move closes the listeners but no connection, and serves others from then on.
func (f *front) move(e entrance, failed func(error)) {
	closeAll(f.listeners)
	f.accept(e, failed)
}

// accept serves until the listeners are closed; it tells of any other end.
func (f *front) accept(e entrance, failed func(error)) {
	f.entrance = e
	for _, l := range f.listeners {
		f.accepting.Go(func() {
			if err := f.Serve(l); !errors.Is(err, net.ErrClosed) {
				failed(fmt.Errorf("http: %w", err))
			}
		})
	}
}

// courtesy is how long a connection may take over its first request, once it was
// accepted, when the end has come.
const courtesy = time.Second

// drain answers whose request has come whole, or comes at once, and nobody else: who
// comes later is left to the next daemon on the same socket. Shutdown alone would hang
// up on those whose request it has read but not begun to answer.
func (f *front) drain(ctx context.Context) error {
	closeAll(f.listeners)
	f.accepting.Wait()
	f.SetKeepAlivesEnabled(false)
	for end := time.Now().Add(courtesy); ; time.Sleep(5 * time.Millisecond) {
		// Shutdown would wait five seconds for these.
		f.hangUp(time.Now().Add(-courtesy))
		if !f.isBusy() || time.Now().After(end) {
			return f.Shutdown(ctx)
		}
	}
}
