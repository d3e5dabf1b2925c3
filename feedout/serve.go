package feedout

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const methods = "GET, HEAD, OPTIONS"

// fields are what all answers say alike. A ResponseWriter does not change them.
var fields = struct{ anyOrigin, nosniff, vary, exposed, ranges, forever []string }{
	anyOrigin: []string{"*"},
	nosniff:   []string{"nosniff"},
	vary:      []string{"Accept-Encoding"},
	exposed:   []string{"ETag, Link, Content-Range, Accept-Ranges, Retry-After"},
	ranges:    []string{"bytes"},
	// A year: nobody keeps anything longer. RFC 8246.
	forever: []string{"public, max-age=31536000, immutable"},
}

// ServeHTTP serves /feeds.opml and /feeds/SLUG in each format. Feeds are public: any
// page may read them (CORS), and no browser may take them for something else.
func (p *Publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	at, ok := p.target(r.URL.Path)
	if !ok {
		fail(w, http.StatusNotFound)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		p.serve(w, r, at)
	case http.MethodOptions:
		h["Access-Control-Allow-Origin"] = fields.anyOrigin
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
	p.send(w, r, doc, doc.In(coding))
}

// send answers with a representation, or a part of it, or the news that the
// reader has it already.
func (p *Publisher) send(w http.ResponseWriter, r *http.Request, doc *Document, rep Representation) {
	h := w.Header()
	h["Etag"] = rep.etag
	h["Cache-Control"] = doc.cacheControl(r)
	switch status := evaluate(r.Header, rep.ETag, doc.Modified); status {
	case http.StatusOK:
	case http.StatusNotModified:
		p.notModified(w, r, doc)
		return
	default:
		fail(w, status)
		return
	}
	h["Last-Modified"] = p.lastModified(doc)
	h["Content-Type"] = doc.mediaType
	h["X-Content-Type-Options"] = fields.nosniff
	h["Accept-Ranges"] = fields.ranges
	h["Access-Control-Allow-Origin"] = fields.anyOrigin
	h["Access-Control-Expose-Headers"] = fields.exposed // though no page asks: caches keep it for one that does
	if doc.links != nil {
		h["Link"] = doc.links
	}
	if rep.Coding != "" {
		h["Content-Encoding"] = rep.coding
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

// notModified tells a reader that it has it already, with those fields alone that bring
// up to date what it has (RFC 9110 §15.4.5): of most answers that go out, net/http takes
// half a microsecond for each.
func (p *Publisher) notModified(w http.ResponseWriter, r *http.Request, doc *Document) {
	h := w.Header()
	if r.Header["Origin"] != nil { // a page of some other site asks
		h["Access-Control-Allow-Origin"] = fields.anyOrigin
	}
	if r.Header["If-None-Match"] == nil { // it goes by the time
		h["Last-Modified"] = p.lastModified(doc)
	}
	w.WriteHeader(http.StatusNotModified)
}

// lastModified is the field of this name: never later than now, RFC 9110
// §8.8.2.1, whatever the origin's clock made of its articles.
func (p *Publisher) lastModified(doc *Document) []string {
	if s := doc.dated.Load(); s != nil {
		return *s
	}
	if now := p.o.Now(); doc.Modified.After(now) {
		return []string{httpTime(now)}
	}
	s := []string{httpTime(doc.Modified)}
	doc.dated.Store(&s)
	return s
}

func httpTime(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// cacheControl is the field of this name. What is settled may be kept for ever, but only
// under the address of its revision: pruning and edits change what lies under the
// others.
func (d *Document) cacheControl(r *http.Request) []string {
	if d.settled != "" && r.URL.RawQuery != "" && r.URL.Query().Get("r") == d.settled {
		return fields.forever
	}
	return d.kept
}

// keptFor lets readers and caches keep the bytes until the next change is likely, and a
// day longer while this program is away (RFC 9111 §5.2.2, RFC 5861 §4).
func keptFor(cadence time.Duration) []string {
	if cadence < time.Second {
		cadence = 10 * time.Minute
	}
	return []string{"public, max-age=" + strconv.Itoa(int(cadence.Seconds())) + ", stale-if-error=86400"}
}

// fail answers with a short text. It must not be kept: a feed that is missing
// now may be there soon, and one that moved may move back.
func fail(w http.ResponseWriter, status int) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = fields.anyOrigin
	h.Del("Etag")
	h.Del("Last-Modified")
	h.Set("Cache-Control", "no-cache")
	http.Error(w, strings.ToLower(http.StatusText(status)), status)
}
