package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// TestCluster runs three daemons on one PostgreSQL, and has what happens to machines
// happen to them: one is killed in the middle of its fetches, PostgreSQL is started
// anew, and one is cut off from it. All the while the sites are asked as if by one
// program, each node serves every feed, no list is left alone for a minute, and in
// the end each article is there once and its page was fetched once, but for
// the requests that were interrupted.
func TestCluster(t *testing.T) {
	c := newCluster(t)
	var group sync.WaitGroup
	for i := range c.nodes { // at once, so that all want the same
		group.Go(func() { c.start(i) })
	}
	group.Wait()
	c.await("the backlog everywhere", 30*time.Second, func() bool {
		for i := range c.nodes {
			if len(c.ids(i)) < 50 {
				return false
			}
		}
		return true
	})
	c.watch()
	time.Sleep(5 * time.Second)
	c.spread(time.Second)

	c.kill(0)
	time.Sleep(3 * time.Second)
	c.start(0)

	c.server.Down(syscall.SIGINT)
	time.Sleep(2 * time.Second)
	c.server.Up()
	time.Sleep(3 * time.Second)

	c.cut.Store(true)
	time.Sleep(24 * time.Second) // longer than what the node holds is its own
	c.cut.Store(false)

	c.stopped.Store(true) // nothing new comes from now on
	c.await("the same bytes from all", 2*time.Minute, c.agree)
	c.over = time.Now()
	c.end()
	c.compare()
	c.manners()
}

// cluster are three nodes, their database and their origin.
type cluster struct {
	*testing.T
	server  *postgrestest.Server
	url     string
	origin  *simulated.Origin
	stopped atomic.Bool // the origin's clock
	sites   []*site
	nodes   [3]*node
	cut     atomic.Bool // the third one's way to the database

	mu     sync.Mutex
	seen   map[string]map[int]time.Time // when an article was first seen, by node
	watch_ sync.WaitGroup
	over   time.Time // when it ended
	ended  chan struct{}
}

type node struct {
	config  string
	cmd     *exec.Cmd
	log     *said
	address atomic.Value // string; empty while it does not run
}

// site is an address of the origin, and what came to it.
type site struct {
	*httptest.Server
	mu          sync.Mutex
	starts      []time.Time
	lists       map[string][]time.Time // by source
	pages       map[string]int
	under, most int
}

const clusterInterval = 40 * time.Millisecond

func newCluster(t *testing.T) *cluster {
	c := &cluster{T: t, server: postgrestest.Start(t), seen: map[string]map[int]time.Time{}, ended: make(chan struct{})}
	c.url = c.server.Database()
	began := time.Now()
	var at atomic.Int64 // of the clock that stands still
	c.origin = simulated.New(simulated.Options{Seed: 5, Start: began, Every: 2 * time.Second, Backlog: 60, Reach: 2 * time.Hour, Now: func() time.Time {
		if c.stopped.Load() {
			at.CompareAndSwap(0, time.Now().UnixNano())
			return time.Unix(0, at.Load())
		}
		return time.Now()
	}})
	var sources strings.Builder
	for n := range 2 {
		s := &site{lists: map[string][]time.Time{}, pages: map[string]int{}}
		s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(c.origin, w, r) }))
		t.Cleanup(s.Close)
		c.sites = append(c.sites, s)
		for _, list := range [][2]int{{155, 1686}, {153, 2509}, {384, 2519}} {
			fmt.Fprintf(&sources, "  - {name: list-%d-%d, kind: sina-roll, endpoint: \"%s/api/roll/get\", params: {pageid: %d, lid: %d}, schedule: \"@every 2s\", categories: [news-%d]}\n",
				n, list[1], s.URL, list[0], list[1], list[1])
		}
		for i := range 5 {
			fmt.Fprintf(&sources, "  - {name: feed-%d-%d, kind: feed, url: \"%s/site/%d/atom.xml\", schedule: \"@every 2s\", categories: [feeds]}\n", n, i, s.URL, i+1)
		}
	}
	proxied := c.proxy()
	dir := t.TempDir()
	for i := range c.nodes {
		url := c.url
		if i == 2 {
			url = strings.Replace(url, c.server.Addr(), proxied, 1)
		}
		text := fmt.Sprintf("listen: 127.0.0.1:0\ncontrol: %s/%d.sock\ndatabase: %q\nsite: {base_url: \"http://news.example\"}\nfetch: {allow_private: [127.0.0.0/8], concurrency: 2, per_host: {concurrency: 2, interval: %s}}\nsources:\n%s",
			dir, i, url, clusterInterval, &sources)
		c.nodes[i] = &node{config: filepath.Join(dir, fmt.Sprint(i, ".yaml")), log: new(said)}
		c.nodes[i].address.Store("")
		if err := os.WriteFile(c.nodes[i].config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for i, n := range c.nodes {
			if n.cmd != nil {
				_ = n.cmd.Process.Kill()
			}
			if t.Failed() {
				t.Logf("node %d:\n%s", i, tail(n.log.String(), 4000))
			}
		}
	})
	return c
}

