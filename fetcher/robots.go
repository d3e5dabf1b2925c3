package fetcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// robots keeps what hosts say of robots. Only article pages ask it: lists are
// fetched because their owner asked for them (CONDUCT 24).
type robots struct {
	agent string
	http  http.Client

	mu   sync.Mutex
	host map[string]*rulesOfHost // by scheme and host
}

// rulesOfHost is held while it is fetched, so that it is fetched once.
type rulesOfHost struct {
	held  chan struct{}
	until time.Time
	rules *robotstxt.RobotsData
	err   error
}

const (
	robotsAge   = 24 * time.Hour // RFC 9309 §2.4
	robotsRetry = time.Hour      // where it could not be had
	robotsSize  = 500 << 10      // RFC 9309 §2.5
)

func newRobots(agent string, t http.RoundTripper) *robots {
	return &robots{agent: agent, host: map[string]*rulesOfHost{}, http: http.Client{Transport: t, CheckRedirect: redirectRobots}}
}

// redirectRobots follows five hops (RFC 9309 §2.3.1.2).
func redirectRobots(next *http.Request, via []*http.Request) error {
	next.Header.Del("Referer")
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	return nil
}

// allow returns an error where the page may not be fetched, or where that
// cannot be told: a robots.txt that cannot be reached disallows everything
// (RFC 9309 §2.3.1.4).
func (r *robots) allow(req *http.Request) error {
	h := r.of(req.URL.Scheme + "://" + req.URL.Host)
	select {
	case h.held <- struct{}{}:
		defer func() { <-h.held }()
	case <-req.Context().Done():
		return req.Context().Err()
	}
	if !time.Now().Before(h.until) {
		r.fetch(req, h)
	}
	if h.err != nil {
		return h.err
	}
	if !h.rules.TestAgent(req.URL.RequestURI(), r.agent) {
		return &Error{Reason: ReasonRobots, URL: Redact(req.URL.String()), Err: errors.New("robots.txt disallows it")}
	}
	return nil
}

// Permits asks robots.txt whether an article page may be fetched; the error says
// why not, or why that cannot be told.
func (c *Client) Permits(ctx context.Context, page string) error {
	req, err := c.request(context.WithValue(ctx, mannersKey{}, manners{kind: forPage}), Request{URL: page, Page: true})
	if err != nil {
		return &Error{Reason: ReasonBroken, URL: Redact(page), Err: err}
	}
	return c.robots.allow(req)
}

func (r *robots) of(origin string) *rulesOfHost {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.host[origin] == nil {
		r.host[origin] = &rulesOfHost{held: make(chan struct{}, 1)}
	}
	return r.host[origin]
}

func (r *robots) fetch(page *http.Request, h *rulesOfHost) {
	h.rules, h.err = r.get(page)
	switch {
	case h.err == nil:
		h.until = time.Now().Add(robotsAge)
	case page.Context().Err() != nil || ReasonOf(h.err) == ReasonResting:
		h.until = time.Time{} // nobody was asked
	default:
		h.until = time.Now().Add(robotsRetry)
	}
}

func (r *robots) get(page *http.Request) (*robotstxt.RobotsData, error) {
	u := page.URL.Scheme + "://" + page.URL.Host + "/robots.txt"
	m, _ := page.Context().Value(mannersKey{}).(manners)
	m.kind = forList // it lets many pages pass, and is no page itself
	req, err := http.NewRequestWithContext(context.WithValue(page.Context(), mannersKey{}, m), http.MethodGet, u, nil)
	if err != nil {
		return nil, fail(u, err)
	}
	req.Header.Set("User-Agent", r.agent)
	req.Header.Set("Accept", "text/plain, */*;q=0.1")
	req.Header.Set("Accept-Encoding", acceptEncoding)
	res, err := r.http.Do(req)
	if err != nil {
		return nil, fail(u, err)
	}
	defer res.Body.Close()
	if s := res.StatusCode; s >= 500 {
		_, _ = io.CopyN(io.Discard, res.Body, drained)
		return nil, &Error{Reason: ReasonStatus, URL: u, Status: s, Err: fmt.Errorf("status %d: nothing of the host may be fetched", s)}
	}
	plain, err := decoded(res.Body, res.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, fail(u, err)
	}
	defer plain.Close()
	body, err := io.ReadAll(io.LimitReader(plain, robotsSize))
	if err != nil {
		return nil, fail(u, err)
	}
	rules, err := robotstxt.FromStatusAndBytes(res.StatusCode, escaped(body))
	if err != nil {
		// Unreadable rules are no rules; what could be read was (RFC 9309 §2.2).
		return robotstxt.FromStatusAndBytes(http.StatusNotFound, nil)
	}
	return rules, nil
}

// escaped percent-encodes what is not ASCII, as paths of requests are
// (RFC 9309 §2.2.2).
func escaped(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for _, b := range body {
		if b < 0x80 {
			out = append(out, b)
			continue
		}
		out = fmt.Appendf(out, "%%%02X", b)
	}
	return out
}
