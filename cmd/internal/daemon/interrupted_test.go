package daemon_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"aggregator/cmd/internal/daemon"
)

// TestInterruptedBySignal: a source whose fetch was under way when the daemon was told
// to end has not failed, though the context's cause is the signal.
func TestInterruptedBySignal(t *testing.T) {
	w := newWorld(t, `  - {name: a, kind: feed, url: "http://feeds.example/site/1/rss.xml", full_text: false}`)
	ctx, cancel := context.WithCancelCause(t.Context())
	w.transport(func(*http.Request) string { cancel(errors.New("terminated signal received")); return "" })
	var got error
	if err := w.Once(ctx, nil, daemon.Options{}, func(r daemon.Report) { got = r.Err }); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(got, context.Canceled) {
		t.Errorf("got %v, want an interruption", got)
	}
}
