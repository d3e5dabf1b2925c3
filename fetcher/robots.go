package fetcher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// robots keeps what hosts say of robots. Only article pages ask it: lists are
// fetched because their owner asked for them (CONDUCT 24).
type robots struct {
	agent     string
	name      string // see product
	gates     *gates
	transport *politeTransport

	mu   sync.Mutex
	host map[string]*rulesOfHost // by scheme and host
}

// rulesOfHost is held while it is fetched, so that it is fetched once.
type rulesOfHost struct {
	held  chan struct{}
	until time.Time
	rules robotsRules
	err   error
	since time.Time // when it could not be had for the first time
}

const (
	robotsAge   = 24 * time.Hour      // RFC 9309 §2.4
	robotsRetry = time.Hour           // where it could not be had
	robotsLost  = 30 * 24 * time.Hour // after which it is taken for absent (RFC 9309 §2.3.1.4)
	robotsSize  = 500 << 10           // RFC 9309 §2.5
	robotsHosts = 512                 // that are remembered at a time
)

func newRobots(agent string, g *gates, t *politeTransport) *robots {
	return &robots{agent: agent, name: product(agent), gates: g, host: map[string]*rulesOfHost{}, transport: t}
}

// allow returns an error where the page may not be fetched, or where that
// cannot be told: a robots.txt that cannot be reached disallows everything
// (RFC 9309 §2.3.1.4).
func (r *robots) allow(page errand, m manners) error {
	h := r.of(page.url.Scheme + "://" + page.url.Host)
	select {
	case h.held <- struct{}{}:
		defer func() { <-h.held }()
	case <-page.ctx.Done():
		return page.ctx.Err()
	}
	if !time.Now().Before(h.until) {
		r.fetch(page, m, h)
	}
	if h.err != nil {
		return h.err
	}
	if !h.rules.allows(page.url.RequestURI()) {
		return &Error{Reason: ReasonRobots, URL: Redact(page.url.String()), Err: errors.New("robots.txt disallows it")}
	}
	return nil
}

// Permits asks robots.txt whether an article page may be fetched; the error says
// why not, or why that cannot be told.
func (c *Client) Permits(ctx context.Context, page string) error {
	e, err := c.errand(ctx, Request{URL: page, Page: true})
	if err != nil {
		return &Error{Reason: ReasonBroken, URL: Redact(page), Err: err}
	}
	return c.robots.allow(e, manners{kind: forPage})
}

func (r *robots) of(origin string) *rulesOfHost {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.host[origin] == nil {
		if len(r.host) >= robotsHosts {
			r.forget()
		}
		r.host[origin] = &rulesOfHost{held: make(chan struct{}, 1)}
	}
	return r.host[origin]
}

// forget makes room: any of what nobody holds may be asked for again.
func (r *robots) forget() {
	for origin, h := range r.host {
		select {
		case h.held <- struct{}{}:
			delete(r.host, origin)
			<-h.held
		default:
		}
		if len(r.host) < robotsHosts/2 {
			return
		}
	}
}

func (r *robots) fetch(page errand, m manners, h *rulesOfHost) {
	h.rules, h.err = r.get(page, m)
	now := time.Now()
	switch {
	case h.err == nil:
		h.until, h.since = now.Add(robotsAge), time.Time{}
	case page.ctx.Err() != nil || ReasonOf(h.err) == ReasonResting:
		h.until = time.Time{} // when the rest is over, it is asked for at once
	default:
		h.until = now.Add(robotsRetry)
		if h.since.IsZero() {
			h.since = now
		}
		if now.Sub(h.since) >= robotsLost {
			h.err = nil
		}
	}
}

func (r *robots) get(page errand, m manners) (robotsRules, error) {
	u := page.url.Scheme + "://" + page.url.Host + "/robots.txt"
	m.kind, m.robots = forList, true // it lets many pages pass, and is no page itself
	e, err := r.errand(page.ctx, u)
	if err != nil {
		return nil, fail(u, err)
	}
	res, err := r.transport.ask(e, m)
	if err == nil {
		res, err = r.transport.follow(res, m, func(h hop) (errand, error) { return r.redirect(page.ctx, h) })
	}
	if err != nil {
		return nil, fail(u, err)
	}
	defer res.Body.Close()
	switch s := res.StatusCode; {
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable:
		_, _ = io.CopyN(io.Discard, res.Body, drained)
		e := r.gates.refusal(res)
		e.Reason = ReasonResting // so that the page waits, too
		return nil, e
	case s >= 500:
		_, _ = io.CopyN(io.Discard, res.Body, drained)
		return nil, &Error{Reason: ReasonStatus, URL: u, Status: s, Err: fmt.Errorf("status %d: nothing of the host may be fetched", s)}
	case s < 200 || s >= 300: // there is none (RFC 9309 §2.3.1.3)
		_, _ = io.CopyN(io.Discard, res.Body, drained)
		return nil, nil
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
	if len(body) == robotsSize { // the last line is not whole
		body = body[:bytes.LastIndexByte(body, '\n')+1]
	}
	return parseRobots(body, r.name), nil
}

func (r *robots) errand(ctx context.Context, address string) (errand, error) {
	return newErrand(ctx, address, http.Header{"User-Agent": {r.agent}, "Accept": {"text/plain, */*;q=0.1"}, "Accept-Encoding": {acceptEncoding}})
}

// redirect follows five hops; one that leads further is taken for absent (RFC 9309
// §2.3.1.2).
func (r *robots) redirect(ctx context.Context, h hop) (errand, error) {
	if h.n > maxRedirects {
		return errand{}, errStay
	}
	if h.decrypts() {
		return errand{}, &Error{Reason: ReasonRedirect, URL: Redact(h.to.String()), Err: errors.New("robots.txt: redirect from https to http")}
	}
	return r.errand(ctx, h.to.String())
}
