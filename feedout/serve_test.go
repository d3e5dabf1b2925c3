package feedout

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

const financePath = "/feeds/finance.atom"

// ask sends a request made of a method, a path and header lines.
func ask(h http.Handler, method, path string, lines ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestConduct: one request a row. TAG, GZIP and BR stand for the entity tags
// of the representations; the content changed at 08:01 on 4 March 2026.
func TestConduct(t *testing.T) {
	f := sample(3)
	f.Hub = "https://hub.example.net/?a=1"
	f.Cadence = 15 * time.Minute
	p := New(oneFeed(f), Options{})
	doc, err := p.Document(t.Context(), financePath)
	if err != nil {
		t.Fatal(err)
	}
	tags := strings.NewReplacer("TAG", doc.ETag, "GZIP", doc.In("gzip").ETag, "BR", doc.In("br").ETag)
	const (
		changed = "Wed, 04 Mar 2026 08:01:00 GMT"
		before  = "Wed, 04 Mar 2026 08:00:59 GMT"
		after   = "Wed, 04 Mar 2026 08:01:01 GMT"
	)
	for _, tt := range []struct {
		name, request string // request: header lines joined by "|"
		status        int
		coding        string
	}{
		{"plain", "", 200, ""},
		{"gzip", "Accept-Encoding: gzip", 200, "gzip"},
		{"x-gzip", "Accept-Encoding: X-Gzip", 200, "gzip"},
		{"browser", "Accept-Encoding: gzip, deflate, br, zstd", 200, "br"},
		{"two lines", "Accept-Encoding: deflate|Accept-Encoding: gzip", 200, "gzip"},
		{"gzip preferred", "Accept-Encoding: br;q=0.5, gzip;q=0.8", 200, "gzip"},
		{"blanks", "Accept-Encoding: br ; q = 0.1 ,gzip ; Q=0.2", 200, "gzip"},
		{"gzip refused", "Accept-Encoding: gzip;q=0", 200, ""},
		{"gzip refused, any else", "Accept-Encoding: gzip;q=0, *", 200, "br"},
		{"smallest weight", "Accept-Encoding: gzip;q=0.001", 200, "gzip"},
		{"identity preferred", "Accept-Encoding: identity, gzip;q=0.5", 200, ""},
		{"identity refused", "Accept-Encoding: identity;q=0, gzip;q=0.2", 200, "gzip"},
		{"any", "Accept-Encoding: *", 200, "br"},
		{"any refused but gzip", "Accept-Encoding: gzip, *;q=0", 200, "gzip"},
		{"all refused", "Accept-Encoding: *;q=0", 406, ""},
		{"identity refused, nothing else", "Accept-Encoding: identity;q=0", 406, ""},
		{"unknown only", "Accept-Encoding: zstd", 200, ""},
		{"empty", "Accept-Encoding: ", 200, ""},
		{"bad weight", "Accept-Encoding: gzip;q=high", 200, ""},
		{"bad number", "Accept-Encoding: gzip;q=NaN", 200, ""},

		{"same tag", "If-None-Match: TAG", 304, ""},
		{"weak tag", "If-None-Match: W/TAG", 304, ""},
		{"other tag", `If-None-Match: "x"`, 200, ""},
		{"unquoted", `If-None-Match: x`, 200, ""},
		{"list", `If-None-Match: "x, y" , W/"z",TAG`, 304, ""},
		{"list with junk", `If-None-Match: junk, TAG`, 304, ""},
		{"lines", `If-None-Match: "x"|If-None-Match: TAG`, 304, ""},
		{"any tag", "If-None-Match: *", 304, ""},
		{"tag of this coding", "Accept-Encoding: gzip|If-None-Match: GZIP", 304, ""},
		{"tag of br", "Accept-Encoding: br|If-None-Match: BR", 304, ""},
		{"tag of another coding", "Accept-Encoding: gzip|If-None-Match: TAG", 200, "gzip"},

		{"since", "If-Modified-Since: " + changed, 304, ""},
		{"since later", "If-Modified-Since: " + after, 304, ""},
		{"since before", "If-Modified-Since: " + before, 200, ""},
		{"since RFC 850", "If-Modified-Since: Wednesday, 04-Mar-26 08:01:00 GMT", 304, ""},
		{"since nonsense", "If-Modified-Since: yesterday", 200, ""},
		{"tag wins", `If-None-Match: "x"|If-Modified-Since: ` + changed, 200, ""},
		{"tag wins too", `If-None-Match: TAG|If-Modified-Since: ` + before, 304, ""},

		{"since twice", "If-Modified-Since: " + changed + "|If-Modified-Since: " + changed, 200, ""},
		{"match", "If-Match: TAG", 200, ""},
		{"match in a second line", `If-Match: "x"|If-Match: TAG`, 200, ""},
		{"match any", "If-Match: *", 200, ""},
		{"match fails", `If-Match: "x"`, 412, ""},
		{"match is strong", "If-Match: W/TAG", 412, ""},
		{"unmodified", "If-Unmodified-Since: " + changed, 200, ""},
		{"unmodified fails", "If-Unmodified-Since: " + before, 412, ""},
		{"match wins", "If-Match: TAG|If-Unmodified-Since: " + before, 200, ""},

		{"range", "Range: bytes=0-99", 206, ""},
		{"range of gzip", "Range: bytes=10-|Accept-Encoding: gzip", 206, "gzip"},
		{"range too far", "Range: bytes=99999999-", 416, ""},
		{"last bytes", "Range: bytes=-5", 206, ""},
		{"unit in capitals", "Range: Bytes=0-9", 206, ""},
		{"no bytes", "Range: bytes=-0", 416, ""},
		{"range too far in gzip", "Range: bytes=99999999-|Accept-Encoding: gzip", 416, ""},
		{"number too long", "Range: bytes=99999999999999999999-", 416, ""},
		{"two ranges", "Range: bytes=0-9, 20-29", 206, ""},
		{"one of two too far", "Range: bytes=0-9,99999999-", 206, ""},
		{"unknown unit", "Range: lines=1-2", 200, ""},
		{"range malformed", "Range: bytes=abc", 200, ""},
		{"range backwards", "Range: bytes=5-2", 200, ""},
		{"range of nothing", "Range: bytes=", 200, ""},
		{"signed range", "Range: bytes=+1-2", 200, ""},
		{"range twice", "Range: bytes=0-9|Range: bytes=20-29", 200, ""},
		{"many ranges", "Range: bytes=" + strings.Repeat("0-1,", 9), 200, ""},
		{"more than all", "Range: bytes=0-,0-", 200, ""},
		{"if-range", "Range: bytes=0-99|If-Range: TAG", 206, ""},
		{"if-range fails", `Range: bytes=0-99|If-Range: "x"`, 200, ""},
		{"if-range weak", `Range: bytes=0-99|If-Range: W/TAG`, 200, ""},
		{"if-range twice", "Range: bytes=0-99|If-Range: TAG|If-Range: TAG", 200, ""},
		{"if-range later", "Range: bytes=0-99|If-Range: " + after, 200, ""},
		{"if-range too far", `Range: bytes=99999999-|If-Range: "x"`, 200, ""},
		{"if-range date", "Range: bytes=0-99|If-Range: " + changed, 206, ""},
		{"range not modified", "Range: bytes=0-99|If-None-Match: TAG", 304, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lines []string
			if tt.request != "" {
				lines = strings.Split(tags.Replace(tt.request), "|")
			}
			got := ask(p, "GET", financePath, lines...)
			if got.StatusCode != tt.status || got.Header.Get("Content-Encoding") != tt.coding {
				t.Fatalf("got %d %q, want %d %q", got.StatusCode, got.Header.Get("Content-Encoding"), tt.status, tt.coding)
			}
			checkHeader(t, got, doc)
			if got.StatusCode == 304 {
				checkNotModified(t, p, lines)
			}
			// HEAD says the same, without a body, and ignores Range.
			head := ask(p, "HEAD", financePath, lines...)
			if want := tt.status; head.StatusCode != want && got.StatusCode != 206 && want != 416 {
				t.Errorf("HEAD: got %d, want %d", head.StatusCode, want)
			}
			if head.StatusCode == 206 || head.StatusCode == 200 && len(body(t, head)) > 0 {
				t.Errorf("HEAD: got %d with a body or a part", head.StatusCode)
			}
			if tt.status == 200 && head.Header.Get("Content-Length") != got.Header.Get("Content-Length") {
				t.Errorf("HEAD: got length %q", head.Header.Get("Content-Length"))
			}
		})
	}
}

