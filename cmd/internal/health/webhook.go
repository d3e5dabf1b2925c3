package health

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"aggregator/storage"
)

// Webhook tells a URL of conditions, in their order, by POST of a JSON object each.
type Webhook struct {
	URL       string
	UserAgent string
	Client    *http.Client
	Log       *slog.Logger

	mu     sync.Mutex
	queue  []storage.Condition
	wake   chan struct{}
	closed chan struct{}
	done   chan struct{}
}

// mostQueued is how many conditions wait at most; of more, the oldest are dropped.
const mostQueued = 1000

// Start makes the webhook ready; Close ends it.
func (w *Webhook) Start() {
	w.wake, w.closed, w.done = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go w.run()
}

// Tell has a condition sent, and does not wait for that.
func (w *Webhook) Tell(c storage.Condition) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.queue = append(w.queue, c); len(w.queue) > mostQueued {
		w.queue = w.queue[1:]
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Close waits until all is sent, each thing once tried, or for a time at most.
func (w *Webhook) Close(longest time.Duration) {
	close(w.closed)
	select {
	case <-w.done:
	case <-time.After(longest):
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.queue); n > 0 {
		w.Log.Warn("webhook not told", "conditions", n, "hint", "they are in the feed /feeds/health.atom")
	}
}

// run sends what is queued. What cannot be sent is tried again, less and less
// often; what comes later waits for it.
func (w *Webhook) run() {
	defer close(w.done)
	const soonest, latest = 10 * time.Second, time.Hour
	wait := soonest
	for {
		err := w.flush()
		pause := time.Duration(1 << 62)
		if err != nil {
			w.Log.Warn("webhook failed", "err", err, "again_in", wait.String())
			pause, wait = wait, min(2*wait, latest)
		} else {
			wait = soonest
		}
		select {
		case <-w.closed:
			if err == nil {
				_ = w.flush() // Close tells what is left
			}
			return
		case <-w.wake:
			if err != nil { // no sooner for that there is more
				select {
				case <-w.closed:
					return
				case <-time.After(pause):
				}
			}
		case <-time.After(pause):
		}
	}
}

func (w *Webhook) flush() error {
	for {
		w.mu.Lock()
		if len(w.queue) == 0 {
			w.mu.Unlock()
			return nil
		}
		c := w.queue[0]
		w.mu.Unlock()
		if err := w.post(c); err != nil {
			return err
		}
		w.mu.Lock()
		if len(w.queue) > 0 && w.queue[0].Number == c.Number {
			w.queue = w.queue[1:]
		}
		w.mu.Unlock()
	}
}

// message is what is sent.
type message struct {
	Source   string `json:"source"`
	State    string `json:"state"`
	Since    string `json:"since"`
	Was      string `json:"was"`
	WasSince string `json:"was_since"`
	Text     string `json:"text"`
	At       string `json:"at"`
}

// post sends one condition. An answer that says the request is wrong will not
// change by asking again.
func (w *Webhook) post(c storage.Condition) error {
	utc := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	body, err := json.Marshal(message{c.Source, c.State, utc(c.Since), c.Was, utc(c.WasSince), c.Text, utc(c.At)})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("its address cannot be read") // it may hold a secret
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", w.UserAgent)
	resp, err := w.Client.Do(req)
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err // without the address
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	switch s := resp.StatusCode; {
	case s < 300:
		return nil
	case s >= 500, s == http.StatusTooManyRequests, s == http.StatusRequestTimeout:
		return fmt.Errorf("status %d", s)
	default:
		w.Log.Error("webhook refused", "status", s, "source", c.Source, "hint", "see `health.webhook` in the configuration")
		return nil
	}
}
