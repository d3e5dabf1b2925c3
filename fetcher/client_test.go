package fetcher_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/fetcher"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func newClient(t *testing.T, o fetcher.Options) *fetcher.Client {
	t.Helper()
	c, err := fetcher.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestValidatorsGoBackAsTheyCame(t *testing.T) {
	const etag, modified = `W/"odd ""one"`, "yesterday, about noon"
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") == modified {
			w.Header().Set("ETag", `"renewed"`)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", modified)
		fmt.Fprint(w, "body")
	})
	c := newClient(t, fetcher.Options{AllowPrivate: loopback})
	first, err := c.Get(t.Context(), fetcher.Request{URL: url})
	if err != nil || string(first.Body) != "body" {
		t.Fatalf("first: %v, %v", first, err)
	}
	second, err := c.Get(t.Context(), fetcher.Request{URL: url, Validators: first.Validators})
	if err != nil {
		t.Fatal(err)
	}
	if !second.NotModified {
		t.Error("the second request was not conditional")
	}
	if v := second.Validators; v.ETag != `"renewed"` || v.LastModified != modified || v.Hash != first.Hash {
		t.Errorf("validators after a 304: %+v", v)
	}
}

func TestSameBytesAreNotModified(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the same") })
	c := newClient(t, fetcher.Options{AllowPrivate: loopback})
	first, err := c.Get(t.Context(), fetcher.Request{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Get(t.Context(), fetcher.Request{URL: url, Validators: first.Validators})
	if err != nil || !second.NotModified || second.Body != nil {
		t.Errorf("got %+v, %v; want not modified, without a body", second, err)
	}
}

func TestValidatorsBelongToTheirURL(t *testing.T) {
	var conditional atomic.Bool
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		conditional.Store(r.Header.Get("If-None-Match") != "")
	})
	c := newClient(t, fetcher.Options{AllowPrivate: loopback})
	v := fetcher.Validators{URL: url + "/old", ETag: `"1"`}
	if _, err := c.Get(t.Context(), fetcher.Request{URL: url + "/new", Validators: v}); err != nil {
		t.Fatal(err)
	}
	if conditional.Load() {
		t.Error("validators of one URL were sent to another")
	}
}

// TestServerChokesOnItsValidators: such a server is asked once more, without
// them; else the source would be stuck for ever.
func TestServerChokesOnItsValidators(t *testing.T) {
	for _, status := range []int{400, 412, 431} {
		var asked atomic.Int32
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(status)
				return
			}
			fmt.Fprint(w, "here")
		})
		c := newClient(t, fetcher.Options{AllowPrivate: loopback})
		doc, err := c.Get(t.Context(), fetcher.Request{URL: url, Validators: fetcher.Validators{URL: url, ETag: `"1"`}})
		if err != nil || string(doc.Body) != "here" || asked.Load() != 2 {
			t.Errorf("%d: got %+v, %v after %d requests", status, doc, err, asked.Load())
		}
	}
}

func TestRequestManners(t *testing.T) {
	var got http.Header
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	c := newClient(t, fetcher.Options{AllowPrivate: loopback, UserAgent: "aggregator/1 (+https://example.org/)"})
	if _, err := c.Get(t.Context(), fetcher.Request{URL: url}); err != nil {
		t.Fatal(err)
	}
	if ua := got.Get("User-Agent"); ua != "aggregator/1 (+https://example.org/)" {
		t.Errorf("User-Agent %q", ua)
	}
	for _, name := range []string{"Referer", "Cookie", "Sec-Fetch-Mode", "Cache-Control", "Pragma"} {
		if got.Get(name) != "" {
			t.Errorf("%s was sent", name)
		}
	}
	if !strings.HasPrefix(got.Get("Accept"), "application/atom+xml") || got.Get("Accept-Encoding") != "gzip, br, zstd" {
		t.Errorf("Accept %q, Accept-Encoding %q", got.Get("Accept"), got.Get("Accept-Encoding"))
	}
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	zw.Write(b)
	zw.Close()
	return out.Bytes()
}

