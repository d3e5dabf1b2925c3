package metrics_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/metrics"
	"aggregator/fetcher"
	"aggregator/fetcher/simulated"
	"aggregator/storage"
)

// world is a daemon over a simulated origin, and its metrics.
type world struct {
	*metrics.Metrics
	t      *testing.T
	origin *simulated.Origin
	clock  time.Time // of the origin
	store  *storage.Store
	daemon *daemon.Daemon
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: time.Now().Add(-48 * time.Hour)}
	w.origin = simulated.New(simulated.Options{Seed: 3, Start: w.clock, Now: func() time.Time { return w.clock }, Every: 2 * time.Minute, Backlog: 200, KeepRequests: 1 << 20})
	var err error
	if w.store, err = storage.Open(filepath.Join(t.TempDir(), "a.db"), storage.Options{Authority: "feeds.example.net,2026"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	cfg, client := w.configured()
	if w.daemon, err = daemon.New(slog.New(slog.DiscardHandler), cfg, client, w.store); err != nil {
		t.Fatal(err)
	}
	w.Metrics = metrics.New("1.2.3", func() prometheus.Collector { return w.daemon })
	return w
}

// configured is what a daemon is made of.
func (w *world) configured() (*config.Config, *fetcher.Client) {
	w.t.Helper()
	cfg, err := config.Parse("config.yaml", []byte(`
fetch: {per_host: {concurrency: 8, interval: 0s}}
sources:
  - {name: all, kind: sina-roll, params: {pageid: 153, lid: 2509}}
  - {name: china, kind: sina-roll, params: {pageid: 155, lid: 1686}}
  - {name: site, kind: feed, url: "http://site1.example/rss.xml"}
  - {name: none, kind: feed, url: "http://site2.example/none.xml"}
  - {name: off, kind: feed, url: "http://site2.example/atom.xml", enabled: false}
`))
	if err != nil {
		w.t.Fatal(err)
	}
	client, err := fetcher.NewClient(fetcher.Options{Transport: w.origin.Transport(), PerHost: 8})
	if err != nil {
		w.t.Fatal(err)
	}
	return cfg, client
}

func (w *world) fetch(names ...string) (reports []daemon.Report) {
	w.t.Helper()
	if err := w.daemon.Once(w.t.Context(), names, daemon.Options{}, func(r daemon.Report) { reports = append(reports, r) }); err != nil {
		w.t.Fatal(err)
	}
	return reports
}

// run has the scheduler run once.
func (w *world) run() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error)
	go func() { ended <- w.daemon.Run(ctx) }()
	for w.daemon.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		w.t.Error(err)
	}
}

// families are what is gathered, by name.
func (w *world) families() map[string]*dto.MetricFamily {
	w.t.Helper()
	list, err := w.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	all := map[string]*dto.MetricFamily{}
	for _, f := range list {
		all[f.GetName()] = f
	}
	return all
}

