package fetcher

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// clean removes from a UTF-8 document what XML forbids and parsers stumble
// over: its encoding declaration, illegal characters and references to them,
// and junk before the root (PITFALLS G5 to G7).
func clean(body []byte) []byte {
	if bytes.ContainsFunc(body, illegal) {
		body = bytes.Map(func(r rune) rune {
			if illegal(r) {
				return -1
			}
			return r
		}, body)
	}
	if bytes.Contains(body, []byte("&#")) {
		body = reference.ReplaceAllFunc(body, legalReference)
	}
	return undeclare(trimJunk(body))
}

// illegal tells what XML 1.0 §2.2 does not count as a character.
func illegal(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

var reference = regexp.MustCompile(`&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));`)

func legalReference(ref []byte) []byte {
	m := reference.FindSubmatch(ref)
	digits, base := m[1], 16
	if len(digits) == 0 {
		digits, base = m[2], 10
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) || illegal(rune(n)) {
		return nil
	}
	return ref
}

var feedRoot = regexp.MustCompile(`<\?xml|<!DOCTYPE (?:rss|feed|rdf)|<(?:\w+:)?(?:rss|feed|RDF)[\s>]`)

// trimJunk drops text before the document. Markup there makes it a page.
func trimJunk(body []byte) []byte {
	at := bytes.IndexByte(body, '<')
	loc := feedRoot.FindIndex(body)
	if loc == nil || loc[0] != at || bytes.ContainsAny(body[:at], "{[") {
		return body
	}
	return body[at:]
}
