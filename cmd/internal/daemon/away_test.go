package daemon_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// TestServerAwayIsToldOnce: while PostgreSQL is away a node with many sources says so
// once, and once that it goes on, whatever was under way; /readyz gives the reason in a
// line that names no address, and the log the whole of it in a line.
func TestServerAwayIsToldOnce(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, "fsync=off")
	var fetched atomic.Int64
	d, log := newNode(t, server.Database(), 200, time.Now, func() { fetched.Add(1) })
	defer run(t, d)()
	until := func(what string, is func() bool) { t.Helper(); log.until(t, what, is) }
	until("fetching", func() bool { return fetched.Load() > 400 })
	server.Down(syscall.SIGINT)
	until("pausing", func() bool { return log.count("fetching pauses") > 0 })
	until("telling why", func() bool {
		err := d.Ready()
		if err == nil || !strings.HasPrefix(err.Error(), "fetching pauses since ") || strings.ContainsAny(err.Error(), "\n/@") || strings.Contains(err.Error(), "127.0.0.1") {
			t.Fatalf("ready: %v", err)
		}
		return strings.HasSuffix(err.Error(), ": the database does not answer")
	})
	server.Up()
	before := fetched.Load()
	until("going on", func() bool { return log.count("fetching goes on") > 0 && fetched.Load() > before+400 })
	if err := d.Ready(); err != nil {
		t.Errorf("ready: %v", err)
	}
	text := log.but("fetch ok")
	for what, most := range map[string]int{"fetching pauses": 1, "fetching goes on": 1, "fetch failed": 0, "schedule unreadable": 0, "not leased": 0, "archive failed": 0} {
		if n := strings.Count(text, what); n > most {
			t.Errorf("%d times: %s", n, what)
		}
	}
	if len(text) > 1000 {
		t.Errorf("%d bytes of log:\n%.4000s", len(text), text)
	}
}

// TestClockGoesWrong: a node whose clock goes wrong while it runs fetches nothing and
// says why, and goes on when the clock is right again.
func TestClockGoesWrong(t *testing.T) {
	t.Parallel()
	var ahead, fetched atomic.Int64
	d, log := newNode(t, postgrestest.Start(t, "fsync=off").Database(), 5, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }, func() { fetched.Add(1) })
	defer run(t, d)()
	until := func(what string, is func() bool) { t.Helper(); log.until(t, what, is) }
	until("fetching", func() bool { return fetched.Load() > 5 })
	ahead.Store(int64(3 * time.Hour))
	until("pausing", func() bool { return log.count("fetching pauses") > 0 })
	if err := d.Ready(); err == nil || !strings.Contains(err.Error(), "the clock of this machine is 3h0m0s ahead of the database's") {
		t.Errorf("ready: %v", err)
	}
	before := fetched.Load()
	time.Sleep(3 * time.Second)
	if n := fetched.Load() - before; n > 0 {
		t.Errorf("%d requests by a wrong clock", n)
	}
	ahead.Store(0)
	until("going on", func() bool { return log.count("fetching goes on") > 0 && fetched.Load() > before })
	if err := d.Ready(); err != nil {
		t.Errorf("ready: %v", err)
	}
	if text := log.but("fetch ok"); strings.Count(text, "fetching pauses") != 1 || !strings.Contains(text, "by NTP") {
		t.Errorf("the log:\n%s", text)
	}
}

// TestLateOutcomeIsNoFailure: a cycle whose source became another node's before its
// outcome was stored was interrupted: nothing of it is stored, and nobody is to blame.
func TestLateOutcomeIsNoFailure(t *testing.T) {
	t.Parallel()
	url := postgrestest.Start(t, "fsync=off").Database()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	d, log := newNode(t, url, 1, time.Now, func() {
		if _, err := conn.Exec(t.Context(), "UPDATE leases SET node = 'another', until = now() + interval '1 hour'"); err != nil {
			t.Error(err)
		}
	})
	var got []error
	if err := d.Once(t.Context(), nil, daemon.Options{}, func(r daemon.Report) { got = append(got, r.Err) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || !errors.Is(got[0], context.Canceled) {
		t.Errorf("got %v, want an interruption", got)
	}
	rec, err := d.Store().Source("s0")
	if n, countErr := d.Store().Count(); err != nil || countErr != nil || !rec.LastFetch.IsZero() || rec.Failures != 0 || n != 0 {
		t.Errorf("%d articles, %+v; %v", n, rec, err)
	}
	if err := d.Store().PutSource(storage.Source{Name: "s0"}); !errors.Is(err, storage.ErrLost) {
		t.Errorf("it has the source still: %v", err)
	}
	if text := log.String(); text != "" {
		t.Errorf("the log:\n%s", text)
	}
}

// run runs a daemon until end.
func run(t *testing.T, d *daemon.Daemon) (end func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// newNode is a node with so many feeds that are due every two seconds.
func newNode(t *testing.T, url string, sources int, now func() time.Time, fetched func()) (*daemon.Daemon, *output) {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "archive: %s\nfetch: {per_host: {concurrency: 8, interval: 0s}}\nsources:\n", t.TempDir())
	for n := range sources {
		fmt.Fprintf(&text, "  - {name: s%d, kind: feed, url: \"http://s%d.example/feed\", schedule: \"@every 2s\", full_text: false}\n", n, n)
	}
	cfg, err := config.Parse("config.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.On(engine, storage.Options{Authority: "feeds.example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	node := engine.NewNode(now)
	t.Cleanup(func() { node.Close(); store.Close() })
	client, err := fetcher.NewClient(fetcher.Options{PerHost: 8, Transport: roundTrip(func(r *http.Request) *http.Response {
		fetched()
		now := time.Now()
		body := fmt.Sprintf(`<rss><channel><title>t</title><item><guid>%s-%d</guid><title>news of %d</title></item></channel></rss>`, r.URL.Host, now.UnixNano(), now.UnixNano())
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	})})
	if err != nil {
		t.Fatal(err)
	}
	log := &output{}
	d, err := daemon.New(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo})), cfg, client, store)
	if err != nil {
		t.Fatal(err)
	}
	d.Join(node)
	return d, log
}

// output is what was logged.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(p) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

// but is without the lines of a kind.
func (o *output) but(what string) string {
	var b strings.Builder
	for line := range strings.Lines(o.String()) {
		if !strings.Contains(line, what) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// until waits for something that is soon, but where others have the processor.
func (o *output) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not %s:\n%s", what, o)
		}
	}
}

func (o *output) count(what string) int { return strings.Count(o.String(), what) }