// sum adds up a family's metrics that have all the labels, given in pairs; of
// histograms their counts.
func sum(f *dto.MetricFamily, labels ...string) (n float64) {
	for _, m := range f.GetMetric() {
		has := map[string]string{}
		for _, l := range m.GetLabel() {
			has[l.GetName()] = l.GetValue()
		}
		fits := true
		for i := 0; i < len(labels); i += 2 {
			fits = fits && has[labels[i]] == labels[i+1]
		}
		if fits {
			n += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return n
}

// TestCountersAreExact: what is counted is what the origin's ledger, the reports of
// cycles and the store say, through edits, joins, refusals, broken connections and
// answers without news.
func TestCountersAreExact(t *testing.T) {
	w := newWorld(t)
	var reports []daemon.Report
	fetch := func(names ...string) { reports = append(reports, w.fetch(names...)...) }
	fetch()
	fetch()
	w.clock = w.clock.Add(5 * time.Hour)
	w.origin.Fail("/finance/", simulated.Fault{Kind: simulated.StatusCode, Status: 500, Count: 7})
	fetch()
	w.origin.Clear("")
	w.origin.Fail("/api/", simulated.Fault{Kind: simulated.Reset, Count: 2})
	fetch("all", "china")
	w.clock = w.clock.Add(12 * time.Hour)
	fetch()

	all := w.families()
	want := func(got, want float64, what string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: counted %v, want %v", what, got, want)
		}
	}
	ledger := w.origin.Counts()
	byCode := map[string]float64{}
	for status, n := range ledger.ByStatus {
		switch {
		case status == 0:
			byCode["none"] += float64(n)
		case status == 304:
			byCode["304"] += float64(n)
		default:
			byCode[fmt.Sprint(status/100, "xx")] += float64(n)
		}
	}
	for _, code := range []string{"2xx", "304", "4xx", "5xx", "none"} {
		if byCode[code] == 0 {
			t.Errorf("no request has %s", code)
		}
		want(sum(all["aggregator_origin_requests_total"], "code", code), byCode[code], "requests answered "+code)
	}
	want(sum(all["aggregator_origin_requests_total"]), float64(ledger.Requests), "requests")
	want(sum(all["aggregator_origin_request_duration_seconds"]), float64(ledger.Requests), "timed requests")
	want(sum(all["aggregator_origin_received_bytes_total"]), float64(ledger.Bytes), "bytes")

	outcomes := map[string]float64{}
	var pages, failedPages, edited, filed float64
	for _, r := range reports {
		switch {
		case r.Resting:
			outcomes["resting"]++
		case r.Err != nil:
			outcomes["failed"]++
		case r.NotModified:
			outcomes["not_modified"]++
		default:
			outcomes["ok"]++
		}
		pages, failedPages, edited, filed = pages+float64(r.Pages), failedPages+float64(r.FailedPages), edited+float64(r.Edited), filed+float64(r.Filed)
	}
	for _, o := range []string{"ok", "not_modified", "failed"} {
		if outcomes[o] == 0 {
			t.Errorf("no fetch is %s", o)
		}
	}
	for _, o := range []string{"ok", "not_modified", "failed", "resting", "link_down"} {
		want(sum(all["aggregator_fetches_total"], "outcome", o), outcomes[o], "fetches "+o)
	}
	want(sum(all["aggregator_fetch_failures_total"]), outcomes["failed"], "reasons")
	want(sum(all["aggregator_fetch_duration_seconds"]), float64(len(reports)), "timed fetches")
	if pages == 0 || failedPages != 7 {
		t.Errorf("%v pages, %v failed", pages, failedPages)
	}
	want(sum(all["aggregator_article_pages_total"], "outcome", "fetched"), pages, "pages")
	want(sum(all["aggregator_article_pages_total"], "outcome", "failed"), failedPages, "failed pages")
	want(sum(all["aggregator_origin_requests_total"], "kind", "page"), pages+failedPages, "requests for pages")

	articles := all["aggregator_articles_total"]
	count, err := w.store.Count()
	if err != nil {
		t.Fatal(err)
	}
	joins, bySource := 0.0, 0.0
	for a, err := range w.store.Articles(storage.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := w.store.Explain(a.Key)
		if err != nil {
			t.Fatal(err)
		}
		joins += float64(len(e.Joins))
	}
	list, err := w.daemon.Status()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		bySource += float64(s.Articles)
	}
	if joins == 0 || filed == 0 {
		t.Errorf("%v joins, %v filed", joins, filed)
	}
	want(sum(articles, "outcome", "stored"), float64(count), "stored")
	want(bySource, float64(count), "stored by sources")
	want(sum(all["aggregator_store_articles"]), float64(count), "articles in the store")
	want(sum(articles, "outcome", "joined"), joins, "joined")
	if n := sum(articles, "outcome", "edited"); n > edited || n+joins < edited {
		t.Errorf("edited: counted %v of %v, %v joins", n, edited, joins)
	}
	want(sum(articles, "outcome", "edited")+sum(articles, "outcome", "filed")+joins, edited+filed, "edited, filed and joined")
	if n := sum(all["aggregator_article_latency_seconds"]); n == 0 || n >= float64(count) {
		t.Errorf("latencies of %v articles of %d, some of which were there before", n, count)
	}
}

