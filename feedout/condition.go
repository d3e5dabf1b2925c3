package feedout

import (
	"net/http"
	"strings"
	"time"
)

// evaluate evaluates the preconditions of a GET or HEAD in the order of RFC
// 9110 §13.2.2 and returns 200, 304 or 412. If-Range is left to whoever serves
// the range.
func evaluate(h http.Header, etag string, modified time.Time) int {
	if lines := h["If-Match"]; len(lines) > 0 {
		if !matches(lines, etag, strong) {
			return http.StatusPreconditionFailed
		}
	} else if since, ok := date(h, "If-Unmodified-Since"); ok && modified.After(since) {
		return http.StatusPreconditionFailed
	}
	if lines := h["If-None-Match"]; len(lines) > 0 {
		if matches(lines, etag, weak) {
			return http.StatusNotModified
		}
	} else if since, ok := date(h, "If-Modified-Since"); ok && !modified.IsZero() && !modified.After(since) {
		return http.StatusNotModified
	}
	return http.StatusOK
}

// date reads a date field; a field that holds none, or more than one, is
// ignored (RFC 9110 §13.1.3).
func date(h http.Header, name string) (time.Time, bool) {
	lines := h[name]
	if len(lines) != 1 {
		return time.Time{}, false
	}
	t, err := http.ParseTime(strings.TrimSpace(lines[0]))
	return t, err == nil
}

// strong and weak compare a tag that a reader sent with ours, which is strong
// (RFC 9110 §8.8.3.2).
func strong(sent, etag string) bool { return sent == etag }
func weak(sent, etag string) bool   { return strings.TrimPrefix(sent, "W/") == etag }

// matches tells whether a list of entity tags names etag. A list may be spread
// over several lines, and "*" names every tag.
func matches(lines []string, etag string, same func(sent, etag string) bool) bool {
	for _, line := range lines {
		if strings.TrimSpace(line) == "*" {
			return true
		}
		for line != "" {
			var tag string
			tag, line = nextTag(line)
			if tag != "" && same(tag, etag) {
				return true
			}
		}
	}
	return false
}

// nextTag cuts the first entity tag off a list. A tag may hold commas and
// blanks (RFC 9110 §8.8.3); where something else stands it reads on after the
// next comma.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimLeft(list, ", \t")
	prefix := ""
	opaque := list
	if s, ok := strings.CutPrefix(list, "W/"); ok {
		prefix, opaque = "W/", s
	}
	if strings.HasPrefix(opaque, `"`) {
		if end := strings.IndexByte(opaque[1:], '"'); end >= 0 {
			return prefix + opaque[:end+2], opaque[end+2:]
		}
	}
	_, rest, _ = strings.Cut(list, ",")
	return "", rest
}
