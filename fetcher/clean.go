package fetcher

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// clean removes from a UTF-8 document what XML forbids: illegal characters, and
// references to them (PITFALLS G5, G6).
func clean(body []byte) []byte {
	if holdsIllegal(body) {
		body = bytes.Map(func(r rune) rune {
			if illegal(r) {
				return -1
			}
			return r
		}, body)
	}
	if bytes.Contains(body, []byte("&#")) {
		body = numericReference.ReplaceAllFunc(body, legalReference)
	}
	return body
}

// holdsIllegal looks for illegal characters by their bytes, which is much
// faster than to decode all others.
func holdsIllegal(body []byte) bool {
	for i, c := range body {
		switch {
		case c >= ' ' && c != 0xEF, c == '\t', c == '\n', c == '\r':
		case c < ' ', len(body) > i+2 && body[i+1] == 0xBF && body[i+2] >= 0xBE: // U+FFFE, U+FFFF
			return true
		}
	}
	return false
}

// illegal tells what XML 1.0 §2.2 does not count as a character.
func illegal(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

var numericReference = regexp.MustCompile(`&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));`)

func legalReference(ref []byte) []byte {
	m := numericReference.FindSubmatch(ref)
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
