package fetcher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Options configure a Client. Zero values mean the defaults named.
type Options struct {
	UserAgent    string
	Timeout      time.Duration  // for one request from its turn to its last byte; 30 s
	MaxBody      int64          // bytes after decompression; 8 MiB
	Concurrency  int            // requests at a time in all, but for those that wait for slow hosts; 16
	PerHost      int            // requests at a time to one site; 2
	Interval     time.Duration  // between the starts of two requests to one site
	AllowPrivate []netip.Prefix // private networks that may be fetched from
	AllowHosts   []string       // and host:port pairs, in lower case
	Proxy        string         // URL; empty means the environment's
	Apart        *Apart         // where the readers evaluate jq expressions that are not our own; nil: in this process
	Turns        Turns          // what other programs agree on that ask the same sites; nil: there are none
	// Transport replaces the network; for tests.
	Transport http.RoundTripper
}

// Client is the polite HTTP client: one for the whole program. It is safe for
// concurrent use.
type Client struct {
	headers [2]http.Header // of all requests for lists, and for pages
	maxBody int64
	gates   *gates
	robots  *robots
	apart   *Apart
	metrics *metrics

	transport *politeTransport
	// sent are rooms for bodies as they are sent, bodies for bodies as they are.
	sent, bodies rooms
}

// NewClient returns a client; an error means that the proxy setting is no URL.
func NewClient(o Options) (*Client, error) {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxBody == 0 {
		o.MaxBody = 8 << 20
	}
	if o.Concurrency == 0 {
		o.Concurrency = 16
	}
	if o.PerHost == 0 {
		o.PerHost = 2
	}
	if o.Transport == nil {
		t, err := newTransport(o)
		if err != nil {
			return nil, err
		}
		o.Transport = t
	}
	g := newGates(o)
	t := &politeTransport{base: o.Transport, gates: g, timeout: o.Timeout, metrics: newMetrics()}
	t.robots = newRobots(o.UserAgent, g, t)
	header := func(accept string) http.Header {
		return http.Header{"User-Agent": {o.UserAgent}, "Accept": {accept}, "Accept-Encoding": {acceptEncoding}}
	}
	return &Client{headers: [2]http.Header{forList: header(acceptList), forPage: header(acceptPage)}, maxBody: o.MaxBody, gates: g, robots: t.robots, metrics: t.metrics, apart: o.Apart, transport: t}, nil
}

// NewReader returns a reader of a source's documents that evaluates expressions
// where the client's options say.
func (c *Client) NewReader(src Source) (*Reader, error) {
	src.Apart = c.apart
	return NewReader(src)
}

