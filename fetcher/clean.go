package fetcher

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// clean removes from a UTF-8 document what XML forbids: illegal characters, and
// references to them (PITFALLS G5, G6); the items that were found in it and are known
// have none. It gives the document itself where there is nothing to remove.
func clean(body []byte, found []extent) []byte {
	dirty := false
	for part := range beside(body, found) {
		dirty = dirty || holdsIllegal(part) || refersToIllegal(part)
	}
	if !dirty {
		return body
	}
	if holdsIllegal(body) {
		body = bytes.Map(legalRune, body)
	}
	return numericReference.ReplaceAllFunc(body, legalReference)
}

// refersToIllegal looks for a reference that legalReference removes.
func refersToIllegal(body []byte) bool {
	for {
		at := bytes.Index(body, []byte("&#"))
		if at < 0 {
			return false
		}
		body = body[at:]
		if ref := numericAt(body); ref != nil && legalReference(ref) == nil {
			return true
		}
		body = body[len("&#"):]
	}
}

// numericAt is the numeric reference that b begins with; nil for none.
func numericAt(b []byte) []byte {
	i, isDigit := len("&#"), decimal
	if len(b) > i && (b[i] == 'x' || b[i] == 'X') {
		i, isDigit = i+1, hexadecimal
	}
	first := i
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	if i == first || i == len(b) || b[i] != ';' {
		return nil
	}
	return b[:i+1]
}

func decimal(c byte) bool { return c >= '0' && c <= '9' }

func hexadecimal(c byte) bool { return decimal(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// holdsIllegal looks for characters that legalRune changes by their bytes, which
// is much faster than to decode all others. Those that most of a Chinese text
// consists of are passed over whole.
func holdsIllegal(body []byte) bool {
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c >= 0xE3 && c <= 0xE9 && i+2 < len(body) && body[i+1] >= 0x80 && body[i+2] >= 0x80: // U+3000 to U+9FFF, of three bytes
			i += 2
		case c >= ' ' && c != 0xC2 && c != 0xEF, c == '\t', c == '\n', c == '\r':
		case c < ' ',
			c == 0xC2 && len(body) > i+1 && body[i+1] < 0xA0,                       // U+0080 to U+009F
			c == 0xEF && len(body) > i+2 && body[i+1] == 0xBF && body[i+2] >= 0xBE: // U+FFFE, U+FFFF
			return true
		}
	}
	return false
}

// legalRune drops an illegal character. The control characters of ISO 8859 are
// letters of Windows that somebody took for those, as browsers know.
func legalRune(r rune) rune {
	switch {
	case illegal(r):
		return -1
	case r >= 0x80 && r < 0xA0:
		if mapped := charmap.Windows1252.DecodeByte(byte(r)); mapped != r && mapped != utf8.RuneError {
			return mapped
		}
		return -1
	}
	return r
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
