package article

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scalar writes s as a YAML scalar that YAML 1.1 and 1.2 both read back as
// the string s: plain where that is sure, else quoted.
func scalar(s string) string {
	if plain(s) {
		return s
	}
	return quoted(s)
}

// quoted writes s in single quotes, or in double quotes where it holds what
// single quotes cannot carry: line breaks and other control characters.
func quoted(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, escapes) < 0 {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r > 0xFFFF && escapes(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		case escapes(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// escapes tells whether r can only be written as an escape. U+2028 and U+2029
// end a line in YAML 1.1.
func escapes(r rune) bool {
	return !legal(r) || r == '\u2028' || r == '\u2029'
}

// reserved are the words that some YAML version reads as something other than
// a string.
var reserved = map[string]bool{
	"null": true, "true": true, "false": true, "yes": true, "no": true,
	"on": true, "off": true, "y": true, "n": true, "nan": true, "inf": true,
}

// plain is a little stricter than YAML is: it begins with a letter, or with a
// digit where a letter shows that it is neither a number nor a timestamp.
func plain(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case reserved[strings.ToLower(s)], strings.HasSuffix(s, " "):
		return false
	case strings.Contains(s, ": "), strings.HasSuffix(s, ":"), strings.Contains(s, " #"):
		return false
	case strings.IndexFunc(s, unplain) >= 0:
		return false
	case strings.Contains(s, "---"): // YAML allows it, but some tools cut a head off at any of these
		return false
	case unicode.IsDigit(first):
		return strings.IndexFunc(s, wordy) >= 0
	}
	return unicode.IsLetter(first)
}

func unplain(r rune) bool {
	return escapes(r) || r == utf8.RuneError || r != ' ' && unicode.IsSpace(r)
}

// wordy tells whether r is a letter that no number or timestamp has.
func wordy(r rune) bool {
	return unicode.IsLetter(r) && !strings.ContainsRune("abcdefinoxtzABCDEFINOXTZ", r)
}
