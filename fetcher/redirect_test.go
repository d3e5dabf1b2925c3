package fetcher_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher"
)

// hops redirects /n to /n-1 until /0, with a status.
func hops(status int) roundTrip {
	return func(r *http.Request) *http.Response {
		n, err := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
		if err != nil || n == 0 {
			return answer(http.StatusOK, nil)
		}
		return answer(status, http.Header{"Location": {fmt.Sprintf("/%d", n-1)}})
	}
}

func TestRedirects(t *testing.T) {
	to := func(location string) roundTrip {
		return func(r *http.Request) *http.Response {
			if r.URL.Path == "/start" {
				return answer(http.StatusFound, http.Header{"Location": {location}})
			}
			return answer(http.StatusOK, nil)
		}
	}
	for _, tt := range []struct {
		what string
		net  roundTrip
		url  string
		want fetcher.Reason
		end  string
	}{
		{"five hops", hops(http.StatusFound), "https://a.example/5", "", "https://a.example/0"},
		{"six hops", hops(http.StatusFound), "https://a.example/6", fetcher.ReasonRedirect, ""},
		{"307", hops(http.StatusTemporaryRedirect), "https://a.example/1", "", "https://a.example/0"},
		{"303", hops(http.StatusSeeOther), "https://a.example/1", "", "https://a.example/0"},
		{"a loop", to("/start"), "https://a.example/start", fetcher.ReasonRedirect, ""},
		{"out of encryption", to("http://a.example/"), "https://a.example/start", fetcher.ReasonRedirect, ""},
		{"into encryption", to("https://a.example/"), "http://a.example/start", "", "https://a.example/"},
		{"another scheme", to("gopher://a.example/"), "https://a.example/start", fetcher.ReasonRedirect, ""},
		{"nowhere", to(""), "https://a.example/start", fetcher.ReasonStatus, ""},
	} {
		c := newClient(t, fetcher.Options{Transport: tt.net})
		doc, err := c.Get(t.Context(), fetcher.Request{URL: tt.url})
		switch {
		case tt.want != "":
			if err == nil || fetcher.ReasonOf(err) != tt.want {
				t.Errorf("%s: %v, want %s", tt.what, err, tt.want)
			}
		case err != nil || doc.URL != tt.end:
			t.Errorf("%s: %v, %+v", tt.what, err, doc)
		}
	}
}

// TestCredentialsStayWithTheirHost: neither headers of the configuration nor
// userinfo go to another host, nor is userinfo in what links are resolved
// against; within the host they go along.
func TestCredentialsStayWithTheirHost(t *testing.T) {
	sent := map[string]http.Header{}
	c := newClient(t, fetcher.Options{Transport: roundTrip(func(r *http.Request) *http.Response {
		sent[r.URL.Host+r.URL.Path] = r.Header
		switch r.URL.Path {
		case "/list":
			return answer(http.StatusFound, http.Header{"Location": {"/here"}, "Set-Cookie": {"track=1"}})
		case "/here":
			return answer(http.StatusFound, http.Header{"Location": {"https://other.example/there"}})
		}
		return answer(http.StatusOK, nil)
	})})
	doc, err := c.Get(t.Context(), fetcher.Request{URL: "https://user:word@one.example/list", Header: http.Header{"X-Key": {"k"}, "Cookie": {"mine=1"}}})
	if err != nil || doc.URL != "https://other.example/there" {
		t.Fatalf("%v, %+v", err, doc)
	}
	for _, at := range []string{"one.example/list", "one.example/here"} {
		if h := sent[at]; h.Get("X-Key") != "k" || h.Get("Cookie") != "mine=1" || h.Get("Authorization") == "" {
			t.Errorf("%s: sent %v", at, h)
		}
	}
	for name := range sent["other.example/there"] {
		if name == "X-Key" || name == "Cookie" || name == "Authorization" || name == "Referer" {
			t.Errorf("%s was sent to another host", name)
		}
	}
	plain, err := c.Get(t.Context(), fetcher.Request{URL: "https://user:word@one.example/plain"})
	if err != nil || plain.URL != "https://one.example/plain" {
		t.Errorf("%v, document of %q", err, plain.URL)
	}
}

// TestCredentialsDoNotComeBack: another host may send a request back to where headers
// of the configuration belong, but not with them.
func TestCredentialsDoNotComeBack(t *testing.T) {
	var back http.Header
	c := newClient(t, fetcher.Options{Transport: roundTrip(func(r *http.Request) *http.Response {
		switch r.URL.Host + r.URL.Path {
		case "one.example/list":
			return answer(http.StatusFound, http.Header{"Location": {"https://other.example/there"}})
		case "other.example/there":
			return answer(http.StatusFound, http.Header{"Location": {"https://one.example/delete"}})
		}
		back = r.Header
		return answer(http.StatusOK, nil)
	})})
	doc, err := c.Get(t.Context(), fetcher.Request{URL: "https://one.example/list", Header: http.Header{"X-Key": {"k"}}})
	if err != nil || doc.URL != "https://one.example/delete" {
		t.Fatalf("%v, %+v", err, doc)
	}
	if back.Get("X-Key") != "" || back.Get("User-Agent") == "" && back.Get("Accept") == "" {
		t.Errorf("sent %v", back)
	}
}

// TestAddressOfAFeedIsNoLink: its query may hold a token, and what refers to the
// document itself must not publish it.
func TestAddressOfAFeedIsNoLink(t *testing.T) {
	r, err := fetcher.NewReader(fetcher.Source{Kind: "feed", URL: "https://one.example/feed?token=hush"})
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Read(&fetcher.Document{URL: "https://one.example/feed?token=hush", Status: 200, Body: []byte(
		`<rss version="2.0"><channel><title>T</title><item><title>A</title><link>#x</link>` +
			`<description>&lt;a href="#f"&gt;f&lt;/a&gt;</description></item></channel></rss>`)})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%v, %+v", err, list)
	}
	if s := fmt.Sprintf("%+v", list); strings.Contains(s, "hush") {
		t.Errorf("the list %s", s)
	}
}

// TestEndlessExpressions: an expression of a configuration that never ends costs
// no more than the source's limit.
func TestEndlessExpressions(t *testing.T) {
	r, err := fetcher.NewReader(fetcher.Source{Kind: "json", URL: "https://one.example/", Limit: 10, Rules: &fetcher.Rules{
		URL: "https://one.example/", Items: `repeat(.)`, Fields: map[string]string{"title": `.t`, "tags": `repeat("a")`}}})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	list, err := r.Read(&fetcher.Document{URL: "https://one.example/", Status: 200, Body: []byte(`{"t":"title"}`)})
	if err != nil || len(list.Items) == 0 || len(list.Items) > 11 || len(list.Items[0].Tags) > 1000 {
		t.Errorf("%v, %d items", err, len(list.Items))
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}
