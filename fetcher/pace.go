package fetcher

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

const (
	// A body that brings less than paceBytes in paceTime is not worth the
	// slot it holds.
	paceTime  = 10 * time.Second
	paceBytes = 1 << 10
)

// pacedBody gives up a body that drips, and leaves the gate when the body has
// been dealt with.
type pacedBody struct {
	io.ReadCloser
	leave func() // ends the request, too
	timer *time.Timer
	got   atomic.Int64 // since the timer was set
	slow  atomic.Bool
}

func newPacedBody(body io.ReadCloser, leave func()) *pacedBody {
	b := &pacedBody{ReadCloser: body, leave: leave}
	b.timer = time.AfterFunc(paceTime, b.check)
	return b
}

func (b *pacedBody) check() {
	if b.got.Swap(0) < paceBytes {
		b.slow.Store(true)
		b.leave()
		return
	}
	b.timer.Reset(paceTime)
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.got.Add(int64(n))
	if err != nil && err != io.EOF && b.slow.Load() {
		err = &Error{Reason: ReasonTimeout, Err: fmt.Errorf("less than %d bytes in %s", paceBytes, paceTime)}
	}
	return n, err
}

func (b *pacedBody) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.leave()
	return err
}
