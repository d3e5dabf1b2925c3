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

// courtesy is how long a connection may take over its request, once it was accepted.
const courtesy = time.Second

// drain answers whom it has accepted, and nobody else: who comes later is left to
// the next daemon on the same socket. Shutdown alone would hang up on those whose
// request it has read but not begun to answer.
func (f *front) drain(ctx context.Context) error {
	closeAll(f.listeners)
	f.accepting.Wait()
	f.SetKeepAlivesEnabled(false)
	for end := time.Now().Add(courtesy); f.isBusy() && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	return f.Shutdown(ctx)
}