// Close closes idle connections.
func (c *Client) Close() {
	c.gates.leashes.close()
	if t, ok := c.transport.base.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Request asks for one document.
type Request struct {
	URL        string
	Header     http.Header // sent to the URL's host only; optional
	Validators Validators  // make it a conditional GET; optional
	Charset    string      // overrides what the document says of its encoding; optional
	Page       bool        // an article page, which lets lists go first
	Force      bool        // although the host asked to rest
	// Known gives Document.Known, where the document is another than the validators'
	// one; optional.
	Known func() Prints
	// Begun is called when the request no longer waits for a place among all: it is under
	// way, or waits for its own site. It may be called again; optional.
	Begun func()
	// Unpack is called before a body is unpacked, which takes several times the memory
	// that it took until then, while the request still counts as one under way; optional.
	Unpack func()
	// Use is given the document while the request still counts as one under
	// way, so that there are never more documents in memory than twice as many as
	// requests are allowed; optional.
	Use func(*Document)
}

func (r *Request) kind() int {
	if r.Page {
		return forPage
	}
	return forList
}

const (
	acceptList = "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
	acceptPage = "text/html, application/xhtml+xml, */*;q=0.1"

	maxRedirects = 5

	// longestTold is as long as a server's wish to be left alone is believed.
	longestTold = 7 * 24 * time.Hour

	// drained is how much of a refusal's text is read.
	drained = 64 << 10
)

// Get fetches a document. Where the validators still hold, or the bytes are
// those that were hashed, the document is NotModified and has no body.
// The error is an *Error.
func (c *Client) Get(ctx context.Context, r Request) (*Document, error) {
	m := manners{kind: r.kind(), force: r.Force, begun: r.Begun}
	e, err := c.errand(ctx, r)
	if err != nil {
		return nil, &Error{Reason: ReasonBroken, URL: Redact(r.URL), Err: err}
	}
	res, err := c.transport.ask(e, m)
	var way *path
	if err == nil && redirects(res) {
		way = &path{}
		res, err = c.follow(e, r, m, res, way)
	}
	if err != nil {
		return nil, fail(r.URL, err)
	}
	defer res.Body.Close()
	doc, err := c.document(res, r)
	if err != nil && conditional(res.Request) && refusesConditions(res.StatusCode) {
		res.Body.Close() // or its place at the host stays taken
		r.Validators = Validators{}
		return c.Get(ctx, r)
	}
	if err != nil {
		return nil, fail(res.Request.URL.String(), err)
	}
	if way != nil {
		doc.Moved, doc.Hops = way.moved, way.hops
	}
	if r.Use != nil {
		r.Use(doc)
	}
	return doc, nil
}

// follow follows the redirects of the answer to a request, and notes its way.
func (c *Client) follow(e errand, r Request, m manners, res *http.Response, way *path) (*http.Response, error) {
	return c.transport.follow(res, m, func(h hop) (errand, error) {
		way.add(h)
		if h.to.Host != e.url.Host { // the configured headers are not for it
			r.Header = nil
		}
		r.URL = h.to.String()
		return c.redirect(e.ctx, h, r)
	})
}

// refusesConditions tells whether a status may come of the validators in the
// request: some servers choke on their own, and would do so for ever.
func refusesConditions(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusPreconditionFailed || status == http.StatusRequestHeaderFieldsTooLarge
}

// path is the way of a request through redirects.
type path struct {
	moved     string // as far as all hops were permanent
	temporary bool
	hops      []Hop
}

func (p *path) add(h hop) {
	s := h.from.StatusCode
	p.hops = append(p.hops, Hop{Redact(h.from.Request.URL.String()), s})
	p.temporary = p.temporary || s != http.StatusMovedPermanently && s != http.StatusPermanentRedirect
	if !p.temporary {
		p.moved = h.to.String()
	}
}

func (c *Client) errand(ctx context.Context, r Request) (errand, error) {
	header := maps.Clone(c.headers[r.kind()])
	maps.Copy(header, r.Header)
	e, err := newErrand(ctx, r.URL, header)
	if err != nil {
		return e, err
	}
	if s := e.url.Scheme; s != "http" && s != "https" {
		return e, fmt.Errorf("scheme %q is neither http nor https", s)
	}
	e.condition(r.URL, r.Validators)
	return e, nil
}

func conditional(req *http.Request) bool {
	return req.Header["If-None-Match"] != nil || req.Header["If-Modified-Since"] != nil
}

// redirect judges a hop, and makes the errand that it leads to: at most five, and never
// silently out of encryption.
func (c *Client) redirect(ctx context.Context, h hop, r Request) (errand, error) {
	refuse := func(text string) (errand, error) {
		return errand{}, &Error{Reason: ReasonRedirect, URL: Redact(r.URL), Err: errors.New(text)}
	}
	switch {
	case h.n > maxRedirects:
		return refuse("too many redirects")
	case h.to.Scheme != "http" && h.to.Scheme != "https":
		return refuse("redirect to scheme " + strconv.Quote(h.to.Scheme))
	case h.decrypts():
		return refuse("redirect from https to http")
	}
	return c.errand(ctx, r)
}

func (c *Client) document(res *http.Response, r Request) (*Document, error) {
	address := res.Request.URL.String()
	doc := &Document{
		URL: withoutUser(res.Request.URL, address), Status: res.StatusCode, Header: res.Header, FetchedAt: time.Now(),
		Validators: Validators{URL: address, ETag: res.Header.Get("ETag"), LastModified: res.Header.Get("Last-Modified")},
	}
	switch {
	case res.StatusCode == http.StatusNotModified && !conditional(res.Request):
		return nil, &Error{Reason: ReasonBroken, Status: res.StatusCode, Err: errors.New("the answer to a request without conditions is 304 Not Modified")}
	case res.StatusCode == http.StatusNotModified:
		doc.NotModified = true
		doc.Validators = renewed(r.Validators, doc.Validators)
		return doc, nil
	case res.StatusCode != http.StatusOK: // another 2xx is none of a whole document
		_, _ = io.CopyN(io.Discard, res.Body, drained) // so that the connection can be used again
		return nil, c.gates.refusal(res)
	}
	coding := res.Header.Get("Content-Encoding")
	sent, err := readSent(c.sent.take(), res, c.maxBody)
	defer func() { c.sent.give(sent) }()
	if err != nil {
		return nil, err
	}
	label := labelled(res.Header.Get("Content-Type"))
	doc.Validators.Sent = xxhash.Sum64String(coding) ^ xxhash.Sum64(sent) ^ label
	if doc.Validators.Sent == r.Validators.Sent && r.Validators.Hash != 0 {
		doc.Hash, doc.Validators.Hash, doc.NotModified = r.Validators.Hash, r.Validators.Hash, true
		return doc, nil
	}
	if r.Unpack != nil {
		r.Unpack()
	}
	body, err := readBody(c.bodies.take(), sent, coding, c.maxBody)
	if err != nil {
		return nil, err
	}
	doc.room, doc.rooms = body, &c.bodies
	doc.Hash = xxhash.Sum64(body) ^ label
	doc.Validators.Hash = doc.Hash
	if doc.Hash == r.Validators.Hash && r.Validators.Hash != 0 {
		doc.Release()
		doc.NotModified = true
		return doc, nil
	}
	doc.recode(body, r)
	return doc, nil
}

// recode takes a body over in UTF-8.
func (d *Document) recode(body []byte, r Request) {
	d.Body = body
	if r.Known != nil {
		d.Known = r.Known()
	}
	_, found := d.items()
	d.Body, d.Charset = toUTF8(body, d.Header.Get("Content-Type"), r.Charset, found)
	if !sameBytes(d.Body, body) {
		d.old, d.found = nil, nil
	}
}

// withoutUser keeps userinfo out of what is resolved against a document's URL.
func withoutUser(u *url.URL, whole string) string {
	if u.User == nil {
		return whole
	}
	plain := *u
	plain.User = nil
	return plain.String()
}

// renewed returns old with what a 304 said anew (RFC 9111 §3.2).
func renewed(old, fresh Validators) Validators {
	if fresh.ETag != "" {
		old.ETag = fresh.ETag
	}
	if fresh.LastModified != "" {
		old.LastModified = fresh.LastModified
	}
	return old
}

// refusal makes the error of a status that is no success, and lets the host
// rest where it asks for that.
func (g *gates) refusal(res *http.Response) *Error {
	e := &Error{Reason: ReasonStatus, URL: Redact(res.Request.URL.String()), Status: res.StatusCode,
		Err: fmt.Errorf("status %d %s", res.StatusCode, http.StatusText(res.StatusCode))}
	e.RetryAfter, e.Told = g.judge(res)
	return e
}

// Resting tells until when the site of a URL rests; zero if it does not.
func (c *Client) Resting(rawURL string) time.Time {
	u, err := url.Parse(rawURL)
	if err != nil {
		return time.Time{}
	}
	return c.SiteResting(Site(u.Host))
}

// SiteResting is Resting of a [Site].
func (c *Client) SiteResting(site string) time.Time {
	if until, resting := c.gates.at(site).resting(); resting {
		return until
	}
	return time.Time{}
}

// retryAfter reads the header in both its forms (RFC 9110 §10.2.3); a date
// counts from the server's own clock.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	n, err := strconv.ParseUint(text, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) { // n is then the largest number
		return time.Duration(min(n, uint64(longestTold/time.Second))) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(0, at.Sub(now)), longestTold)
}

// readSent reads a body as it is sent: into room, where there is enough.
func readSent(room []byte, res *http.Response, limit int64) ([]byte, error) {
	b := bytes.NewBuffer(room)
	if n := res.ContentLength; n > 0 && n <= 1<<20 { // who says more must send it first
		b.Grow(int(n) + bytes.MinRead)
	}
	_, err := b.ReadFrom(&capped{res.Body, limit})
	if err != nil && res.Header.Get("Content-Encoding") != "" {
		err = fmt.Errorf("decode %s: %w", res.Header.Get("Content-Encoding"), err)
	}
	return b.Bytes(), err
}

// readAll reads at most limit bytes and fails loudly beyond.
func readAll(b *bytes.Buffer, r io.Reader, limit int64) ([]byte, error) {
	if _, err := b.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()) > limit {
		return nil, &Error{Reason: ReasonTooLarge, Err: fmt.Errorf("body is larger than %d bytes", limit)}
	}
	return b.Bytes(), nil
}
