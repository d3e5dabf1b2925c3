package feedout

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// uri is the absolute http or https address s with everything that RFC 3986
// §2 does not allow percent-encoded, and a host of other letters as DNS has it;
// empty where s is no such address. Atom allows an IRI, which not every reader
// does. User information is left out: it is a secret of who reads there.
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
	rest, fragment, found := strings.Cut(s[path:], "#")
	written := s[:len(u.Scheme)] + "://" + authority(u, s[len(u.Scheme)+len("://"):path]) + encode(rest, uriChars)
	if found {
		written += "#" + encode(fragment, uriChars) // a second # too
	}
	// A host may hold what it must not even when encoded, as in "http://a:1@\"".
	if _, err := url.Parse(written); err != nil {
		return ""
	}
	return written
}

// authority is the host and port of an address, of which written is what stands
// there. A host that is no name in DNS is percent-encoded like all else.
func authority(u *url.URL, written string) string {
	host := written[strings.LastIndexByte(written, '@')+1:]
	name := u.Hostname() // decoded
	if strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if ascii, err := idna.Lookup.ToASCII(name); err == nil {
			host = strings.Replace(u.Host, name, ascii, 1)
		}
	}
	return encode(host, uriChars+"[]")
}

const (
	hexDigits = "0123456789ABCDEF"
	uriChars  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" +
		"-._~" + ":/?@" + "!$&'()*+,;="
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

// unknownType is for formats that want a media type where none is known.
const unknownType = "application/octet-stream"

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
