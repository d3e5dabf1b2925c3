// Package web serves the pages for people, and mounts the feeds.
//
// [New] returns the handler of the whole public listener. A page is a method of
// pages that finds what is to be shown, and a template of pages/ that shows it
// within layout.html; there is one style sheet, and no script. An address within
// the site has no host, so that pages work under any; what is given to readers, the
// addresses of feeds, is absolute.
package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
)

// Site is what the pages show.
type Site struct {
	Title    string
	Language string
	BaseURL  string // as readers see it; may have a path
	Zone     *time.Location
	Feeds    daemon.Feeds
	Daemon   *daemon.Daemon // whose status is shown
	Version  string         // of the program
	// Slug makes of any words a part of an address.
	Slug func(words string) string
	// Metrics answers Prometheus; optional.
	Metrics http.Handler
	// Count is told of each answer what kind of document was asked for, and the
	// class of its status; optional.
	Count func(document, code string)
}

// New returns the handler of the public listener: pages, and feeds under
// /feeds. No request changes anything.
func New(log *slog.Logger, site Site, feeds http.Handler) (http.Handler, error) {
	u, err := url.Parse(site.BaseURL)
	if err != nil {
		return nil, err
	}
	p, err := newPages(log, site, strings.TrimRight(u.EscapedPath(), "/"))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", p.handler(p.home))
	mux.Handle("GET /c/{slug}/{$}", p.handler(p.category))
	mux.HandleFunc("GET /c/{slug}", p.toCategory)
	mux.Handle("GET /a/{key}", p.handler(p.article))
	mux.HandleFunc("GET "+p.style.path, p.style.serve)
	mux.HandleFunc("GET "+daemon.IconPath, icon)
	mux.HandleFunc("GET /favicon.ico", icon)
	mux.Handle("GET /status", p.handler(p.status))
	mux.HandleFunc("GET /status.json", p.statusDocument)
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /readyz", ready(site.Daemon))
	if site.Metrics != nil {
		mux.HandleFunc("GET /metrics", scraped(site.Metrics))
	}
	mux.Handle("/", getOnly(p.handler(missing)))
	base := strings.TrimRight(u.Path, "/")
	return counted(base, site.Count, bounded(mount(base, beside(mux, feeds)))), nil
}

// beside serves feeds without a look into the mux, which would take a twentieth of the time
// that a 304 takes here.
func beside(mux, feeds http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if strings.HasPrefix(p, "/feeds/") || p == feedout.ListPath || p == "/feeds" {
			feeds.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// getOnly refuses to change anything. Where a page is the mux does; this is for
// everywhere else.
func getOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD") // RFC 9110 §15.5.6
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// icon serves the picture of the feeds. Browsers and readers ask for favicon.ico
// too, and take any picture there.
func icon(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "public, max-age=604800")
	h.Set("X-Content-Type-Options", "nosniff")
	send(w, r, daemon.Icon())
}

// longestTarget is the length of address that RFC 9110 §4.1 wants supported.
const longestTarget = 8000

// bounded refuses longer addresses before anybody looks at them, and bodies, which no
// request here has reason to have: what a proxy before us takes for a body, and we for
// a second request, smuggles that in (RFC 9110 §9.3.1, RFC 9112 §11.2). Nothing is read
// after one.
func bounded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			w.Header().Set("Connection", "close")
			// Or the server would wait for the rest of it after the answer.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(time.Second))
		}
		switch {
		case len(r.RequestURI) > longestTarget:
			http.Error(w, "uri too long", http.StatusRequestURITooLong)
		case r.ContentLength != 0 && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			http.Error(w, "a body is not expected", http.StatusBadRequest)
		case r.Method == http.MethodConnect: // its target is no path
			getOnly(nil).ServeHTTP(w, r)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// mount serves below the path of base_url as well as at the root, since some
// reverse proxies strip the path and some do not. Addresses that are not clean
// are redirected here: the mux would lose the path.
func mount(base string, h http.Handler) http.Handler {
	below := http.StripPrefix(base, h)
	escaped := (&url.URL{Path: base}).EscapedPath()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.URL.EscapedPath()
		want := cleaned(asked)
		if want == escaped { // the path of base_url without its last slash
			want += "/"
		}
		switch {
		case want != asked && base != "" && strings.HasPrefix(want, escaped+"/"):
			redirect(w, r, want)
		case want != asked:
			redirect(w, r, escaped+want) // as readers behind a proxy that strips the path see it
		case base != "" && strings.HasPrefix(r.URL.Path, base+"/"):
			below.ServeHTTP(w, r)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// cleaned is an escaped path without empty and dotted parts, as the mux wants it.
// What is no path, as the * of OPTIONS, is left to the mux.
func cleaned(escaped string) string {
	if !strings.HasPrefix(escaped, "/") {
		return escaped
	}
	clean := path.Clean(escaped)
	if strings.HasSuffix(escaped, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

// redirect leads to a path on this host. Readers in pages may follow, as they may
// read what is there.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Location", to)
	w.WriteHeader(http.StatusPermanentRedirect)
}

// send answers with a body, or that the reader has it already.
func send(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Etag", fmt.Sprintf(`"%x"`, sha256.Sum256(body)))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
