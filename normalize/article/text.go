package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanTitle makes a title of what an origin wrote: one line of plain text.
// Runs of white space become one blank; control characters, U+2028, U+2029
// and noncharacters are removed, because XML, YAML or both refuse them. No
// other character is replaced or lost.
func CleanTitle(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	add := func(text string) {
		if gap {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteString(text)
	}
	for s != "" {
		if n := wordLen(s); n > 0 {
			add(s[:n])
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s) // a byte that is no UTF-8 becomes U+FFFD
		s = s[size:]
		switch {
		case r == '\u2028' || r == '\u2029':
		case unicode.IsSpace(r):
			gap = b.Len() > 0
		case legal(r):
			add(string(r))
		}
	}
	return b.String()
}

// wordLen is how long a text stays as it is at its beginning, as far as it consists
// of the characters that most do.
func wordLen(s string) (n int) {
	for n < len(s) {
		switch c := s[n]; {
		case c > ' ' && c < 0x7f:
			n++
		case c >= 0xE4 && c <= 0xE9 && n+2 < len(s) && s[n+1]&0xC0 == 0x80 && s[n+2]&0xC0 == 0x80: // U+4000 to U+9FFF
			n += 3
		default:
			return n
		}
	}
	return n
}

// CleanText removes what XML forbids (control characters other than tab and
// line feed, noncharacters) and makes every line end a line feed.
func CleanText(s string) string {
	if isClean(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if inText(r) {
			return r
		}
		return -1
	}, lineEnds.Replace(s)) // Map turns a byte that is no UTF-8 into U+FFFD
}

// isClean tells whether a text may stay as it is. Every text that is read goes
// through it: the characters that most of them consist of are not looked up.
func isClean(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= ' ' && c < 0x7f || c == '\n' || c == '\t':
			i++
			continue
		case c >= 0xE3 && c <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80: // U+3000 to U+9FFF
			i += 3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !inText(r) || r == utf8.RuneError {
			return false
		}
		i += size
	}
	return true
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func inText(r rune) bool { return r == '\n' || r == '\t' || legal(r) }

// legal tells whether a character may stand anywhere in XML 1.0 and in a
// quoted YAML scalar: no control character, no noncharacter, no byte order
// mark.
func legal(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\uFEFF':
		return false
	case r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		return false
	}
	return true
}
