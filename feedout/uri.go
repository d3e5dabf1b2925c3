package feedout

import (
	"net/url"
	"strings"
)

// uri is the absolute http or https address s with everything that RFC 3986
// §2 does not allow percent-encoded; empty where s is no such address. Atom
// allows an IRI, which not every reader does.
func uri(s string) string {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	path := len(u.Scheme) + len("://")
	if end := strings.IndexAny(s[path:], "/?#"); end >= 0 {
		path += end
	} else {
		path = len(s)
	}
	written := encode(s[:path], uriChars+"[]") + encode(s[path:], uriChars)
	// A host may hold what it must not even when encoded, as in "http://a:1@\"".
	if _, err := url.Parse(written); err != nil {
		return ""
	}
	return written
}

const (
	hexDigits = "0123456789ABCDEF"
	uriChars  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" +
		"-._~" + ":/?#@" + "!$&'()*+,;="
)

// encode percent-encodes the bytes of s that are neither allowed nor part of
// a percent-encoding already.
func encode(s, allowed string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if strings.IndexByte(allowed, c) >= 0 || c == '%' && isHex(s[i+1:]) {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
	}
	return b.String()
}

// isHex tells whether s starts with two hexadecimal digits.
func isHex(s string) bool {
	return len(s) >= 2 && hexDigit(s[0]) && hexDigit(s[1])
}

func hexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// mediaType is s where it has the form of a media type (RFC 9110 §8.3.1) and
// empty otherwise: a wrong type makes readers play a page.
func mediaType(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	kind, sub, ok := strings.Cut(s, "/")
	if !ok || !isToken(kind) || !isToken(sub) {
		return ""
	}
	return s
}

func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7F || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
