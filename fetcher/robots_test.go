package fetcher_test

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/fetcher"
)

// TestRobotsThatAsksForRestIsNoLeave: 429 and 503 for robots.txt let the host
// rest, lists and pages alike, and it is asked for again after that.
func TestRobotsThatAsksForRestIsNoLeave(t *testing.T) {
	for _, tt := range []struct {
		status int
		header http.Header
	}{
		{http.StatusTooManyRequests, nil},
		{http.StatusTooManyRequests, http.Header{"Retry-After": {"1800"}}},
		{http.StatusServiceUnavailable, nil},
		{http.StatusServiceUnavailable, http.Header{"Retry-After": {"1800"}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			requests, busy := 0, true
			c := newClient(t, fetcher.Options{UserAgent: "aggregator/1", Transport: roundTrip(func(r *http.Request) *http.Response {
				requests++
				if busy {
					return answer(tt.status, tt.header)
				}
				return answer(http.StatusOK, nil)
			})})
			get := func(page bool) error {
				_, err := c.Get(context.Background(), fetcher.Request{URL: "https://example.org/1", Page: page})
				return err
			}
			for _, page := range []bool{true, true, false} {
				if err := get(page); fetcher.ReasonOf(err) != fetcher.ReasonResting {
					t.Errorf("%d %v, page %t: %v, want that it waits", tt.status, tt.header, page, err)
				}
			}
			rest := time.Until(c.Resting("https://example.org/"))
			if least := map[bool]time.Duration{true: 30 * time.Minute, false: time.Minute}[tt.header != nil]; rest < least || requests != 1 {
				t.Errorf("%d %v: rest of %s after %d requests, want %s after one", tt.status, tt.header, rest, requests, least)
			}
			busy = false
			time.Sleep(rest)
			if err := get(true); err != nil || requests != 3 {
				t.Errorf("%d %v: %v and %d requests after the rest", tt.status, tt.header, err, requests)
			}
		})
	}
}

// permitted tells whether a robots.txt lets a page be fetched.
func permitted(t *testing.T, agent, robots, path string) bool {
	t.Helper()
	c := newClient(t, fetcher.Options{UserAgent: agent, Transport: roundTrip(func(*http.Request) *http.Response {
		res := answer(http.StatusOK, nil)
		res.Body = io.NopCloser(strings.NewReader(robots))
		return res
	})})
	err := c.Permits(t.Context(), "https://example.org"+path)
	if err != nil && fetcher.ReasonOf(err) != fetcher.ReasonRobots {
		t.Errorf("%q, %s: %v", robots, path, err)
	}
	return err == nil
}

type robotsCase struct {
	agent, robots, path string
	want                bool
}

func testRobots(t *testing.T, cases []robotsCase) {
	t.Helper()
	for _, tt := range cases {
		if tt.agent == "" {
			tt.agent = "aggregator/1.0 (+https://example.org)"
		}
		if got := permitted(t, tt.agent, tt.robots, tt.path); got != tt.want {
			t.Errorf("%s, %q, %s: permitted %t", tt.agent, tt.robots, tt.path, got)
		}
	}
}

func TestUnreadableLineOfRobotsLeavesTheOthers(t *testing.T) {
	testRobots(t, []robotsCase{
		{"", "User-agent: *\nCrawl-delay: abc\nDisallow: /", "/1", false},
		{"", "User-agent: *\nCrawl-delay: -1\nDisallow: /", "/1", false},
		{"", "Disallow: /zzz\nUser-agent: *\nDisallow: /a", "/a", false},
		{"", "Disallow: /zzz\nUser-agent: *\nDisallow: /a", "/zzz", true},
		{"", "Crawl-delay: 1\nAllow: /\nUser-agent: *\nDisallow: /a", "/a", false},
		{"", "<html>\n: x\nUser-agent: *\r\n\r\nnonsense\rDisallow : /a # why\r\n", "/a", false},
		{"", "User-agent: *\nDisallow: *", "/a", false},
		// A line that rules nothing still ends the names of a group.
		{"", "User-agent: aggregator\nDisallow:\nUser-agent: *\nDisallow: /", "/a", true},
		{"", "User-agent: *\nCrawl-delay: x\nUser-agent: bad\nDisallow: /", "/a", true},
		{"", "User-agent: *\nUser-agent: bad\nDisallow: /", "/a", false},
		{"", "", "/a", true},
	})
}