// TestFailures shows the reason that each kind of trouble is given.
func TestFailures(t *testing.T) {
	bomb := gzipped(make([]byte, 4<<20))
	mux := http.NewServeMux()
	mux.HandleFunc("/missing", http.NotFound)
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 2<<20)) })
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb)
	})
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("half"))
	})
	mux.HandleFunc("/private", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://10.255.255.1/", http.StatusFound)
	})
	url := serve(t, mux.ServeHTTP)
	c := newClient(t, fetcher.Options{AllowPrivate: loopback, MaxBody: 1 << 20, Timeout: 300 * time.Millisecond, PerHost: 16})
	for _, test := range []struct {
		url  string
		want fetcher.Reason
	}{
		{url + "/missing", fetcher.ReasonStatus},
		{url + "/large", fetcher.ReasonTooLarge},
		{url + "/bomb", fetcher.ReasonTooLarge},
		{url + "/slow", fetcher.ReasonTimeout},
		{url + "/loop", fetcher.ReasonRedirect},
		{url + "/file", fetcher.ReasonRedirect},
		{url + "/short", fetcher.ReasonBroken},
		{url + "/private", fetcher.ReasonPrivate},
		{"http://[::1]:1/", fetcher.ReasonPrivate},
		{"http://[::ffff:10.0.0.1]/", fetcher.ReasonPrivate},
		{"http://127.0.0.1:1/", fetcher.ReasonConnect},
		{"ftp://127.0.0.1/", fetcher.ReasonBroken},
	} {
		_, err := c.Get(t.Context(), fetcher.Request{URL: test.url})
		var fe *fetcher.Error
		if !errors.As(err, &fe) {
			t.Errorf("%s: no *Error but %v", test.url, err)
			continue
		}
		if fe.Reason != test.want || fe.URL == "" {
			t.Errorf("%s: reason %q (%v), want %q", test.url, fe.Reason, fe, test.want)
		}
	}
}

func TestHeadersStayWithTheirHost(t *testing.T) {
	var leaked, agent atomic.Value
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		leaked.Store(r.Header.Get("X-Token"))
		agent.Store(r.UserAgent())
	})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Token") == "" {
			t.Error("the header was not sent where it belongs")
		}
		http.Redirect(w, r, other, http.StatusFound)
	})
	c := newClient(t, fetcher.Options{AllowPrivate: loopback, UserAgent: "aggregator/1"})
	if _, err := c.Get(t.Context(), fetcher.Request{URL: url, Header: http.Header{"X-Token": {"secret"}, "User-Agent": {"somebody"}}}); err != nil {
		t.Fatal(err)
	}
	if leaked.Load() != "" {
		t.Error("a redirect carried the configured header to another host")
	}
	if agent.Load() != "aggregator/1" {
		t.Errorf("the other host was asked by %q", agent.Load())
	}
}

func TestSecretsAreNotInErrors(t *testing.T) {
	c := newClient(t, fetcher.Options{AllowPrivate: loopback})
	_, err := c.Get(t.Context(), fetcher.Request{URL: "http://user:hunter2@127.0.0.1:1/?token=hunter3"})
	if err == nil || strings.Contains(err.Error(), "hunter") {
		t.Errorf("error %v", err)
	}
}

// roundTrip is a transport that answers from memory, for tests whose clock is
// simulated.
type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	res := f(r)
	res.Request = r
	return res, nil
}

func answer(status int, header http.Header) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: http.NoBody}
}

func TestHostThatAsksForRestIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		c := newClient(t, fetcher.Options{Transport: roundTrip(func(r *http.Request) *http.Response {
			requests++
			if r.URL.Path == "/busy" {
				return answer(http.StatusServiceUnavailable, http.Header{"Retry-After": {"3600"}})
			}
			return answer(http.StatusOK, nil)
		})})
		get := func(url string) fetcher.Reason {
			_, err := c.Get(context.Background(), fetcher.Request{URL: url})
			if err == nil {
				return ""
			}
			return fetcher.ReasonOf(err)
		}
		if r := get("https://a.example.com/busy"); r != fetcher.ReasonStatus {
			t.Fatalf("reason %q", r)
		}
		if r := get("https://b.example.com/"); r != fetcher.ReasonResting {
			t.Errorf("another host of the site: reason %q, want resting", r)
		}
		if r := get("https://example.org/"); r != "" {
			t.Errorf("another site: reason %q", r)
		}
		time.Sleep(time.Hour)
		if r := get("https://b.example.com/"); r != "" {
			t.Errorf("after the rest: reason %q", r)
		}
		if requests != 3 {
			t.Errorf("%d requests reached the hosts, want 3", requests)
		}
	})
}

// TestRetryAfterOfAnyLength: digits that no number holds are a wish for long rest,
// not for none.
func TestRetryAfterOfAnyLength(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "10000000000": 7 * 24 * time.Hour, "99999999999999999999999": 7 * 24 * time.Hour,
	} {
		c := newClient(t, fetcher.Options{Transport: roundTrip(func(*http.Request) *http.Response {
			return answer(http.StatusBadGateway, http.Header{"Retry-After": {text}})
		})})
		_, err := c.Get(t.Context(), fetcher.Request{URL: "https://one.example/"})
		var fe *fetcher.Error
		if !errors.As(err, &fe) || fe.RetryAfter != want {
			t.Errorf("%s: got %+v, want %s", text, fe, want)
		}
	}
}