func tail(b string, n int) string { return b[max(0, len(b)-n):] }

func (s *site) serve(o http.Handler, w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.starts = append(s.starts, time.Now())
	s.under++
	s.most = max(s.most, s.under)
	switch lid := r.URL.Query().Get("lid"); {
	case lid != "" && r.URL.Query().Get("page") == "1":
		s.lists[lid] = append(s.lists[lid], time.Now())
	case strings.HasSuffix(r.URL.Path, "html"):
		s.pages[r.URL.Path]++
	}
	s.mu.Unlock()
	time.Sleep(80 * time.Millisecond)
	o.ServeHTTP(w, r)
	s.mu.Lock()
	s.under--
	s.mu.Unlock()
}

// proxy is the third node's way to the database, which may be cut.
func (c *cluster) proxy() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.relay(in)
		}
	}()
	return l.Addr().String()
}

// relay passes bytes on; while the way is cut they get nowhere, and nobody is told.
func (c *cluster) relay(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", c.server.Addr())
	if err != nil {
		return
	}
	defer out.Close()
	pass := func(to, from net.Conn) {
		b := make([]byte, 32<<10)
		for {
			n, err := from.Read(b)
			for c.cut.Load() {
				time.Sleep(50 * time.Millisecond)
			}
			if n > 0 {
				if _, err := to.Write(b[:n]); err != nil {
					return
				}
			}
			if err != nil {
				to.Close()
				return
			}
		}
	}
	go pass(out, in)
	pass(in, out)
}

func (c *cluster) start(i int) {
	c.Helper()
	n := c.nodes[i]
	n.cmd = exec.Command("aggregator", "--config", n.config, "--log-format", "json", "serve")
	out, err := n.cmd.StderrPipe()
	if err == nil {
		err = n.cmd.Start()
	}
	if err != nil {
		c.Error(err)
		return
	}
	n.address.Store("http://" + addressIn(c.T, io.TeeReader(out, n.log)))
}

func (c *cluster) kill(i int) {
	c.nodes[i].address.Store("")
	_ = c.nodes[i].cmd.Process.Kill()
	_ = c.nodes[i].cmd.Wait()
}

// get asks a node that runs.
func (c *cluster) get(i int, path string) (body []byte, etag, modified string, err error) {
	res, err := http.Get(c.nodes[i].address.Load().(string) + path)
	if err != nil {
		return nil, "", "", err
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, tail(string(body), 300))
	}
	return body, res.Header.Get("ETag"), res.Header.Get("Last-Modified"), err
}

// ids are those of the articles that a node shows.
func (c *cluster) ids(i int) (ids []string) {
	body, _, _, err := c.get(i, "/feeds/all.json")
	if err != nil {
		return nil
	}
	var feed struct{ Items []struct{ ID string } }
	_ = json.Unmarshal(body, &feed)
	for _, item := range feed.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

func (c *cluster) await(what string, most time.Duration, is func() bool) {
	c.Helper()
	for began := time.Now(); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > most {
			c.Fatalf("not within %s: %s", most, what)
		}
	}
}

// watch reads from all nodes that run until the end, and notes what each shows since
// when. A node that runs always answers.
func (c *cluster) watch() {
	for i := range c.nodes {
		c.watch_.Go(func() {
			for {
				select {
				case <-c.ended:
					return
				case <-time.After(50 * time.Millisecond):
				}
				if c.nodes[i].address.Load() == "" {
					continue
				}
				ids := c.ids(i)
				if len(ids) == 0 && c.nodes[i].address.Load() != "" {
					_, _, _, err := c.get(i, "/feeds/all.json")
					if c.nodes[i].address.Load() != "" {
						c.Errorf("node %d serves nothing: %v", i, err)
						return
					}
				}
				c.mu.Lock()
				for _, id := range ids {
					if c.seen[id] == nil {
						c.seen[id] = map[int]time.Time{}
					}
					if c.seen[id][i].IsZero() {
						c.seen[id][i] = time.Now()
					}
				}
				c.mu.Unlock()
			}
		})
	}
}