// TestCountersGoOn: a daemon that takes the place of another counts on.
func TestCountersGoOn(t *testing.T) {
	w := newWorld(t)
	w.fetch("site")
	cfg, client := w.configured()
	next, err := w.daemon.Follow(cfg, client)
	if err != nil {
		t.Fatal(err)
	}
	w.daemon = next
	w.fetch("china")
	all := w.families()
	if n := sum(all["aggregator_fetches_total"], "outcome", "ok"); n != 2 {
		t.Errorf("%v fetches", n)
	}
	if got, want := sum(all["aggregator_origin_requests_total"]), float64(w.origin.Counts().Requests); got != want {
		t.Errorf("%v requests of %v", got, want)
	}
	if n := sum(all["aggregator_source_state"], "state", "ok"); n != 2 {
		t.Errorf("%v sources are ok", n)
	}
}

// TestGauges: how things stand.
func TestGauges(t *testing.T) {
	w := newWorld(t)
	w.fetch()
	all := w.families()
	for _, tt := range []struct {
		name   string
		labels []string
		want   float64
	}{
		{"aggregator_sources", []string{"state", "ok"}, 3},
		{"aggregator_sources", []string{"state", "failing"}, 1},
		{"aggregator_sources", []string{"state", "disabled"}, 1},
		{"aggregator_sources", nil, 5},
		{"aggregator_source_state", []string{"source", "none", "state", "failing"}, 1},
		{"aggregator_source_state", nil, 5},
		{"aggregator_link_up", nil, 1},
		{"aggregator_build_info", []string{"version", "1.2.3"}, 1},
	} {
		if got := sum(all[tt.name], tt.labels...); got != tt.want {
			t.Errorf("%s%q: %v, want %v", tt.name, tt.labels, got, tt.want)
		}
	}
	if n := len(all["aggregator_source_last_success_timestamp_seconds"].GetMetric()); n != 3 {
		t.Errorf("%d sources have been fetched with success", n)
	}
	for _, name := range []string{"aggregator_source_last_success_timestamp_seconds", "aggregator_last_article_timestamp_seconds"} {
		at := time.Unix(int64(all[name].GetMetric()[0].GetGauge().GetValue()), 0)
		if age := time.Since(at); age < 0 || age > time.Minute {
			t.Errorf("%s: %s", name, at)
		}
	}
	if size := sum(all["aggregator_store_size_bytes"]); size < sum(all["aggregator_store_free_bytes"]) || size < 1e5 {
		t.Errorf("size %v", size)
	}
}

// TestLint: names, units and help texts are as promlint wants them, and none of our
// own series multiplies but by source.
func TestLint(t *testing.T) {
	w := newWorld(t)
	w.fetch()
	w.Count("atom", "2xx")
	problems, err := testutil.GatherAndLint(w.Registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	own := 0
	for name, f := range w.families() {
		if !strings.HasPrefix(name, "aggregator_") {
			continue
		}
		own += len(f.GetMetric())
		if !strings.HasSuffix(f.GetHelp(), ".") {
			t.Errorf("%s: %q is no sentence", name, f.GetHelp())
		}
	}
	if own > 70 {
		t.Errorf("%d series of five sources", own)
	}
}

// TestHandler: Prometheus is answered in its format.
func TestHandler(t *testing.T) {
	w := newWorld(t)
	rec := httptest.NewRecorder()
	w.Handler(slog.New(slog.DiscardHandler)).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(rec.Body)
	if err != nil || rec.Code != 200 || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("%d %v %v", rec.Code, rec.Header(), err)
	}
	for _, line := range []string{`aggregator_fetches_total{outcome="ok"} 0`, `aggregator_source_state{source="off",state="disabled"} 1`, "# TYPE go_goroutines gauge"} {
		if !strings.Contains(string(body), line+"\n") {
			t.Errorf("lacks %s", line)
		}
	}
}