// TestGate drives one site with many requests: never more than two at a time,
// never two starts within the interval, and lists before pages.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		running, most := 0, 0
		var last time.Time
		var order []string
		c := newClient(t, fetcher.Options{PerHost: 2, Interval: time.Second, Transport: roundTrip(func(r *http.Request) *http.Response {
			if r.URL.Path == "/robots.txt" {
				return answer(http.StatusNotFound, nil)
			}
			mu.Lock()
			if gap := time.Since(last); gap < time.Second {
				t.Errorf("%s started %s after the one before", r.URL, gap)
			}
			last, order = time.Now(), append(order, r.URL.Path)
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(10 * time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return answer(http.StatusOK, nil)
		})})
		for range 6 {
			go c.Get(context.Background(), fetcher.Request{URL: "https://www.example.com/page", Page: true})
		}
		synctest.Wait()
		go c.Get(context.Background(), fetcher.Request{URL: "https://example.com/list"})
		time.Sleep(time.Minute)
		synctest.Wait()
		if most != 2 {
			t.Errorf("%d requests at a time, want 2", most)
		}
		if len(order) != 7 || order[2] != "/list" {
			t.Errorf("order %q: the list should go before the waiting pages", order)
		}
	})
}

// TestStuckHostDelaysNobody: a site that never answers holds its own gate only.
func TestStuckHostDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, fetcher.Options{PerHost: 1, Transport: roundTrip(func(r *http.Request) *http.Response {
			if r.URL.Host == "stuck.example" {
				<-r.Context().Done()
			}
			return answer(http.StatusOK, nil)
		})})
		for range 3 {
			go c.Get(context.Background(), fetcher.Request{URL: "https://stuck.example/"})
		}
		synctest.Wait()
		start := time.Now()
		if _, err := c.Get(context.Background(), fetcher.Request{URL: "https://example.org/"}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %s for another site", took)
		}
		time.Sleep(5 * time.Minute)
	})
}

func TestSite(t *testing.T) {
	for host, want := range map[string]string{
		"finance.sina.com.cn":  "sina.com.cn",
		"NEWS.sina.com.cn:443": "sina.com.cn",
		"example.co.uk":        "example.co.uk",
		"a.b.example.co.uk":    "example.co.uk",
		"127.0.0.1:8080":       "127.0.0.1:8080",
		"[::1]:80":             "[::1]:80",
		"localhost":            "localhost",
	} {
		if got := fetcher.Site(host); got != want {
			t.Errorf("Site(%q) = %q, want %q", host, got, want)
		}
	}
}

func body(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// TestOnePortOfAPrivateHostIsAllowed: by its name or its address, and no other.
func TestOnePortOfAPrivateHostIsAllowed(t *testing.T) {
	at := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "body") })
	other := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, at, http.StatusFound) })
	_, port, _ := strings.Cut(strings.TrimPrefix(at, "http://"), ":")
	named := "http://LocalHost:" + port
	for _, tt := range []struct {
		allow, url string
		want       bool
	}{
		{"127.0.0.1:" + port, at, true},
		{"127.0.0.1:" + port, named, true}, // it is there that the name leads
		{"localhost:" + port, named, true},
		{"localhost:" + port, at, false},
		{"127.0.0.1:" + port, other, false},
		{strings.TrimPrefix(other, "http://"), other, false}, // it leads to one that is not
		{"127.0.0.1:1", at, false},
	} {
		c := newClient(t, fetcher.Options{AllowHosts: []string{tt.allow}})
		_, err := c.Get(t.Context(), fetcher.Request{URL: tt.url})
		if (err == nil) != tt.want || err != nil && fetcher.ReasonOf(err) != fetcher.ReasonPrivate {
			t.Errorf("%s allowed, %s: %v", tt.allow, tt.url, err)
		}
	}
}

// TestNoEncryption: a host that does not encrypt is not said to have a bad certificate.
func TestNoEncryption(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	c := newClient(t, fetcher.Options{AllowHosts: []string{srv.Listener.Addr().String()}})
	_, err := c.Get(t.Context(), fetcher.Request{URL: "https://" + srv.Listener.Addr().String()})
	if !errors.Is(err, http.ErrSchemeMismatch) || fetcher.ReasonOf(err) != fetcher.ReasonBroken {
		t.Errorf("got %v, reason %s", err, fetcher.ReasonOf(err))
	}
}
