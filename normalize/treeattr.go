package normalize

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// attributes reads those of a start tag, and its end. That a tag closes itself means
// nothing in HTML.
func (t *tree) attributes(n *html.Node) bool {
	const most = 100
	start := len(t.attrs)
	for first := true; ; first = false {
		begin := t.at
		t.blanks()
		rest := t.src[t.at:]
		switch {
		case strings.HasPrefix(rest, ">"), strings.HasPrefix(rest, "/>"):
			t.at += strings.IndexByte(rest, '>') + 1
			if len(t.attrs) > start {
				n.Attr = slices.Clip(t.attrs[start:])
			}
			return true
		case first && t.at == begin: // the name goes on
			return false
		}
		key := t.key()
		value, ok := t.value()
		if key == "" || !ok || len(t.attrs)-start == most {
			return false
		}
		if slices.ContainsFunc(t.attrs[start:], func(a html.Attribute) bool { return a.Key == key }) {
			continue
		}
		if len(t.attrs) == cap(t.attrs) {
			t.attrs = append(make([]html.Attribute, 0, max(16, min(2*cap(t.attrs), 128), 2*(len(t.attrs)-start))), t.attrs[start:]...)
			start = 0
		}
		t.attrs = append(t.attrs, html.Attribute{Key: key, Val: value})
	}
}

func (t *tree) blanks() {
	for t.at < len(t.src) && isBlank(t.src[t.at]) {
		t.at++
	}
}

// isBlank tells what HTML counts as white space.
func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// key reads the name of an attribute; empty where it is odd.
func (t *tree) key() string {
	start := t.at
	for t.at < len(t.src) {
		switch c := t.src[t.at]; {
		case c <= ' ' || c == '=' || c == '>' || c == '/':
			return strings.ToLower(t.src[start:t.at])
		case c >= 0x7f || c == '"' || c == '\'' || c == '<':
			return ""
		}
		t.at++
	}
	return ""
}

// value reads the value of an attribute, which may have none.
func (t *tree) value() (value string, ok bool) {
	rest, given := strings.CutPrefix(t.src[t.at:], "=")
	switch {
	case !given:
		return "", true
	case rest == "" || rest[0] <= ' ' || rest[0] == '>':
		return "", false
	case rest[0] == '"' || rest[0] == '\'':
		if value, _, ok = strings.Cut(rest[1:], rest[:1]); !ok {
			return "", false
		}
		t.at += len(value) + len(`=""`)
	default:
		end := strings.IndexAny(rest, whitespace+">")
		if end < 0 {
			return "", false
		}
		value = rest[:end]
		t.at += len("=") + end
	}
	if t.page && misleads(value) {
		return "", false
	}
	return unescapeValue(value)
}

// misleads tells whether keepComments may take a value for markup that it looks into.
func misleads(value string) bool {
	for {
		_, rest, found := strings.Cut(value, "<")
		if !found {
			return false
		}
		if rest != "" && strings.IndexByte("!sStTxX", rest[0]) >= 0 {
			return true
		}
		value = rest
	}
}

// unescapeValue reads the references in a value. Those that are read otherwise in a
// text, but for "&b=" in an address, are not plain.
func unescapeValue(value string) (string, bool) {
	before, rest, found := strings.Cut(value, "&")
	if !found {
		return value, true
	}
	var b strings.Builder
	for ; found; before, rest, found = strings.Cut(rest, "&") {
		b.WriteString(before)
		name := rest[:len(rest)-len(strings.TrimLeft(rest, alphanumeric))]
		ref := "&" + name
		rest = rest[len(name):]
		switch {
		case strings.HasPrefix(rest, "#"):
			return "", false
		case strings.HasPrefix(rest, "="):
		case strings.HasPrefix(rest, ";"):
			rest = rest[1:]
			if ref = html.UnescapeString(ref + ";"); strings.HasSuffix(ref, ";") { // of no name, or of the beginning of one
				return "", false
			}
		case html.UnescapeString(ref) != ref:
			return "", false
		}
		b.WriteString(ref)
	}
	b.WriteString(before)
	return b.String(), true
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