// TestNamesInUse: what the dashboard and the alerts ask for is there, under these
// labels and values.
func TestNamesInUse(t *testing.T) {
	w := newWorld(t)
	w.fetch()
	w.run()
	w.Count("atom", "2xx")
	exported, values := map[string][]string{}, map[string]bool{}
	for name, f := range w.families() {
		names := []string{name}
		if f.GetType() == dto.MetricType_HISTOGRAM {
			names = []string{name + "_bucket", name + "_count", name + "_sum"}
		}
		labels := []string{"job", "instance"}
		if f.GetType() == dto.MetricType_HISTOGRAM {
			labels = append(labels, "le")
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName())
				values[l.GetName()+"="+l.GetValue()] = true
			}
		}
		for _, n := range names {
			exported[n] = labels
		}
	}
	dashboard, err := os.ReadFile("../../../systemd/aggregator.dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := os.ReadFile("../../../systemd/aggregator.rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	asked := queries(t, dashboard)
	for _, line := range strings.Split(string(rules), "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			asked = append(asked, line)
		}
	}
	metric := regexp.MustCompile(`\b((?:aggregator|go|process)_\w+)(\{[^}]*\})?`)
	matcher := regexp.MustCompile(`(\w+)(=~|!=|=)"([^"]*)"`)
	used := map[string]bool{}
	for _, q := range asked {
		for _, m := range metric.FindAllStringSubmatch(q, -1) {
			used[m[1]] = true
			labels, ok := exported[m[1]]
			if !ok {
				t.Errorf("nothing is called %s, for which %q asks", m[1], q)
			}
			for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
				if !slices.Contains(labels, l[1]) {
					t.Errorf("%s has no label %s, for which %q asks", m[1], l[1], q)
				}
				for _, v := range strings.Split(l[3], "|") {
					if l[1] != "job" && !values[l[1]+"="+v] {
						t.Errorf("%s is never %s, for which %q asks", l[1], v, q)
					}
				}
			}
		}
	}
	for name := range exported {
		sumOrCount := strings.HasSuffix(name, "_count") || strings.HasSuffix(name, "_sum")
		if strings.HasPrefix(name, "aggregator_") && !sumOrCount && !used[name] {
			t.Errorf("nobody looks at %s", name)
		}
	}
	if len(used) < 20 {
		t.Errorf("found only %q", slices.Sorted(maps.Keys(used)))
	}
}

// queries are all strings of a dashboard that ask for something.
func queries(t *testing.T, dashboard []byte) (all []string) {
	t.Helper()
	var v any
	if err := json.Unmarshal(dashboard, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, below := range v {
				if text, ok := below.(string); ok && (key == "expr" || key == "query") {
					all = append(all, text)
				}
				walk(below)
			}
		case []any:
			for _, below := range v {
				walk(below)
			}
		}
	}
	walk(v)
	return all
}

// TestRules: each alert fires when it should, and not before.
func TestRules(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here: it is in Debian's package prometheus; .ci/run gets it")
	}
	if out, err := exec.Command(promtool, "check", "rules", "../../../systemd/aggregator.rules.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := exec.Command(promtool, "test", "rules", "testdata/rules_test.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestOddEncodings: who asks for an encoding that there is none of writes nothing into
// our log.
func TestOddEncodings(t *testing.T) {
	var log bytes.Buffer
	m := metrics.New("1.0", func() prometheus.Collector { return prometheus.NewRegistry() })
	for _, accept := range []string{"*;q=0", "identity;q=0", "nonsense", ""} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.Header.Set("Accept-Encoding", accept)
		rec := httptest.NewRecorder()
		m.Handler(slog.New(slog.NewTextHandler(&log, nil))).ServeHTTP(rec, r)
		if rec.Code != http.StatusOK || rec.Header().Get("Content-Encoding") != "" {
			t.Errorf("%q: %d, %v", accept, rec.Code, rec.Header())
		}
	}
	if log.Len() > 0 {
		t.Errorf("the log says %s", &log)
	}
}