// spread tells how long after the first node the last one shows an article.
func (c *cluster) spread(most time.Duration) {
	c.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	compared := 0
	for id, at := range c.seen {
		times := slices.SortedFunc(maps.Values(at), time.Time.Compare)
		if len(times) < len(c.nodes) || time.Since(times[len(times)-1]) > 4*time.Second { // or it was there when the watch began
			continue
		}
		compared++
		if apart := times[len(times)-1].Sub(times[0]); apart > most {
			c.Errorf("%s is shown by all after %s", id, apart)
		}
	}
	if compared == 0 {
		c.Error("nothing new came")
	}
}

// agree tells whether all nodes serve the same.
func (c *cluster) agree() bool {
	for _, path := range []string{"/feeds/all.atom", "/feeds/news-2509.rss", "/feeds/source/list-0-1686.json"} {
		body, etag, modified, err := c.get(0, path)
		for i := range c.nodes {
			other, otherTag, otherModified, otherErr := c.get(i, path)
			if err != nil || otherErr != nil || !bytes.Equal(body, other) || etag != otherTag || modified != otherModified {
				return false
			}
		}
	}
	missing := c.missing(c.idsByPage())
	return len(missing) == 0
}

// end stops all nodes.
func (c *cluster) end() {
	close(c.ended)
	c.watch_.Wait()
	for i, n := range c.nodes {
		n.address.Store("")
		if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			c.Error(err)
		}
		if err := n.cmd.Wait(); err != nil {
			c.Errorf("node %d ended with %v", i, err)
		}
	}
}

// idsByPage are the ids of what is stored, by the addresses of the articles' pages.
func (c *cluster) idsByPage() map[string]string {
	engine, err := postgres.Open(c.Context(), c.url)
	if err != nil {
		c.Fatal(err)
	}
	store, err := storage.On(engine, storage.Options{})
	if err != nil {
		c.Fatal(err)
	}
	defer store.Close()
	ids := map[string]string{}
	for a, err := range store.Articles(storage.Query{}) {
		if err != nil {
			c.Fatal(err)
		}
		for _, link := range append(a.Via, a.Link) {
			if other := ids[link]; other != "" && other != a.ID {
				c.Errorf("%s is both %s and %s", link, other, a.ID)
			}
			ids[link] = a.ID
		}
	}
	return ids
}

// missing are the pages of the ledger that are not stored.
func (c *cluster) missing(ids map[string]string) (names []string) {
	for a := range c.origin.Articles(2509, time.Time{}, time.Time{}) {
		listed := func(s *site) bool { return ids[s.URL+a.Path] != "" }
		if !slices.ContainsFunc(c.sites, listed) {
			names = append(names, a.Path)
		}
	}
	return names
}

// compare looks for lost articles, and for pages that were fetched again.
func (c *cluster) compare() {
	ids := c.idsByPage()
	if missing := c.missing(ids); len(missing) > 0 {
		c.Errorf("lost: %v", missing)
	}
	if len(ids) < 60 {
		c.Errorf("%d articles are too few to prove anything", len(ids))
	}
	again, all := 0, 0
	pages := map[string]int{} // of Sina by document, wherever it stands
	for _, s := range c.sites {
		for name, n := range s.pages {
			if strings.HasPrefix(name, "/site/") {
				name = s.URL + name
			}
			pages[name] += n
		}
	}
	for _, n := range pages {
		all++
		again += n - 1
	}
	// Interrupted are at most those that were under way at three moments, two at each
	// site.
	if most := 3 * 2 * len(c.sites); again > most {
		c.Errorf("%d of %d pages fetched again, want at most %d", again, all, most)
	}
	c.Logf("%d articles, %d pages, %d fetched again", len(ids), all, again)
}

// manners looks at what came to the sites.
func (c *cluster) manners() {
	for n, s := range c.sites {
		s.mu.Lock()
		// When a request comes says little of when it was sent, but of many in a row
		// the time in all does.
		const many = 20
		for i := range s.starts[:len(s.starts)-many] {
			if took := s.starts[i+many].Sub(s.starts[i]); took < many*clusterInterval/2 {
				c.Errorf("site %d: %d requests within %s", n, many, took)
			}
		}
		if s.most > 2 {
			c.Errorf("site %d: %d requests at a time", n, s.most)
		}
		for lid, times := range s.lists {
			longest := c.over.Sub(times[len(times)-1])
			if longest > 30*time.Second {
				c.Errorf("site %d: list %s was left alone for the last %s: what failed was not its fault", n, lid, longest)
			}
			for i := range times[1:] {
				longest = max(longest, times[i+1].Sub(times[i]))
			}
			if longest > time.Minute {
				c.Errorf("site %d: list %s was left alone for %s", n, lid, longest)
			}
			c.Logf("site %d: list %s fetched %d times, at the longest after %s", n, lid, len(times), longest)
		}
		s.mu.Unlock()
	}
}