// checkNotModified: a page may read a 304 too, and a reader that goes by the time is told
// it.
func checkNotModified(t *testing.T, p *Publisher, lines []string) {
	t.Helper()
	plain, page := ask(p, "GET", financePath, lines...), ask(p, "GET", financePath, append(lines, "Origin: https://reader.example")...)
	if got := page.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("a page of %q may read it", got)
	}
	bySince := !strings.Contains(strings.Join(lines, "\n"), "If-None-Match")
	if got := plain.Header.Get("Last-Modified"); bySince != (got == "Wed, 04 Mar 2026 08:01:00 GMT") {
		t.Errorf("Last-Modified: got %q", got)
	}
}

// checkHeader checks what every answer of a status must say.
func checkHeader(t *testing.T, got *http.Response, doc *Document) {
	t.Helper()
	h := got.Header
	want := map[string]string{
		"Access-Control-Allow-Origin": "*",
		"X-Content-Type-Options":      "nosniff",
		"Vary":                        "Accept-Encoding",
		"Cache-Control":               "public, max-age=900, stale-if-error=86400",
		"Last-Modified":               "Wed, 04 Mar 2026 08:01:00 GMT",
	}
	switch got.StatusCode {
	case 200, 206:
		want["Link"] = `<https://feeds.example.net/feeds/finance.atom>; rel="self", <https://hub.example.net/?a=1>; rel="hub"`
	case 304: // RFC 9110 §15.4.5: the reader has what else is said of the body
		for _, name := range []string{"X-Content-Type-Options", "Content-Type", "Content-Length", "Link"} {
			want[name] = ""
		}
		delete(want, "Last-Modified")
		delete(want, "Access-Control-Allow-Origin")
	default:
		want["Cache-Control"] = "no-cache"
		want["Etag"] = ""
		want["Last-Modified"] = ""
	}
	content := body(t, got)
	if got.StatusCode == 200 {
		rep := doc.In(h.Get("Content-Encoding"))
		want["Etag"] = rep.ETag
		want["Content-Type"] = "application/atom+xml; charset=utf-8"
		want["Content-Length"] = strconv.Itoa(len(rep.Body))
		if !bytes.Equal(content, rep.Body) {
			t.Error("the body is not that of the representation")
		}
	}
	for name, value := range want {
		if h.Get(name) != value {
			t.Errorf("%s: got %q, want %q", name, h.Get(name), value)
		}
	}
	if len(h.Values("Etag")) > 1 || strings.HasPrefix(h.Get("Etag"), "W/") {
		t.Errorf("ETag: got %q", h.Values("Etag"))
	}
}

