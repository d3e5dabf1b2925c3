package article

import (
	"strings"
	"unicode"
)

// CleanTitle makes a title of what an origin wrote: one line of plain text.
// Runs of white space become one blank; control characters, U+2028, U+2029
// and noncharacters are removed, because XML, YAML or both refuse them. No
// other character is replaced or lost.
func CleanTitle(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s { // a byte that is no UTF-8 arrives as U+FFFD
		switch {
		case r == '\u2028' || r == '\u2029':
		case unicode.IsSpace(r):
			gap = b.Len() > 0
		case !legal(r):
		default:
			if gap {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// CleanText removes what XML forbids (control characters other than tab and
// line feed, noncharacters) and makes every line end a line feed.
func CleanText(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !inText(r) || r == '\uFFFD' }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if inText(r) {
			return r
		}
		return -1
	}, lineEnds.Replace(s)) // Map turns a byte that is no UTF-8 into U+FFFD
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