func TestByteOrderMarkBeforeRobots(t *testing.T) {
	testRobots(t, []robotsCase{{"", "\uFEFFUser-agent: *\nDisallow: /", "/1", false}})
}

func TestPercentEncodingOfRobots(t *testing.T) {
	testRobots(t, []robotsCase{
		{"", "User-agent: *\nDisallow: /%e6%96%b0", "/%E6%96%B0/1", false},
		{"", "User-agent: *\nDisallow: /%E6%96%B0", "/%e6%96%b0/1", false},
		{"", "User-agent: *\nDisallow: /新", "/%e6%96%b0/1", false},
		{"", "User-agent: *\nDisallow: /a%2db", "/a-b", false},
		{"", "User-agent: *\nDisallow: /a-b", "/a%2Db", false},
		{"", "User-agent: *\nDisallow: /a%2fb", "/a/b", true},
		{"", "User-agent: *\nDisallow: /a%2fb", "/a%2Fb", false},
		{"", "User-agent: *\nDisallow: /a%2Ab", "/a*b", false},
		{"", "User-agent: *\nDisallow: /a*b$", "/a%e6b", false},
		{"", "User-agent: *\nDisallow: /?q=100%", "/?q=100%", false},
	})
}

func TestOwnNameInCustomAgent(t *testing.T) {
	const custom = "Mozilla/5.0 (compatible; aggregator/1.0; +https://example.org)"
	testRobots(t, []robotsCase{
		{custom, "User-agent: Aggregator\nDisallow: /", "/1", false},
		{custom, "User-agent: Aggregator/2.0\nDisallow: /", "/1", false},
		{custom, "User-agent: Mozilla\nDisallow: /", "/1", true},
		{custom, "User-agent: agg\nDisallow: /", "/1", true},
		{custom, "User-agent: *\nDisallow: /", "/1", false},
		{"NewsBot/2 (+https://example.org/aggregator)", "User-agent: newsbot\nDisallow: /", "/1", false},
		{"NewsBot/2 (+https://example.org/aggregator)", "User-agent: aggregator\nDisallow: /", "/1", true},
		{"feedaggregator/2", "User-agent: aggregator\nDisallow: /", "/1", true},
	})
}

// TestMostSpecificRuleOfRobots: the longest rule that matches decides, and of two as
// long the one that allows (RFC 9309 §2.2.2), whatever their order.
func TestMostSpecificRuleOfRobots(t *testing.T) {
	const agent = "User-agent: *\n"
	testRobots(t, []robotsCase{
		{"", agent + "Disallow: /*.pdf$", "/a.pdf", false},
		{"", agent + "Disallow: /*.pdf$", "/a.pdf?x", true},
		{"", agent + "Disallow: /*.pdf$", "/a.pdfs", true},
		{"", agent + "Disallow: /*.pdf$", "/a.pdf/b.pdf", false},
		{"", agent + "Disallow: /*.pdf", "/a.pdf?x", false},
		{"", agent + "Disallow: /a/*/c", "/a/b/x/c/d", false},
		{"", agent + "Disallow: /*/c", "/c", true},
		{"", agent + "Disallow: *.php", "/a.php", false},
		{"", agent + "Disallow: /*b", "/x/a", true},
		{"", agent + "Disallow: /b", "/a/b", true},
		{"", agent + "Disallow: /*?*print=", "/a?x=1&print=1", false},
		{"", agent + "Disallow: /a$", "/a", false},
		{"", agent + "Disallow: /a$", "/ab", true},
		{"", agent + "Disallow: /a$b", "/a$b", false},
		{"", agent + "Disallow: /a**b$", "/axxb", false},
		{"", agent + "Disallow: /page\nAllow: /page", "/page", true},
		{"", agent + "Allow: /page\nDisallow: /page", "/page", true},
		{"", agent + "Allow: /p\nDisallow: /", "/page", true},
		{"", agent + "Disallow: /\nAllow: /p", "/page", true},
		{"", agent + "Allow: /folder\nDisallow: /folder/page", "/folder/page", false},
		{"", agent + "Allow: /page\nDisallow: /*.htm", "/page.htm", false},
		{"", agent + "Allow: /page\nDisallow: /*.ph", "/page.php5", true},
		{"", agent + "Allow: /$\nDisallow: /", "/", true},
		{"", agent + "Allow: /$\nDisallow: /", "/page.htm", false},
		{"", agent + "Disallow: /a%3Cb\nAllow: /a", "/a%3cb", false},
		{"", agent + "Disallow:", "/a", true},
		{"", agent + "Disallow: /robots.txt\nDisallow: /", "/robots.txt", true}, // RFC 9309 §2.2.2: implicitly allowed
	})
}