// TestRepresentations: three codings of the same bytes, each with its tag.
func TestRepresentations(t *testing.T) {
	doc := newDocument(atomType, time.Time{}, []byte(strings.Repeat("新闻", 1000)))
	zr, err := gzip.NewReader(bytes.NewReader(doc.In("gzip").Body))
	if err != nil {
		t.Fatal(err)
	}
	for coding, r := range map[string]io.Reader{"gzip": zr, "br": brotli.NewReader(bytes.NewReader(doc.In("br").Body))} {
		plain, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(plain, doc.Body) {
			t.Errorf("%s: %v, equal %v", coding, err, bytes.Equal(plain, doc.Body))
		}
	}
	if !distinct([]string{doc.ETag, doc.In("gzip").ETag, doc.In("br").ETag}) {
		t.Error("two representations have the same tag")
	}
}

func TestMethods(t *testing.T) {
	p := New(oneFeed(sample(1)), Options{})
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"} {
		got := ask(p, method, financePath)
		if got.StatusCode != 405 || got.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: got %d, Allow %q", method, got.StatusCode, got.Header.Get("Allow"))
		}
	}
	if got := ask(p, "GET", financePath, "Origin: https://reader.example"); !strings.Contains(got.Header.Get("Access-Control-Expose-Headers"), "ETag") {
		t.Errorf("a page may read %q", got.Header.Get("Access-Control-Expose-Headers"))
	}
	got := ask(p, "OPTIONS", financePath, "Origin: https://reader.example", "Access-Control-Request-Method: GET")
	if got.StatusCode != 204 || got.Header.Get("Allow") == "" || !strings.Contains(got.Header.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("OPTIONS: got %d %v", got.StatusCode, got.Header)
	}
}

