package fetcher_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"aggregator/fetcher"
)

// TestStatuses: 200 alone is a document; each refusal keeps its status.
func TestStatuses(t *testing.T) {
	for _, status := range []int{201, 202, 203, 204, 205, 206, 226, 300, 304, 400, 401, 402, 403, 404, 410, 418, 429, 451, 500, 502, 503} {
		c := newClient(t, fetcher.Options{Transport: roundTrip(func(*http.Request) *http.Response {
			return answer(status, http.Header{"ETag": {`"1"`}})
		})})
		_, err := c.Get(t.Context(), fetcher.Request{URL: "https://example.org/"})
		var fe *fetcher.Error
		if !errors.As(err, &fe) || fe.Status != status || fetcher.Hint(err) == "" {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	date := "Mon, 02 Mar 2026 10:00:00 GMT"
	for _, tt := range []struct {
		after    string
		min, max time.Duration
	}{
		{"90", 90 * time.Second, 90 * time.Second},
		{" 90 ", 90 * time.Second, 90 * time.Second},
		{"Mon, 02 Mar 2026 12:00:00 GMT", 2 * time.Hour, 2 * time.Hour}, // by the server's clock
		{"99999999", 7 * 24 * time.Hour, 7 * 24 * time.Hour},
		{"3", time.Minute, time.Minute}, // nobody is asked again within seconds
		{"Mon, 02 Mar 2026 08:00:00 GMT", time.Minute, 75 * time.Second},
		{"soon", time.Minute, 75 * time.Second},
		{"-5", time.Minute, 75 * time.Second},
	} {
		c := newClient(t, fetcher.Options{Transport: roundTrip(func(*http.Request) *http.Response {
			return answer(http.StatusTooManyRequests, http.Header{"Retry-After": {tt.after}, "Date": {date}})
		})})
		_, err := c.Get(t.Context(), fetcher.Request{URL: "https://example.org/"})
		var fe *fetcher.Error
		if !errors.As(err, &fe) || fe.RetryAfter < tt.min || fe.RetryAfter > tt.max {
			t.Errorf("Retry-After %q: %v, rest of %s", tt.after, err, fe.RetryAfter)
		}
	}
}

// TestValidatorsFollowTheAnswers: every 200 replaces both, a header that is no
// longer there is forgotten, and a 304 renews what it carries.
func TestValidatorsFollowTheAnswers(t *testing.T) {
	var next http.Header
	status, n := http.StatusOK, 0
	c := newClient(t, fetcher.Options{Transport: roundTrip(func(*http.Request) *http.Response {
		n++
		res := answer(status, next)
		if status == http.StatusOK {
			res.Body = body(fmt.Sprint("version ", n))
		}
		return res
	})})
	var held fetcher.Validators
	for _, tt := range []struct {
		status         int
		header         http.Header
		etag, modified string
	}{
		{200, http.Header{"Etag": {`W/"1"`}, "Last-Modified": {"once"}}, `W/"1"`, "once"},
		{304, http.Header{"Etag": {`"2"`}}, `"2"`, "once"},
		{304, http.Header{}, `"2"`, "once"},
		{200, http.Header{"Last-Modified": {"twice"}}, "", "twice"},
		{200, http.Header{"Etag": {"no quotes"}}, "no quotes", ""},
		{200, http.Header{}, "", ""},
	} {
		status, next = tt.status, tt.header
		doc, err := c.Get(t.Context(), fetcher.Request{URL: "https://example.org/", Validators: held})
		if err != nil {
			t.Fatal(err)
		}
		if held = doc.Validators; held.ETag != tt.etag || held.LastModified != tt.modified || held.URL != "https://example.org/" {
			t.Errorf("after %d %v: %+v", tt.status, tt.header, held)
		}
	}
}

// TestConnectionsAreReused: ten requests, refusals among them, need one
// connection.
func TestConnectionsAreReused(t *testing.T) {
	var made atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Write(make([]byte, 20_000))
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			made.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c := newClient(t, fetcher.Options{AllowPrivate: loopback})
	for i := range 10 {
		c.Get(t.Context(), fetcher.Request{URL: srv.URL + []string{"/", "/missing"}[i%2]})
	}
	if n := made.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestNoArchive(t *testing.T) {
	for value, want := range map[string]bool{
		"": false, "noarchive": true, "NoIndex, NoArchive": true, "none": true, "noindex": false,
		"googlebot: noarchive": false, "aggregator: noarchive": true, "unavailable_after: 25 Jun 2030 15:00:00 GMT, noarchive": true,
		"max-snippet:10, noarchive": true,
	} {
		if got := (&fetcher.Document{Header: http.Header{"X-Robots-Tag": {value}}}).NoArchive(); got != want {
			t.Errorf("%q: %t", value, got)
		}
	}
}
