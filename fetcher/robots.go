package fetcher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// robots keeps what hosts say of robots. Only article pages ask it: lists are
// fetched because their owner asked for them (CONDUCT 24).
type robots struct {
	agent string
	name  string // see product
	gates *gates
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

func newRobots(agent string, g *gates, t http.RoundTripper) *robots {
	return &robots{agent: agent, name: product(agent), gates: g, host: map[string]*rulesOfHost{}, http: http.Client{Transport: t, CheckRedirect: redirectRobots}}
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
	if !h.rules.TestAgent(asked.Replace(spelled(req.URL.RequestURI())), r.name) {
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
		h.until = time.Time{} // when the rest is over, it is asked for at once
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
		return robotstxt.FromStatusAndBytes(http.StatusNotFound, nil)
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
	rules, err := robotstxt.FromBytes(readable(body))
	if err != nil {
		return nil, fail(u, err)
	}
	return rules, nil
}

// readable returns the lines of a robots.txt that can be read (RFC 9309 §2.2),
// in the one spelling that the parser takes: it drops all rules for one line
// that it does not understand.
func readable(body []byte) []byte {
	var out []byte
	named := false // whether a group has begun
	for line := range bytes.FieldsFuncSeq(bytes.TrimPrefix(body, []byte("\uFEFF")), func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value := field(string(line))
		switch key {
		case "user-agent", "useragent":
			named = true
			out = fmt.Appendf(out, "User-agent: %s\n", group(value))
			continue
		case "allow", "disallow":
			if path := spelled(value); named && path != "" {
				if path = strings.TrimRight(path, "*"); path == "" {
					path = "/"
				}
				out = fmt.Appendf(out, "%s: %s\n", key, path)
				continue
			}
		case "crawl-delay", "crawldelay": // nobody asks how long
		default:
			continue
		}
		if named {
			out = append(out, "Crawl-delay: 0\n"...) // no rule, but the next user-agent begins another group
		}
	}
	return out
}

// field returns the key of a line in lower case, and the first word after it.
// The colon may be missing, as it may for other crawlers.
func field(line string) (key, value string) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(line)
	end := strings.IndexAny(line, ": \t")
	if end < 0 {
		return "", ""
	}
	rest := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line[end:]), ":"))
	if len(rest) > 0 {
		value = rest[0]
	}
	return strings.ToLower(line[:end]), value
}

// product returns the name by which a robots.txt speaks to us (RFC 9309
// §2.2.1): the program's where the agent tells it, else the agent's first.
func product(agent string) string {
	words := strings.FieldsFunc(agent, func(r rune) bool { return strings.ContainsRune(" \t();,", r) })
	for _, w := range words {
		if name := group(w); name == group("aggregator") {
			return name
		}
	}
	if len(words) == 0 {
		return ""
	}
	return group(words[0])
}

// group returns the name of a group without its version. The slash keeps the
// parser from taking the beginning of a name for the whole.
func group(name string) string {
	name, _, _ = strings.Cut(name, "/")
	if name == "*" {
		return name
	}
	return strings.ToLower(name) + "/"
}

// asked keeps what is special in a rule from being so in the path asked for.
var asked = strings.NewReplacer("*", "%2A", "$", "%24")

// spelled gives paths the one spelling in which they are compared (RFC 9309
// §2.2.2): unreserved characters as they are, reserved ones as they came, and
// all others percent-encoded.
func spelled(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
	const reserved = ":/?#[]@!$&'()*+,;="
	var out []byte
	for i := 0; i < len(path); i++ {
		c, allowed := path[i], plain+reserved
		if c == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				c, allowed = byte(n), plain
				i += 2
			}
		}
		if strings.IndexByte(allowed, c) >= 0 {
			out = append(out, c)
		} else {
			out = fmt.Appendf(out, "%%%02X", c)
		}
	}
	return string(out)
}