func TestPaths(t *testing.T) {
	p := New(loader{
		feed: func(_ context.Context, slug string) (*Feed, error) {
			if slug != "stock/sz000931" && slug != "finance" {
				return nil, ErrNoFeed
			}
			return sample(1), nil
		},
		outlines: func(context.Context) (string, []Outline, error) { return "新浪财经", nil, nil },
	}, Options{})
	for path, want := range map[string]int{
		"/feeds/finance.atom": 200, "/feeds/stock/sz000931.atom": 200, "/feeds.opml": 200,
		"/": 404, "/feeds": 404, "/feeds/": 404, "/feeds/.atom": 404, "/feeds/finance": 404, "/feeds/none.atom": 404,
		"/feeds/finance.xml": 404, "/feeds/finance.atom/": 404, "/feeds/finance.atom.atom": 404, "/feeds/../finance.atom": 404,
	} {
		if got := ask(p, "GET", path); got.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, got.StatusCode, want)
		}
	}
	if got := ask(p, "GET", "/feeds.opml"); got.Header.Get("Content-Type") != "text/x-opml; charset=utf-8" || got.Header.Get("Etag") == "" {
		t.Errorf("opml: got %v", got.Header)
	}
	if n := len(p.slots); n != 3 {
		t.Errorf("%d slots are kept for 3 documents", n)
	}
}

func TestUnavailable(t *testing.T) {
	p := New(loader{feed: func(context.Context, string) (*Feed, error) { return nil, errors.New("disk on fire") }}, Options{})
	got := ask(p, "GET", financePath)
	if got.StatusCode != 503 || got.Header.Get("Retry-After") == "" || got.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("got %d %v", got.StatusCode, got.Header)
	}
	if text := string(body(t, got)); strings.Contains(text, "fire") {
		t.Errorf("a stranger is told %q", text)
	}
}

// TestFuture: an origin's clock that is ahead does not make Last-Modified so.
func TestFuture(t *testing.T) {
	now := time.Date(2026, time.March, 4, 7, 0, 0, 0, time.UTC)
	p := New(oneFeed(sample(1)), Options{Now: func() time.Time { return now }})
	if got := ask(p, "GET", financePath).Header.Get("Last-Modified"); got != "Wed, 04 Mar 2026 07:00:00 GMT" {
		t.Errorf("got %q", got)
	}
}

// TestOriginAhead: an article from a clock that is ahead of ours is not modified
// anew at every request.
func TestOriginAhead(t *testing.T) {
	now := time.Date(2026, time.March, 5, 0, 0, 0, 0, time.UTC)
	f := sample(1)
	f.Articles[0].Updated = now.Add(time.Hour)
	p := New(oneFeed(f), Options{Now: func() time.Time { now = now.Add(time.Minute); return now }})
	for range 2 {
		if got := ask(p, "GET", financePath).Header.Get("Last-Modified"); got != "Wed, 04 Mar 2026 08:01:00 GMT" {
			t.Errorf("got %q", got)
		}
	}
}

// TestServingTakesNoMemoryOfTheDocument: a large document is sent as it lies, however
// it is asked for.
func TestServingTakesNoMemoryOfTheDocument(t *testing.T) {
	p := New(oneFeed(sample(500)), Options{})
	doc, err := p.Document(t.Context(), financePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, lines := range []http.Header{
		{}, {"Accept-Encoding": {"gzip"}}, {"Accept-Encoding": {"br"}}, {"If-None-Match": {doc.ETag}},
		{"Range": {"bytes=10-"}}, {"Range": {"bytes=0-9,20-"}},
	} {
		r := httptest.NewRequest("GET", financePath, nil)
		r.Header = lines
		p.ServeHTTP(&discard{header: http.Header{}}, r) // compresses it, once
		const times = 20
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range times {
			p.ServeHTTP(&discard{header: http.Header{}}, r)
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 8<<10 || int(each) > len(doc.Body)/10 {
			t.Errorf("%v: %d bytes are allocated to send one of %d", lines, each, len(doc.Body))
		}
	}
}
