package feedout

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const methods = "GET, HEAD, OPTIONS"

// fields are what all answers say alike. A ResponseWriter does not change them.
var fields = struct{ anyOrigin, nosniff, vary, exposed, ranges []string }{
	anyOrigin: []string{"*"},
	nosniff:   []string{"nosniff"},
	vary:      []string{"Accept-Encoding"},
	exposed:   []string{"ETag, Link, Content-Range, Accept-Ranges, Retry-After"},
	ranges:    []string{"bytes"},
}

// ServeHTTP serves /feeds.opml and /feeds/SLUG in each format. Feeds are public: any
// page may read them (CORS), and no browser may take them for something else.
func (p *Publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = fields.anyOrigin
	h["X-Content-Type-Options"] = fields.nosniff
	at, ok := p.target(r.URL.Path)
	if !ok {
		fail(w, http.StatusNotFound)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		p.serve(w, r, at)
	case http.MethodOptions:
		h.Set("Allow", methods)
		h.Set("Access-Control-Allow-Methods", methods)
		// Browsers take "*" for every field that tells nobody who is asking.
		h.Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since, If-Range, Range, Cache-Control, *")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
	default:
		h.Set("Allow", methods) // RFC 9110 §15.5.6
		fail(w, http.StatusMethodNotAllowed)
	}
}

func (p *Publisher) serve(w http.ResponseWriter, r *http.Request, at target) {
	doc, err := p.document(r.Context(), r.URL.Path, at)
	if err != nil {
		p.failed(w, at, err)
		return
	}
	w.Header()["Vary"] = fields.vary // of a 304 and a 406 too
	coding, ok := negotiate(r.Header["Accept-Encoding"])
	if !ok {
		fail(w, http.StatusNotAcceptable)
		return
	}
	p.send(w, r, doc, doc.In(coding), at.slug)
}

// send answers with a representation, or a part of it, or the news that the
// reader has it already.
func (p *Publisher) send(w http.ResponseWriter, r *http.Request, doc *Document, rep Representation, slug string) {
	h := w.Header()
	revision := ""
	if r.URL.RawQuery != "" {
		revision = r.URL.Query().Get("r")
	}
	h["Etag"] = rep.etag
	h["Cache-Control"] = []string{p.cacheControl(slug, doc, revision)}
	h["Access-Control-Expose-Headers"] = fields.exposed
	if doc.links != "" {
		h["Link"] = []string{doc.links}
	}
	h["Last-Modified"] = p.lastModified(doc)
	switch status := evaluate(r.Header, rep.ETag, doc.Modified); status {
	case http.StatusOK:
	case http.StatusNotModified:
		w.WriteHeader(status) // RFC 9110 §15.4.5: with these, and without a type
		return
	default:
		fail(w, status)
		return
	}
	h["Content-Type"] = []string{doc.Type}
	h["Accept-Ranges"] = fields.ranges
	if rep.Coding != "" {
		h["Content-Encoding"] = []string{rep.Coding}
	}
	// http.ServeContent would copy in pieces of 32 KB, and refuse malformed
	// ranges, which are better ignored.
	if ranged(r, rep.ETag, doc.Modified) {
		if list, ok := spans(r.Header.Get("Range"), len(rep.Body)); ok {
			sendSpans(w, rep.Body, list)
			return
		}
	}
	h["Content-Length"] = rep.length
	if r.Method == http.MethodGet {
		_, _ = w.Write(rep.Body) // the reader is gone: nobody is left to tell
	}
}

// lastModified is the field of this name: never later than now, RFC 9110
// §8.8.2.1, whatever the origin's clock made of its articles.
func (p *Publisher) lastModified(doc *Document) []string {
	if now := p.o.Now(); doc.Modified.After(now) {
		return []string{httpTime(now)}
	}
	if s := doc.stamp.Load(); s != nil {
		return *s
	}
	s := []string{httpTime(doc.Modified)}
	doc.stamp.Store(&s)
	return s
}

func httpTime(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// forever is a year: nobody keeps anything longer.
const forever = "public, max-age=31536000, immutable" // RFC 8246

// cacheControl lets readers and caches keep the bytes until the next change is
// likely, and a day longer while this program is away (RFC 9111 §5.2.2, RFC
// 5861 §4). What is settled may be kept for ever, but only under the address of its
// revision: pruning and edits change what lies under the others.
func (p *Publisher) cacheControl(slug string, doc *Document, revision string) string {
	if doc.settled != "" && doc.settled == revision {
		return forever
	}
	age := cmp.Or(p.o.MaxAge(slug), doc.cadence)
	if age < time.Second {
		age = 10 * time.Minute
	}
	return "public, max-age=" + strconv.Itoa(int(age.Seconds())) + ", stale-if-error=86400"
}

// fail answers with a short text. It must not be kept: a feed that is missing
// now may be there soon, and one that moved may move back.
func fail(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Del("Etag")
	h.Del("Last-Modified")
	h.Set("Cache-Control", "no-cache")
	http.Error(w, strings.ToLower(http.StatusText(status)), status)
}
