package simulated

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// request is a request in the terms of the world.
type request struct {
	*http.Request
	now    time.Time
	path   string // with the host as first segment: /finance/china/..., /site/3/rss.xml
	base   string // what leads links; empty for Sina's own hosts
	values url.Values
	fault  *Fault
}

// hosts stand in the first segment of a path where one port plays them all.
var hosts = []struct{ label, host string }{
	{"finance", "finance.sina.com.cn"},
	{"news", "news.sina.com.cn"},
	{"tech", "tech.sina.com.cn"},
	{"m", "finance.sina.cn"},
	{"image", "n.sinaimg.cn"},
}

// apiHosts answer under /api/ without such a segment.
var apiHosts = []string{"feed.mix.sina.com.cn", "feed.sina.com.cn", "zhibo.sina.com.cn"}

// route says what a request asks for. Sina's hosts lead into the same paths
// that one port serves, as does site3.example for /site/3.
func (o *Origin) route(r *http.Request) *request {
	q := &request{Request: r, now: o.opts.Now(), path: r.URL.Path, values: r.URL.Query()}
	if q.path == "" {
		q.path = "/"
	}
	host, _, _ := strings.Cut(r.Host, ":")
	prefix, named := hostPrefix(host)
	if named && !strings.HasPrefix(q.path, "/robots.txt") {
		q.path = prefix + q.path
	}
	switch {
	case o.opts.BaseURL != "":
		q.base = o.opts.BaseURL
	case !named:
		q.base = scheme(r) + "://" + r.Host
	case strings.HasPrefix(prefix, "/site/"):
		q.base = scheme(r) + "://" + r.Host
	}
	return q
}

// hostPrefix is where the paths of a known host lead.
func hostPrefix(host string) (prefix string, known bool) {
	for _, h := range hosts {
		if host == h.host {
			return "/" + h.label, true
		}
	}
	for _, h := range apiHosts {
		if host == h {
			return "", true
		}
	}
	if s, ok := strings.CutPrefix(host, "site"); ok {
		n, _, dotted := strings.Cut(s, ".")
		if _, err := strconv.Atoi(n); err == nil && dotted {
			return "/site/" + n, true
		}
	}
	return "", false
}

func scheme(r *http.Request) string {
	if r.TLS != nil || r.URL.Scheme == "https" || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https"
	}
	return "http"
}

// link is the address of a path for whoever asked. A site that is asked by a
// host of its own leaves out its prefix.
func (q *request) link(path string) string {
	if q.base == "" {
		return realURL(path)
	}
	if host, _, _ := strings.Cut(q.Host, ":"); strings.HasPrefix(path, "/site/") {
		if prefix, ok := hostPrefix(host); ok && strings.HasPrefix(path, prefix+"/") {
			path = path[len(prefix):]
		}
	}
	return q.base + path
}

// realURL is the address of a path at Sina's own hosts.
func realURL(path string) string {
	label, rest, _ := strings.Cut(path[1:], "/")
	for _, h := range hosts {
		if label == h.label {
			return "https://" + h.host + "/" + rest
		}
	}
	if label == "site" {
		n, rest, _ := strings.Cut(rest, "/")
		return "https://site" + n + ".example/" + rest
	}
	return "https://finance.sina.com.cn" + path
}

// absolute is the address of a path for the ledger, which nobody asked from.
func (o *Origin) absolute(path string) string {
	if o.opts.BaseURL == "" {
		return realURL(path)
	}
	return o.opts.BaseURL + path
}

// answer finds who answers a path.
func (o *Origin) answer(q *request) *answer {
	if q.Method != http.MethodGet && q.Method != http.MethodHead {
		a := notFound(http.StatusMethodNotAllowed)
		a.header = http.Header{"Allow": {"GET, HEAD"}}
		return a
	}
	switch path := q.path; {
	case path == "/":
		return o.index(q)
	case path == "/robots.txt":
		return &answer{kind: "text/plain; charset=utf-8", body: []byte(*o.robots.Load())}
	case path == "/api/roll/get":
		return o.rollAnswer(q)
	case path == "/api/zhibo/feed":
		return o.liveAnswer(q)
	case path == "/finance/roll/" || strings.HasPrefix(path, "/finance/roll/index"):
		return o.listPage(q)
	case strings.HasPrefix(path, "/image/"):
		return pictureAnswer(path)
	case strings.HasPrefix(path, "/site/"):
		return o.siteAnswer(q)
	}
	return o.pageAnswer(q)
}
