package feedout

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ServePage answers with what is made for this one request, in the coding that the
// reader likes best. A status of 200 has validators, one of its own for each coding,
// and preconditions are heeded; nothing is compressed for a reader that has it.
// What else the header is to say is there already.
func ServePage(w http.ResponseWriter, r *http.Request, status int, mediaType string, body []byte) {
	h := w.Header()
	h["Vary"] = []string{"Accept-Encoding"}
	coding, ok := negotiate(r.Header["Accept-Encoding"])
	if !ok {
		coding = identity // RFC 9110 §12.5.3: better than nothing
	}
	if status == http.StatusOK {
		etag := strings.TrimSuffix(newRepresentation("", body).ETag, `"`) + "-" + coding + `"`
		h["Etag"] = []string{etag}
		if status = evaluate(r.Header, etag, time.Time{}); status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
	}
	switch coding {
	case gzipped:
		body = gzipBytes(body)
	case brotlied:
		body = brotliBytes(body)
	}
	if coding != identity {
		h["Content-Encoding"] = []string{coding}
	}
	h["Content-Type"] = []string{mediaType + "; charset=utf-8"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader is gone: nobody is left to tell
	}
}
