package feedout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Hub tells a WebSub hub which documents changed, so that it fetches them at
// once and passes them on to whoever subscribed there (WebSub §6 leaves the form
// to hub and publisher; this one is PubSubHubbub's, which hubs take).
//
// It holds nobody up: [Hub.Changed] only makes a note. What is not told when the
// program ends is not told later; readers that poll find it.
type Hub struct {
	Publisher *Publisher
	URL       string // may hold a secret
	Client    *http.Client
	Log       *slog.Logger
	UserAgent string
	// Quiet is how long after a change others are awaited: a cycle stores its
	// articles in several batches. Default 5 s.
	Quiet time.Duration

	mu   sync.Mutex
	due  map[string]bool // paths that may have changed
	told map[string]string
	wake chan struct{}
	// After a failure it is left alone until a time, and after the next one for
	// as long as pause at least.
	until time.Time
	pause time.Duration
}

// A hub that cannot be reached is tried again, after ever longer pauses.
const hubPause, hubLongest = 10 * time.Second, time.Hour

// Changed notes that feeds changed; nothing, where none is named. It never waits.
func (h *Hub) Changed(slugs ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.start()
	for _, path := range h.Publisher.Paths(slugs...) {
		h.due[path] = true
	}
	select {
	case h.wake <- struct{}{}:
	default: // it is awake
	}
}

// Follow has the hub told of what the one before, which must not run any more, had
// still to tell it of; and knows what it was told, and how long it wants to be left
// alone.
func (h *Hub) Follow(before *Hub) {
	before.mu.Lock()
	due, told := maps.Clone(before.due), maps.Clone(before.told)
	until, pause := before.until, before.pause
	before.mu.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.start()
	maps.Copy(h.due, due)
	maps.Copy(h.told, told)
	h.until, h.pause = until, pause
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *Hub) start() {
	if h.wake == nil {
		h.wake = make(chan struct{}, 1)
		h.due, h.told = map[string]bool{}, map[string]string{}
	}
}

// Run tells the hub until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	h.mu.Lock()
	h.start()
	h.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		if !sleep(ctx, max(cmp.Or(h.Quiet, 5*time.Second), h.rest())) {
			return
		}
		for err := h.round(ctx); err != nil; err = h.round(ctx) {
			if ctx.Err() != nil {
				return
			}
			rest := h.failed(err)
			h.Log.Warn("hub not told", "err", err, "again", rest.String())
			if !sleep(ctx, rest) {
				return
			}
		}
		h.mu.Lock()
		h.pause = 0
		h.mu.Unlock()
	}
}

// rest is how long the hub is still to be left alone.
func (h *Hub) rest() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Until(h.until)
}

// failed notes how long the hub is to be left alone after an error.
func (h *Hub) failed(err error) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	pause := cmp.Or(h.pause, hubPause)
	rest := max(pause, asked(err))
	h.until, h.pause = time.Now().Add(rest), min(2*pause, hubLongest)
	return rest
}

// sleep tells whether ctx lasted.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// round tells of all that is due. One topic that a hub fails at holds no other
// up; only a hub that cannot be reached, or asks to be left alone, is not asked
// about the others. What it did not come to stays due.
func (h *Hub) round(ctx context.Context) error {
	h.mu.Lock()
	paths := slices.Sorted(maps.Keys(h.due))
	h.mu.Unlock()
	var failed error
	for _, path := range paths {
		err := h.tell(ctx, path)
		var refused *hubRefusal
		if err != nil && (!errors.As(err, &refused) || refused.status == http.StatusTooManyRequests || refused.after > 0) {
			return err
		}
		failed = cmp.Or(failed, err)
	}
	return failed
}

// hubRefusal is an answer after which the hub is to be asked again.
type hubRefusal struct {
	status int
	after  time.Duration // that it asked for; 0 where it did not
}

func (r *hubRefusal) Error() string { return fmt.Sprintf("status %d", r.status) }

// asked is how long the hub wants to be left alone.
func asked(err error) time.Duration {
	var refused *hubRefusal
	if errors.As(err, &refused) {
		return refused.after
	}
	return 0
}

// longestRest is what is believed of a Retry-After field: beyond it the hub's
// clock is wrong, or ours.
const longestRest = 24 * time.Hour

// retryAfter reads a Retry-After field, RFC 9110 §10.2.3.
func retryAfter(field string) time.Duration {
	field = strings.TrimSpace(field)
	if at, err := http.ParseTime(field); err == nil {
		return min(max(time.Until(at), 0), longestRest)
	}
	seconds, err := strconv.ParseUint(field, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return longestRest
	}
	return time.Duration(min(seconds, uint64(longestRest/time.Second))) * time.Second
}

// tell tells of one document, if it is another than the one last told of.
func (h *Hub) tell(ctx context.Context, path string) error {
	h.mu.Lock()
	delete(h.due, path) // a change from now on makes it due again
	h.mu.Unlock()
	doc, err := h.Publisher.Document(ctx, path)
	if err != nil || doc.self == "" {
		return nil // where nothing can be read there is nothing to tell
	}
	h.mu.Lock()
	same := h.told[path] == doc.ETag
	h.mu.Unlock()
	if same {
		return nil
	}
	if err := h.ping(ctx, doc.self); err != nil {
		h.mu.Lock()
		h.due[path] = true
		h.mu.Unlock()
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told[path] = doc.ETag
	return nil
}

// ping is an error where the hub is to be asked again. A hub that does not want
// a topic is not.
func (h *Hub) ping(ctx context.Context, topic string) error {
	form := url.Values{"hub.mode": {"publish"}, "hub.url": {topic}, "hub.topic": {topic}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return errors.New("hub has no valid address")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if h.UserAgent != "" {
		r.Header.Set("User-Agent", h.UserAgent)
	}
	resp, err := h.Client.Do(r)
	var hidden *url.Error // it would show the address
	if errors.As(err, &hidden) {
		err = hidden.Err
	}
	if err != nil {
		return err
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 1<<16) // so that the connection can be used again
	resp.Body.Close()
	switch {
	case resp.StatusCode < 300:
		h.Log.Debug("hub told", "topic", topic)
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode >= 500:
		return &hubRefusal{resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"))}
	default:
		h.Log.Warn("hub refused", "topic", topic, "status", strconv.Itoa(resp.StatusCode))
	}
	return nil
}
