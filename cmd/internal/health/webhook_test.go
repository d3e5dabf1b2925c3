package health_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/storage"
)

// receiver is who is told: it answers with its statuses one after the other, the
// last for ever.
type receiver struct {
	mu       sync.Mutex
	statuses []int
	got      []map[string]string
	at       []time.Time
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var m map[string]string
	if err := json.NewDecoder(req.Body).Decode(&m); err != nil {
		return nil, err
	}
	r.got, r.at = append(r.got, m), append(r.at, time.Now())
	status := r.statuses[0]
	if len(r.statuses) > 1 {
		r.statuses = r.statuses[1:]
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Request: req}, nil
}

func told(n uint64, state string) storage.Condition {
	return storage.Condition{Number: n, Source: "s", State: state, Since: monday, At: monday.Add(time.Hour), Was: "ok", Text: "why"}
}

func TestWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{statuses: []int{503, 503, 200}}
		w := &health.Webhook{URL: "http://hook.example/", Client: &http.Client{Transport: r}, Log: slog.New(slog.DiscardHandler)}
		w.Start()
		start := time.Now()
		w.Tell(told(1, "silent"))
		time.Sleep(time.Second)
		w.Tell(told(2, "ok"))
		time.Sleep(time.Minute)
		synctest.Wait()
		var states []string
		for _, m := range r.got {
			states = append(states, m["state"])
		}
		if got := strings.Join(states, " "); got != "silent silent silent ok" {
			t.Errorf("sent %s", got)
		}
		if d := r.at[1].Sub(start); d < 10*time.Second {
			t.Errorf("tried again after %s", d)
		}
		want := map[string]string{"source": "s", "state": "silent", "since": "2026-03-01T16:00:00Z", "was": "ok", "was_since": "", "text": "why", "at": "2026-03-01T17:00:00Z"}
		for name, value := range want {
			if r.got[0][name] != value {
				t.Errorf("%s is %q, want %q", name, r.got[0][name], value)
			}
		}
		w.Close(time.Second)
	})
}

// TestWebhookAtTheEnd: what a short run has to tell is told before it ends, and one
// that nobody answers does not hold it up.
func TestWebhookAtTheEnd(t *testing.T) {
	r := &receiver{statuses: []int{200}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		resp, err := r.RoundTrip(req)
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(resp.StatusCode)
	}))
	defer srv.Close()
	w := &health.Webhook{URL: srv.URL, Client: srv.Client(), Log: slog.New(slog.DiscardHandler)}
	w.Start()
	w.Tell(told(1, "failing"))
	w.Tell(told(2, "ok"))
	w.Close(5 * time.Second)
	if len(r.got) != 2 {
		t.Errorf("told %v", r.got)
	}
	var log strings.Builder
	w = &health.Webhook{URL: "http://user:s3cret@127.0.0.1:1/", Client: http.DefaultClient, Log: slog.New(slog.NewTextHandler(&log, nil))}
	w.Start()
	w.Tell(told(3, "failing"))
	start := time.Now()
	w.Close(5 * time.Second)
	if time.Since(start) > 3*time.Second || !strings.Contains(log.String(), "webhook not told") || strings.Contains(log.String(), "s3cret") {
		t.Errorf("after %s: %s", time.Since(start), &log)
	}
}
