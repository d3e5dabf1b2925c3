package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/storage"
)

const watched = `
site: {title: 新闻, base_url: "https://feeds.example.net/news"}
fetch: {per_host: {interval: 0s}, full_text: false}
sources:
  - {name: off, title: 停用, kind: feed, url: "https://off.example/feed.xml", enabled: false}
  - {name: good, title: 好的来源, kind: feed, url: "https://good.example/feed.xml"}
  - {name: hitch, title: 偶尔失败, kind: feed, url: "https://hitch.example/feed.xml"}
  - {name: fresh, title: 新加的, kind: feed, url: "https://fresh.example/feed.xml"}
  - {name: quiet, title: 安静的, kind: feed, url: "https://reader:hunter2@quiet.example/feed.xml?token=hunter2"}
  - {name: "bad", title: "<坏>&的来源", kind: feed, url: "https://bad.example/feed.xml"}
`

// watchedWorld has a source in each of some states.
func watchedWorld(t *testing.T) *world {
	w := newWorld(t, watched)
	now := time.Now()
	for _, rec := range []storage.Source{
		{Name: "good", LastFetch: now, LastSuccess: now, LastNew: now.Add(-time.Minute), Usual: 90 * time.Second, Expected: now.Add(time.Hour), Due: now.Add(time.Hour)},
		{Name: "hitch", LastFetch: now, LastSuccess: now.Add(-time.Hour), Error: "https://hitch.example/feed.xml: once", Failures: 1, ErrorSince: now},
		{Name: "bad", LastFetch: now, LastSuccess: now.Add(-26 * time.Hour), Error: "https://bad.example/feed.xml: <script>alert(1)</script>", Failures: 9, ErrorSince: now.Add(-26 * time.Hour)},
	} {
		if err := w.store.PutSource(rec); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.store.PutCondition(storage.Condition{Source: "bad", State: "failing", Since: now.Add(-26 * time.Hour), Text: "https://bad.example/feed.xml: <script>"}); err != nil {
		t.Fatal(err)
	}
	w.silence("quiet")
	return w
}

var rowName = regexp.MustCompile(`<th scope="row">.*<span class="origin">([^<]*)</span>`)

func rowNames(body string) (names []string) {
	for _, m := range rowName.FindAllStringSubmatch(body, -1) {
		names = append(names, m[1])
	}
	return names
}

// TestStatus: trouble comes first, and of each source is told what is known.
func TestStatus(t *testing.T) {
	w := watchedWorld(t)
	rec := w.get("/news/status")
	body := rec.Body.String()
	if got := rowNames(body); rec.Code != 200 || !slices.Equal(got, []string{"bad", "quiet", "fresh", "hitch", "good", "off"}) {
		t.Fatalf("%d: sources %q\n%s", rec.Code, got, body)
	}
	for _, s := range []string{
		"&lt;坏&gt;&amp;的来源", "&lt;script&gt;alert(1)", "抓取失败 1", "久无更新 1", "尚未成功 1", "正常 2", "已停用 1",
		`lang="en">https://hitch.example/feed.xml: once`, "42 分钟", "1.5 分钟", "6 个来源，有问题的在前。",
		`href="https://feeds.example.net/news/feeds/source/good.atom"`, `href="https://feeds.example.net/news/feeds/health.atom"`,
		`href="/news/status.json"`, `action="/news/status"`, "aggregator 1.2.3", `<meta name="robots" content="noindex">`, `<a href="/news/status">状态</a>`,
	} {
		if !strings.Contains(body, s) {
			t.Errorf("lacks %s", s)
		}
	}
	if strings.Contains(body, "hunter2") || strings.Contains(body, "<script") || strings.Contains(body, "style=") || strings.Contains(body, "网络自") {
		t.Errorf("says too much:\n%s", body)
	}
	if n := strings.Count(body, "<svg "); n != 3 || strings.Count(body, `<desc id="`) != n {
		t.Errorf("%d charts", n)
	}
	if opml := w.get("/feeds.opml").Body.String(); !strings.Contains(opml, `htmlUrl="https://feeds.example.net/news/status"`) {
		t.Errorf("the list of feeds:\n%s", opml)
	}
	if atom := w.get("/feeds/health.atom").Body.String(); !strings.Contains(atom, `href="https://feeds.example.net/news/status"`) {
		t.Errorf("the feed of health:\n%s", atom)
	}
	changes := body[strings.Index(body, `class="changes"`):]
	if !strings.Contains(changes, "安静的") || strings.Index(changes, "安静的") > strings.Index(changes, "坏") {
		t.Errorf("changes:\n%s", changes)
	}
}

// TestStatusFilter: ?q= finds sources by name and title, in any case.
func TestStatusFilter(t *testing.T) {
	w := watchedWorld(t)
	for q, want := range map[string][]string{
		"GOOD": {"good"}, "来源": {"bad", "good"}, "来源 好": {"good"}, " ": {"bad", "quiet", "fresh", "hitch", "good", "off"}, "none": nil,
		"example": nil, "<坏>": {"bad"},
	} {
		body := w.get("/status?q=" + strings.ReplaceAll(q, " ", "+")).Body.String()
		if got := rowNames(body); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", q, got, want)
		}
		if !strings.Contains(body, `name="q" value="`+html.EscapeString(strings.TrimSpace(q))+`"`) {
			t.Errorf("%q is not in the field", q)
		}
	}
	for _, from := range []string{"x", "-1", "0", "01", "1.5"} {
		if rec := w.get("/status?from=" + from); rec.Code != 404 {
			t.Errorf("from %s: %d", from, rec.Code)
		}
	}
}

