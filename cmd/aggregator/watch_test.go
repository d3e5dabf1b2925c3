package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

// TestWatchedOverReload: after a reload the status is that of the new configuration,
// the counters go on, and the daemon was ready all the time.
func TestWatchedOverReload(t *testing.T) {
	origin := httptest.NewServer(simulated.New(simulated.Options{Seed: 5, Start: time.Now().Add(-time.Hour), Every: time.Minute, Backlog: 60}))
	defer origin.Close()
	r := &reloading{service: newService(t), origin: origin.URL, address: free(t)}
	r.write(strings.ReplaceAll(reloadFirst, "LISTEN", r.address))
	cmd := r.start(nil, "aggregator", "serve")
	if got := r.next(); !strings.HasPrefix(got, "READY=1") {
		t.Fatalf("systemd is told %q", got)
	}
	r.await("/metrics", `aggregator_fetches_total{outcome="ok"} 1`)
	r.get("/feeds/all.atom")
	for _, text := range []string{reloadSecond, reloadFirst, reloadSecond} {
		r.write(strings.ReplaceAll(text, "LISTEN", r.address))
		r.reload(cmd.Process, "STATUS=")
		if status, body := r.get("/readyz"); status != http.StatusOK {
			t.Errorf("readyz after a reload: %d %s", status, body)
		}
	}
	r.await("/metrics", `aggregator_fetches_total{outcome="ok"} 2`)
	r.await("/metrics", `aggregator_source_state{source="all",`)
	r.await("/metrics", `aggregator_http_requests_total{code="2xx",document="atom"} 1`)
	r.await("/metrics", fmt.Sprintf("version=%q} 1", version()))
	r.await("/status.json", `"name": "all"`)
	r.await("/status", "来源状态 · 第二")
	r.end(cmd)
}
