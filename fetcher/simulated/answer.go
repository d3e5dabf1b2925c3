package simulated

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is a whole answer in memory, to be sent as HTTP wants it or as a
// fault spoils it.
type answer struct {
	status   int // 0 means 200
	kind     string
	body     []byte
	modified time.Time // Last-Modified; zero for none
	tagged   bool      // send an ETag
	plain    bool      // never compress
	fresh    string    // Cache-Control; empty for none
	header   http.Header
}

func notFound(status int) *answer {
	return &answer{status: status, kind: "text/html; charset=utf-8",
		body: []byte("<html><head><title>" + http.StatusText(status) + "</title></head><body><h1>页面没有找到</h1></body></html>")}
}

// send answers a request, conditionally and compressed where the answer
// and the client allow it (RFC 9110 §12.5.3, §13).
func (o *Origin) send(a *answer, w http.ResponseWriter, r *http.Request, f *Fault) {
	h := w.Header()
	for k, v := range a.header {
		h[k] = v
	}
	body := a.body
	if !a.plain {
		h.Set("Vary", "Accept-Encoding")
	}
	zip := !a.plain && len(body) > 512 && acceptsGzip(r)
	tag := a.validators(h, zip)
	if a.status == 0 && notModified(r, tag, a.modified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if f != nil && f.Kind == Truncate {
		body = body[:len(body)/2] // before compression, so that nothing tells
	}
	if zip {
		body = o.compress(body)
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", a.kind)
	if f != nil {
		f.spoil(w, r, max(a.status, http.StatusOK), body)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(max(a.status, http.StatusOK))
	w.Write(body)
}

// validators sets the headers that a 304 carries too, and returns the ETag. A
// strong tag differs by encoding (RFC 9110 §8.8.3.3).
func (a *answer) validators(h http.Header, zip bool) (tag string) {
	if a.fresh != "" {
		h.Set("Cache-Control", a.fresh)
	}
	if !a.modified.IsZero() {
		h.Set("Last-Modified", a.modified.UTC().Format(http.TimeFormat))
	}
	if !a.tagged {
		return ""
	}
	sum := sha256.Sum256(a.body)
	tag = fmt.Sprintf("\"%x\"", sum[:8])
	if zip {
		tag = fmt.Sprintf("\"%x-gzip\"", sum[:8])
	}
	h.Set("ETag", tag)
	return tag
}

// notModified evaluates the conditions of a request; If-None-Match wins.
func notModified(r *http.Request, tag string, modified time.Time) bool {
	if match := r.Header.Get("If-None-Match"); match != "" {
		for candidate := range strings.SplitSeq(match, ",") {
			candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
			if tag != "" && (candidate == tag || candidate == "*") {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !modified.IsZero() && !modified.Truncate(time.Second).After(since)
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if (name == "gzip" || name == "*") && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}

// compress packs a body; the writers are dear to make, and nearly every
// answer needs one.
func (o *Origin) compress(body []byte) []byte {
	var b bytes.Buffer
	zw, ok := o.zippers.Get().(*gzip.Writer)
	if !ok {
		zw, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed)
	}
	defer o.zippers.Put(zw)
	zw.Reset(&b)
	zw.Write(body)
	zw.Close()
	return b.Bytes()
}