// TestStatusConduct: the page and the document are served as all others are.
func TestStatusConduct(t *testing.T) {
	w := watchedWorld(t)
	for path, mediaType := range map[string]string{"/status": "text/html; charset=utf-8", "/status.json": "application/json; charset=utf-8"} {
		rec := w.get(path, "Accept-Encoding", "br")
		h := rec.Header()
		if rec.Code != 200 || h.Get("Content-Type") != mediaType || h.Get("Content-Encoding") != "br" || h.Get("Cache-Control") != "no-cache" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, rec.Code, h)
		}
		if rec := w.get(path, "Accept-Encoding", "br", "If-None-Match", h.Get("Etag")); rec.Code != 304 || rec.Body.Len() > 0 {
			t.Errorf("%s again: %d", path, rec.Code)
		}
		if rec := w.ask("HEAD", path); rec.Code != 200 || rec.Body.Len() > 0 {
			t.Errorf("HEAD %s: %d", path, rec.Code)
		}
		for _, method := range []string{"POST", "PUT", "DELETE"} {
			if rec := w.ask(method, path); rec.Code != 405 || rec.Header().Get("Allow") == "" {
				t.Errorf("%s %s: %d", method, path, rec.Code)
			}
		}
	}
}

// TestStatusJSON: programs are told all that the README says.
func TestStatusJSON(t *testing.T) {
	w := watchedWorld(t)
	rec := w.get("/status.json")
	var got statusJSON
	dec := json.NewDecoder(strings.NewReader(rec.Body.String()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil || strings.Contains(rec.Body.String(), "hunter2") {
		t.Fatal(err, rec.Body)
	}
	if got.Version != "1.2.3" || got.Started == "" || got.Link != (linkJSON{}) || got.Counts.DatabaseBytes == 0 ||
		fmt.Sprint(got.Counts.Sources) != "map[disabled:1 failing:1 new:1 ok:2 silent:1]" || len(got.Sources) != 6 {
		t.Errorf("%+v", got)
	}
	off, good, quiet, bad := got.Sources[0], got.Sources[1], got.Sources[4], got.Sources[5]
	if want := (sourceJSON{Name: "off", Title: "停用", Kind: "feed", URL: "https://off.example/feed.xml", State: "disabled"}); off != want {
		t.Errorf("off: %+v", off)
	}
	if good.State != "ok" || good.UsualGapSeconds != 90 || good.Expected == "" || good.Since != "" || good.Text != "" || good.Error != "" {
		t.Errorf("good: %+v", good)
	}
	if quiet.State != "silent" || quiet.URL != "https://quiet.example/feed.xml?token=hidden" || quiet.Text == "" {
		t.Errorf("quiet: %+v", quiet)
	}
	if bad.State != "failing" || bad.Failures != 9 || bad.Error == "" || bad.LastNew != "" {
		t.Errorf("bad: %+v", bad)
	}
	for _, at := range []string{got.Started, good.LastFetch, good.LastSuccess, good.LastNew, good.Due, good.Expected, bad.Since} {
		if tm, err := time.Parse(time.RFC3339, at); err != nil || !strings.HasSuffix(at, "Z") || tm.IsZero() {
			t.Errorf("%q: %v", at, err)
		}
	}
}

// TestOwnOutage: that our own link is down is told before all else, and not as the
// sources' fault.
func TestOwnOutage(t *testing.T) {
	yaml := "site: {title: News, language: en, base_url: \"https://feeds.example.net/\"}\nfetch: {per_host: {interval: 0s}}\nsources:\n"
	for i := range 6 {
		yaml += fmt.Sprintf("  - {name: s%d, kind: feed, url: \"https://s%d.example/feed.xml\"}\n", i, i)
	}
	w := newWorld(t, yaml)
	w.net = broken{errors.New("no route to host")}
	if err := w.daemon.Once(t.Context(), nil, daemon.Options{}, func(daemon.Report) {}); err != nil {
		t.Fatal(err)
	}
	body := w.get("/status").Body.String()
	if !strings.Contains(body, `class="alarm" role="status">Our own network has been down since <time`) || strings.Contains(body, "Failing") {
		t.Errorf("page:\n%s", body)
	}
	if han := regexp.MustCompile(`\p{Han}+`).FindString(body); han != "" {
		t.Errorf("says %s", han)
	}
	var got statusJSON
	if err := json.Unmarshal(w.get("/status.json").Body.Bytes(), &got); err != nil || !got.Link.Down || got.Link.Since == "" {
		t.Errorf("%+v, %v", got.Link, err)
	}
}

// broken is a network without a connection, and why there is none.
type broken struct{ why error }

func (b broken) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, &fetcher.Error{Reason: fetcher.ReasonConnect, URL: r.URL.String(), Err: b.why}
}

// TestShortageIsShown: that this machine has no descriptors left is told, and not as
// the source's fault.
func TestShortageIsShown(t *testing.T) {
	w := newWorld(t, "sources:\n  - {name: a, kind: feed, url: \"https://a.example/feed.xml\"}\n")
	w.net = broken{syscall.EMFILE}
	if err := w.daemon.Once(t.Context(), nil, daemon.Options{}, func(daemon.Report) {}); err != nil {
		t.Fatal(err)
	}
	body := w.get("/status").Body.String()
	if !strings.Contains(body, `class="alarm"`) || !strings.Contains(body, "too many open files") || strings.Contains(body, "Failing") {
		t.Errorf("page:\n%s", body)
	}
	var got statusJSON
	if err := json.Unmarshal(w.get("/status.json").Body.Bytes(), &got); err != nil || !strings.Contains(got.Machine.Lacks, "too many open files") || got.Machine.Since == "" || got.Sources[0].Failures != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestProbes: healthz answers while the program runs, readyz while it works.
func TestProbes(t *testing.T) {
	w := newWorld(t, plain)
	if rec := w.get("/healthz"); rec.Code != 200 || rec.Body.String() != "ok\n" {
		t.Errorf("healthz: %d %s", rec.Code, rec.Body)
	}
	if rec := w.get("/readyz"); rec.Code != 503 || !strings.Contains(rec.Body.String(), "the scheduler has not run yet") || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("readyz before the start: %d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.daemon.Run(ctx) }()
	for w.daemon.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	if rec := w.get("/readyz"); rec.Code != 200 || rec.Body.String() != "ok\n" {
		t.Errorf("readyz: %d %s", rec.Code, rec.Body)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestRequestsAreCounted: each answer is, by what was asked for and what came of it.
func TestRequestsAreCounted(t *testing.T) {
	w := watchedWorld(t)
	etag := w.get("/status").Header().Get("Etag")
	style := w.style()
	w.counts = map[string]int{}
	w.get("/status", "If-None-Match", etag)
	for _, path := range []string{
		"/", "/news/", "/c/none/", "/a/none", "/status.json", "/healthz", "/readyz", "/icon.png", style, "/feeds/all.atom", "/news/feeds/all.rss",
		"/feeds/all.json", "/feeds/none.atom", "/feeds.opml", "/feeds/x", "/none", "//status", "/" + strings.Repeat("a", 9000),
	} {
		w.get(path)
	}
	w.ask("POST", "/status")
	w.ask("HEAD", "/feeds/all.atom") // of which nothing is written
	want := map[string]int{
		"page 2xx": 2, "page 4xx": 2, "status 304": 1, "status 2xx": 1, "status 4xx": 1, "probe 2xx": 1, "probe 5xx": 1, "asset 2xx": 2,
		"atom 2xx": 2, "atom 4xx": 1, "rss 2xx": 1, "json 2xx": 1, "opml 2xx": 1, "other 4xx": 3, "other 3xx": 1,
	}
	if fmt.Sprint(w.counts) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", w.counts, want)
	}
}

// style is the address of the style sheet.
func (w *world) style() string {
	return regexp.MustCompile(`/style-\w+\.css`).FindString(w.get("/none").Body.String())
}

// TestManySources: the page of thousands of sources is as large as of hundreds, leads
// on to the others, and costs little; the document has all.
func TestManySources(t *testing.T) {
	const n = 5000
	var yaml strings.Builder
	yaml.WriteString("site: {base_url: \"https://feeds.example.net/\"}\nsources:\n")
	for i := range n {
		fmt.Fprintf(&yaml, "  - {name: s%d, title: 第 %d 个来源, kind: feed, url: \"https://s%d.example/feed.xml\"}\n", i, i, i)
	}
	w := newWorld(t, yaml.String())
	var group errgroup.Group
	group.SetLimit(64)
	for i := range n {
		at := time.Now().Add(-time.Duration(i) * time.Second)
		rec := storage.Source{Name: fmt.Sprint("s", i), LastFetch: at, LastSuccess: at, LastNew: at, Due: at.Add(time.Hour), Usual: time.Duration(i) * time.Second, Expected: at.Add(time.Hour)}
		if i%10 == 0 {
			rec.Error, rec.Failures = fmt.Sprintf("https://s%d.example/feed.xml: dial tcp: lookup s%d.example: no such host", i, i), i
		}
		group.Go(func() error { return w.store.PutSource(rec) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	rec := w.get("/status", "Accept-Encoding", "br")
	took := time.Since(begin)
	t.Logf("the first page: %s, %d bytes as sent", took, rec.Body.Len())
	if took > 5*time.Second { // 80 ms on an idle machine
		t.Errorf("the first page took %s", took)
	}
	seen := map[string]bool{}
	for next := "/status"; next != ""; {
		body := w.get(next).Body.String()
		if len(body) > 250<<10 {
			t.Errorf("%s: %d bytes", next, len(body))
		}
		for _, name := range rowNames(body) {
			seen[name] = true
		}
		next = ""
		if m := regexp.MustCompile(`<a rel="next" href="([^"]*)"`).FindStringSubmatch(body); m != nil {
			next = html.UnescapeString(m[1])
		}
	}
	if len(seen) != n {
		t.Errorf("%d sources on all pages", len(seen))
	}
	if body := w.get("/status?q=s499&from=10").Body.String(); len(rowNames(body)) != 1 || !strings.Contains(body, "11 个来源") {
		t.Errorf("filtered: %q", rowNames(body))
	}
	begin = time.Now()
	rec = w.get("/status.json")
	t.Logf("the document: %s, %d bytes", time.Since(begin), rec.Body.Len())
	begin = time.Now()
	sent := w.get("/status.json", "Accept-Encoding", "br").Body.Len()
	t.Logf("the document, compressed: %s, %d bytes", time.Since(begin), sent)
	var got statusJSON
	if err := json.NewDecoder(io.LimitReader(rec.Body, 4<<20)).Decode(&got); err != nil || len(got.Sources) != n {
		t.Errorf("%d sources, %v", len(got.Sources), err)
	}
}
