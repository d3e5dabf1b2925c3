package main

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
)

// load is all that comes in at the daemon's own doors.
type load struct {
	*soak
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu       sync.Mutex
	statuses map[int]int
	longest  time.Duration     // that a fetch took which somebody waited for
	seen     map[string]string // the page of an entry => its id, as readers saw it
}

// begin lets everybody loose.
func (s *soak) begin() *load {
	ctx, cancel := context.WithCancel(context.Background())
	l := &load{soak: s, cancel: cancel, statuses: map[int]int{}, seen: map[string]string{}}
	s.t.Cleanup(l.end)
	for _, visit := range []struct {
		visitors int
		every    time.Duration
		what     func(context.Context)
	}{
		{3, 3 * time.Millisecond, l.flood},
		{1, 200 * time.Millisecond, l.read},
		{20, 100 * time.Millisecond, l.hold},
		{10, 50 * time.Millisecond, l.babble},
		{2, 100 * time.Millisecond, l.insist},
	} {
		for range visit.visitors {
			l.group.Go(func() {
				for ctx.Err() == nil {
					visit.what(ctx)
					time.Sleep(visit.every)
				}
			})
		}
	}
	return l
}

func (l *load) end() {
	l.cancel()
	l.group.Wait()
}

var visitor = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4, DisableCompression: true}}

// flood asks for anything.
func (l *load) flood(ctx context.Context) {
	paths := []string{
		"/", "/?q=股", "/status", "/status.json", "/metrics", "/healthz", "/readyz", "/feeds.opml", "/c/none/", "/a/none", "/feeds/source/all.atom",
		"/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/feeds/health.atom", "/feeds/corrections.atom", "/feeds/stock/sh600000.atom",
		fmt.Sprintf("/feeds/stock/sh%06d.atom", mathrand.IntN(1e6)), fmt.Sprintf("/feeds/%d.atom", mathrand.Uint64()),
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.address+paths[mathrand.IntN(len(paths))], nil)
	if err != nil {
		l.t.Error(err)
		return
	}
	req.Header.Set("Accept-Encoding", []string{"gzip", "br", "identity", "gzip;q=0, *"}[mathrand.IntN(4)])
	if mathrand.IntN(2) == 0 {
		req.Header.Set("Range", "bytes=0-10,20-30,100-")
	}
	res, err := visitor.Do(req)
	if err != nil {
		return // it was killed
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.statuses[res.StatusCode]++
	if res.StatusCode >= 500 && res.StatusCode != http.StatusServiceUnavailable {
		l.t.Errorf("%s: %s", req.URL.Path, res.Status)
	}
}

// glance asks for one document, by a connection of its own.
func glance(address, path string) (body []byte, ok bool) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + address + path)
	if err != nil {
		return nil, false
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	return body, err == nil && res.StatusCode == http.StatusOK
}

// read reads the feed as a reader does, who keeps what he has seen.
func (l *load) read(context.Context) {
	body, ok := glance(l.address, "/feeds/all.atom")
	if !ok {
		return
	}
	var feed struct {
		Entry []struct {
			ID   string `xml:"id"`
			Link []struct {
				Rel  string `xml:"rel,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(body, &feed); err != nil {
		l.t.Errorf("a reader cannot read the feed: %v\n%.300s", err, body)
		return
	}
	l.served.Store(time.Now().UnixMilli())
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range feed.Entry {
		for _, link := range e.Link {
			name := pageName(link.Href)
			if link.Rel != "alternate" {
				continue
			}
			if id := l.seen[name]; id != "" && id != e.ID {
				l.t.Errorf("readers saw %s as %s, and now as %s", name, id, e.ID)
			}
			l.seen[name] = e.ID
		}
	}
}

// hold takes a connection and does not go on, in one of several ways.
func (l *load) hold(ctx context.Context) {
	c, err := net.Dial("tcp", l.address)
	if err != nil {
		return
	}
	defer c.Close()
	ways := []string{"", "GET /feeds/all.atom HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
		strings.Repeat("GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\n\r\n", 50)}
	_, _ = io.WriteString(c, ways[mathrand.IntN(len(ways))])
	for range mathrand.IntN(40) {
		if _, err := io.WriteString(c, "X"); err != nil || ctx.Err() != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// babble sends what is no request.
func (l *load) babble(context.Context) {
	c, err := net.Dial("tcp", l.address)
	if err != nil {
		return
	}
	defer c.Close()
	noise := make([]byte, mathrand.IntN(100_000))
	_, _ = rand.Read(noise)
	if mathrand.IntN(2) == 0 {
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n")
	}
	_, _ = c.Write(noise)
}

// longestFetch is how long the worst source may take, with a timeout of three seconds.
const longestFetch = 30 * time.Second

// insist has broken sources fetched, whatever rest they asked for.
func (l *load) insist(ctx context.Context) {
	args := []string{"fetch", "--once", "--force", l.broken[mathrand.IntN(len(l.broken))], l.broken[mathrand.IntN(len(l.broken))]}
	s := daemon.Streams{Out: io.Discard, Err: io.Discard}
	began := time.Now()
	_, _ = daemon.Dial(ctx, filepath.Join(l.dir, "a.db.sock"), daemon.Call{Args: args}, s) // it may be killed meanwhile
	l.mu.Lock()
	defer l.mu.Unlock()
	took := time.Since(began)
	l.longest = max(l.longest, took)
	if took > longestFetch && !slices.Contains(args, "flaky") { // which has much to catch up with
		l.t.Errorf("%v took %s", args, took)
	}
}

// report finds what readers saw in the store.
func (l *load) report(t *testing.T) {
	t.Helper()
	for name, id := range l.seen {
		if l.ids[name] != id {
			t.Errorf("readers saw %s as %s, stored is %q", name, id, l.ids[name])
		}
	}
}
