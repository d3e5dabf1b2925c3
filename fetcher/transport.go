package fetcher

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
	"golang.org/x/net/http/httpproxy"
)

// manners are those of a request, and of every hop of its redirects.
type manners struct {
	kind   int    // forList or forPage
	robots bool   // a host's robots.txt
	force  bool   // ignore rests
	begun  func() // see Request
}

// tell tells whom it concerns that the request has begun.
func (m manners) tell() {
	if m.begun != nil {
		m.begun()
	}
}

// politeTransport lets each request, and each hop of a redirect, wait for its
// site's turn, and limits how long it may take from then on.
type politeTransport struct {
	base    http.RoundTripper
	gates   *gates
	timeout time.Duration
	robots  *robots
	metrics *metrics
}

// ask makes the request of an errand.
func (t *politeTransport) ask(e errand, m manners) (*http.Response, error) {
	if m.kind == forPage {
		if err := t.robots.allow(e, m); err != nil {
			return nil, err
		}
	}
	g := t.gates.of(e.url.Host)
	if err := m.rests(g, e.url); err != nil {
		return nil, err
	}
	pass, err := g.enter(e.ctx, m)
	if err != nil {
		return nil, err
	}
	v := g.visit(e.ctx, t.timeout, pass)
	if err := m.rests(g, e.url); err != nil { // it asked while this one waited
		v.leave()
		return nil, err
	}
	res, err := t.base.RoundTrip(e.request(v.ctx()))
	t.metrics.answer(m.what(), v.began, res)
	if err != nil {
		v.leave()
		return nil, v.blame(err)
	}
	if !m.robots && (res.StatusCode == http.StatusOK || res.StatusCode == http.StatusNotModified) {
		t.gates.welcome(g)
	}
	if res.StatusCode == http.StatusNotModified { // there is nothing to read
		res.Body.Close() // of HTTP/2, whose stream ends by that
		v.end()
		v.leave()
		return res, nil
	}
	res.Body = newPacedBody(res.Body, v)
	return res, nil
}

// rests returns an error while the site wants to be left alone.
func (m manners) rests(g *gate, u *url.URL) error {
	until, resting := g.resting()
	if !resting || m.force {
		return nil
	}
	return &Error{Reason: ReasonResting, URL: Redact(u.String()), RetryAfter: time.Until(until),
		Err: fmt.Errorf("the host asked to rest until %s", until.UTC().Format(time.RFC3339))}
}

// newTransport makes the connections. Addresses are judged after name
// resolution, for every hop; only a proxy's own address and what is allowed by host
// and port are exempt.
func newTransport(o Options) (*http.Transport, error) {
	guard := ssrf.New(ssrf.WithAnyPort(),
		ssrf.WithAllowedV4Prefixes(only(o.AllowPrivate, netip.Addr.Is4)...),
		ssrf.WithAllowedV6Prefixes(only(o.AllowPrivate, netip.Addr.Is6)...))
	proxy, proxyHosts, err := proxies(o.Proxy)
	if err != nil {
		return nil, err
	}
	proxied := len(proxyHosts) > 0
	d := &dialer{guard: guard, exempt: proxyHosts}
	for _, host := range o.AllowHosts {
		d.exempt[host] = true
	}
	t := &http.Transport{
		DialContext:            d.dial,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConns:           8 * o.Concurrency, // each takes some 20 KB, and a descriptor
		MaxIdleConnsPerHost:    max(2, o.PerHost),
		IdleConnTimeout:        90 * time.Second,
		DisableCompression:     true, // the client hashes what was transferred
		MaxResponseHeaderBytes: 256 << 10,
	}
	if proxied { // else each request would ask which of none to use
		t.Proxy = d.guardedProxy(proxy)
	}
	return t, nil
}

func only(prefixes []netip.Prefix, family func(netip.Addr) bool) (out []netip.Prefix) {
	for _, p := range prefixes {
		if family(p.Addr()) {
			out = append(out, p)
		}
	}
	return out
}

type dialer struct {
	guard  *ssrf.Guardian
	exempt map[string]bool // host:port, of proxies and as allowed
}

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	nd := &net.Dialer{Timeout: 10 * time.Second}
	if !d.exempt[strings.ToLower(addr)] {
		nd.Control = d.control
	}
	return nd.DialContext(ctx, network, addr)
}

func (d *dialer) control(network, addr string, c syscall.RawConn) error {
	if d.exempt[addr] { // a name was asked for
		return nil
	}
	if err := d.guard.Safe(network, addr, c); err != nil {
		return &Error{Reason: ReasonPrivate, URL: addr, Err: fmt.Errorf("address is private: %w", err)}
	}
	return nil
}

// guardedProxy judges literal addresses before they are handed to a proxy,
// which would resolve them out of our sight.
func (d *dialer) guardedProxy(proxy func(*url.URL) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		p, err := proxy(req.URL)
		if p == nil || err != nil {
			return p, err
		}
		if ip, err := netip.ParseAddr(req.URL.Hostname()); err == nil && !d.exempt[hostPort(req.URL)] {
			if err := d.guard.SafeAddr(ip); err != nil {
				return nil, &Error{Reason: ReasonPrivate, URL: Redact(req.URL.String()), Err: fmt.Errorf("address is private: %w", err)}
			}
		}
		return p, nil
	}
}

// proxies returns which proxy to use for a URL, and the addresses of all of
// them. An empty setting means the environment's.
func proxies(setting string) (func(*url.URL) (*url.URL, error), map[string]bool, error) {
	env := httpproxy.FromEnvironment()
	if setting != "" {
		env = &httpproxy.Config{HTTPProxy: setting, HTTPSProxy: setting}
	}
	hosts := map[string]bool{}
	for _, raw := range []string{env.HTTPProxy, env.HTTPSProxy} {
		if raw == "" {
			continue
		}
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" {
			if u, err = url.Parse("http://" + raw); err != nil {
				return nil, nil, fmt.Errorf("proxy: not a URL: %s", Redact(raw))
			}
		}
		hosts[strings.ToLower(hostPort(u))] = true
	}
	if setting != "" {
		u, err := url.Parse(setting)
		if err != nil || u.Host == "" {
			return nil, nil, fmt.Errorf("proxy: not a URL: %s", Redact(setting))
		}
		return func(*url.URL) (*url.URL, error) { return u, nil }, hosts, nil
	}
	return env.ProxyFunc(), hosts, nil
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