// TestGroupsOfRobots: those that name us are one, wherever they stand; * is for whom
// none names (RFC 9309 §2.2.1).
func TestGroupsOfRobots(t *testing.T) {
	testRobots(t, []robotsCase{
		{"", "User-agent: aggregator\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: Aggregator\nDisallow: /b", "/a", false},
		{"", "User-agent: aggregator\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: Aggregator\nDisallow: /b", "/b", false},
		{"", "User-agent: aggregator\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: Aggregator\nDisallow: /b", "/c", true},
		{"", "User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /\nUser-agent: *\nDisallow: /b", "/b", false},
		{"", "User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /\nUser-agent: *\nDisallow: /b", "/c", true},
		{"", "User-agent: *\nDisallow: /\nUser-agent: aggregator\n", "/c", true},
		{"", "User-agent: other\nUser-agent: aggregator\nUser-agent: more\nDisallow: /", "/c", false},
		{"", "User-agent: other\nDisallow: /\nSitemap: https://example.org/s.xml\nUser-agent: aggregator\nAllow: /", "/c", true},
		// A line that is no rule is none between two names.
		{"", "User-agent: other\nSitemap: https://example.org/s.xml\nUser-agent: aggregator\nDisallow: /", "/c", false},
		{"", "User-agent: aggregators\nDisallow: /", "/c", true},
		{"", "User-agent: aggregator-news\nDisallow: /", "/c", true},
	})
}

// TestLongRobots: what stands in the first 500 KiB is obeyed (RFC 9309 §2.5), and
// rules of many stars take no time.
func TestLongRobots(t *testing.T) {
	long := "User-agent: *\nDisallow: /a\n" + strings.Repeat("# a line that says nothing\n", 30_000) + "Disallow: /b\n"
	stars := "User-agent: *\n" + strings.Repeat("Disallow: /"+strings.Repeat("*a", 1000)+"b$\n", 200)
	start := time.Now()
	testRobots(t, []robotsCase{
		{"", long, "/a", false},
		{"", long, "/b", true},
		{"", stars, "/" + strings.Repeat("a", 4000), true},
	})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestRobotsBehindRedirects: five hops are followed, what lies further is taken for
// absent, and none leads out of encryption.
func TestRobotsBehindRedirects(t *testing.T) {
	for _, tt := range []struct {
		hops int
		to   string
		want fetcher.Reason
	}{{5, "https", fetcher.ReasonRobots}, {6, "https", ""}, {1, "http", fetcher.ReasonRedirect}} {
		left := tt.hops
		c := newClient(t, fetcher.Options{UserAgent: "aggregator/1", Transport: roundTrip(func(r *http.Request) *http.Response {
			if left--; left >= 0 {
				return answer(http.StatusFound, http.Header{"Location": {tt.to + "://r.example/robots" + strconv.Itoa(left)}})
			}
			res := answer(http.StatusOK, nil)
			res.Body = io.NopCloser(strings.NewReader("User-agent: *\nDisallow: /"))
			return res
		})})
		err := c.Permits(t.Context(), "https://example.org/a")
		if got := fetcher.ReasonOf(err); (err == nil) != (tt.want == "") || err != nil && got != tt.want {
			t.Errorf("%d hops to %s: %v, want %q", tt.hops, tt.to, err, tt.want)
		}
	}
}

// TestRobotsThatIsLostForAMonth: a host whose robots.txt fails is left alone, and
// after thirty days it is taken for absent.
func TestRobotsThatIsLostForAMonth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, fetcher.Options{UserAgent: "aggregator/1", Transport: roundTrip(func(r *http.Request) *http.Response {
			return answer(http.StatusInternalServerError, nil)
		})})
		for day := range 30 {
			if err := c.Permits(t.Context(), "https://example.org/a"); err == nil {
				t.Errorf("day %d: permitted", day)
			}
			time.Sleep(24 * time.Hour)
		}
		if err := c.Permits(t.Context(), "https://example.org/a"); err != nil {
			t.Error(err)
		}
	})
}
