package feedout

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// span is a part of a body: from first up to, not including, end.
type span struct{ first, end int }

// header is the span's Content-Range, RFC 9110 §14.4.
func (s span) header(size int) string { return fmt.Sprintf("bytes %d-%d/%d", s.first, s.end-1, size) }

// mostSpans is how many parts a reader may ask for at a time. Many small ones
// are an attack or a mistake, and ignored (RFC 9110 §14.2).
const mostSpans = 8

// ranged tells whether a request asks for parts, and of this representation
// (RFC 9110 §13.1.5): If-Range is compared strongly, and a date exactly.
func ranged(r *http.Request, etag string, modified time.Time) bool {
	if r.Method != http.MethodGet || len(r.Header["Range"]) != 1 {
		return false
	}
	lines := r.Header["If-Range"]
	if len(lines) == 0 {
		return true
	}
	if len(lines) > 1 || strings.TrimSpace(lines[0]) == etag {
		return len(lines) == 1
	}
	at, err := http.ParseTime(lines[0])
	return err == nil && !modified.IsZero() && at.Equal(modified)
}

// spans reads a Range field (RFC 9110 §14.1.2). It gives none, and ok, for one
// that no part of the body satisfies; not ok means a field to be ignored: it is
// in another unit, malformed, or asks for too much.
func spans(field string, size int) (list []span, ok bool) {
	unit, set, found := strings.Cut(field, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(unit), "bytes") || strings.Count(set, ",") >= mostSpans {
		return nil, false
	}
	total := 0
	for spec := range strings.SplitSeq(set, ",") {
		if spec = strings.Trim(spec, " \t"); spec == "" {
			continue // an empty element of a list, RFC 9110 §5.6.1
		}
		s, valid := parseSpan(spec, size)
		if !valid {
			return nil, false
		}
		if s.first < s.end {
			list = append(list, s)
			total += s.end - s.first
		}
	}
	return list, strings.Trim(set, ", \t") != "" && total <= size
}

// parseSpan reads one of "5-9", "5-" and "-5". One beyond the body is empty.
func parseSpan(spec string, size int) (s span, ok bool) {
	first, last, found := strings.Cut(spec, "-")
	if !found || first == "" && last == "" {
		return s, false
	}
	from, fromOK := position(first)
	to, toOK := position(last)
	switch {
	case !fromOK || !toOK:
		return s, false
	case first == "":
		return span{max(0, size-to), size}, true
	case last == "":
		return span{from, size}, true
	}
	return span{from, min(to+1, size)}, from <= to
}

// position reads a number; what is beyond any body is as good as the largest.
func position(digits string) (n int, ok bool) {
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	const beyond = 1 << 30 // which with one more is an int of 32 bits
	if len(digits) > 9 {
		return beyond, true
	}
	n, _ = strconv.Atoi(digits) // "" is 0
	return n, true
}

// sendSpans answers with parts of a body, none of which is copied: a reader may take
// them slowly, and there may be many such.
func sendSpans(w http.ResponseWriter, body []byte, list []span) {
	h := w.Header()
	var pieces [][]byte
	switch len(list) {
	case 0:
		h.Del("Content-Encoding")
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", len(body)))
		fail(w, http.StatusRequestedRangeNotSatisfiable) // RFC 9110 §15.5.17
		return
	case 1:
		h.Set("Content-Range", list[0].header(len(body)))
		pieces = [][]byte{body[list[0].first:list[0].end]}
	default:
		pieces = multipartOf(h, body, list)
	}
	size := 0
	for _, piece := range pieces {
		size += len(piece)
	}
	h["Content-Length"] = []string{strconv.Itoa(size)}
	w.WriteHeader(http.StatusPartialContent)
	for _, piece := range pieces {
		if _, err := w.Write(piece); err != nil {
			return // the reader is gone: nobody is left to tell
		}
	}
}

// multipartOf is several parts as one body in pieces, RFC 9110 §14.6.
func multipartOf(h http.Header, body []byte, list []span) (pieces [][]byte) {
	var between bytes.Buffer
	mw := multipart.NewWriter(&between)
	for _, s := range list {
		_, _ = mw.CreatePart(textproto.MIMEHeader{ // to memory: it cannot fail
			"Content-Type": h["Content-Type"], "Content-Range": {s.header(len(body))},
		})
		pieces = append(pieces, bytes.Clone(between.Bytes()), body[s.first:s.end])
		between.Reset()
	}
	_ = mw.Close()
	h.Set("Content-Type", "multipart/byteranges; boundary="+mw.Boundary())
	return append(pieces, between.Bytes())
}
