package fetcher

import (
	"bytes"
	"html"
	"iter"
	"regexp"
	"strings"
)

// tokenKind is what a token of an XML document is.
type tokenKind byte

const (
	textToken  tokenKind = iota // may hold references, and "<" that open nothing
	cdataToken                  // with its marks
	startToken
	emptyToken // a start tag that is its own end
	endToken
	otherToken // comment, instruction, declaration
)

// token is a piece of a document. Its bytes are src[at:end].
type token struct {
	kind    tokenKind
	at, end int
	name    []byte // of a tag, with its prefix
}

// tokens reads a document of whatever quality: each byte is in some token, and
// nothing is an error. What looks like no tag is text.
type tokens struct {
	src []byte
	pos int
	// bare and open are from where on no comment, and no CDATA section, has an
	// end; one more than that, since zero is nowhere.
	bare, open int
}

func (s *tokens) next() (t token, ok bool) {
	if s.pos >= len(s.src) {
		return token{}, false
	}
	t = token{at: s.pos}
	if opens(s.src[s.pos:]) {
		t.kind, t.end, t.name = s.markup()
	} else {
		t.end = nextMarkup(s.src, s.pos)
	}
	s.pos = t.end
	return t, true
}

// bytes are the token's own.
func (s *tokens) bytes(t token) []byte { return s.src[t.at:t.end] }

// opens tells whether b begins with markup.
func opens(b []byte) bool {
	if len(b) < 2 || b[0] != '<' {
		return false
	}
	if b[1] == '/' {
		return len(b) > 2 && startsName(b[2])
	}
	return b[1] == '!' || b[1] == '?' || startsName(b[1])
}

func startsName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// nextMarkup is where the text at i ends.
func nextMarkup(src []byte, i int) int {
	for {
		at := bytes.IndexByte(src[i:], '<')
		if at < 0 {
			return len(src)
		}
		if i += at; opens(src[i:]) {
			return i
		}
		i++
	}
}

func (s *tokens) markup() (kind tokenKind, end int, name []byte) {
	i, b := s.pos, s.src[s.pos:]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return otherToken, i + s.marked("<!--", "-->", &s.bare), nil
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		n := s.marked("<![CDATA[", "]]>", &s.open)
		if n == len("<![CDATA[") {
			return otherToken, i + n, nil
		}
		return cdataToken, i + n, nil
	case b[1] == '?':
		return otherToken, i + enclosed(b, "<?", ">"), nil
	case b[1] == '!':
		return otherToken, i + enclosed(b, "<!", ">"), nil
	}
	n := tagEnd(b)
	kind = startToken
	switch {
	case b[1] == '/':
		kind, b = endToken, b[1:]
	case n > 2 && b[n-2] == '/' && b[n-1] == '>':
		kind = emptyToken
	}
	return kind, i + n, tagName(b[1:])
}

// marked is the length of what reaches from here to its closing mark. Where that
// is missing, it is the opening mark alone: what follows is read as if that were
// not there.
func (s *tokens) marked(open, mark string, endless *int) int {
	if *endless == 0 || s.pos < *endless-1 {
		if at := bytes.Index(s.src[s.pos+len(open):], []byte(mark)); at >= 0 {
			return len(open) + at + len(mark)
		}
		*endless = s.pos + 1
	}
	return len(open)
}

// enclosed is the length of what reaches to its closing mark, or to the end of
// the document.
func enclosed(b []byte, open, mark string) int {
	if at := bytes.Index(b[len(open):], []byte(mark)); at >= 0 {
		return len(open) + at + len(mark)
	}
	return len(b)
}

// maxTag is the longest tag whose quotes are believed.
const maxTag = 64 << 10

// tagEnd returns the length of a tag. Quoted values may hold a ">" but no "<";
// where one does, or has no end, the quotes are wrong and the first ">" ends it.
func tagEnd(b []byte) int {
	var quote byte
	for i, c := range b[:min(len(b), maxTag)] {
		switch {
		case c == quote:
			quote = 0
		case quote != 0 && c == '<':
			return firstEnd(b)
		case quote != 0:
		case c == '>':
			return i + 1
		case c == '<' && i > 0: // the next tag: this one was never closed
			return i
		case (c == '"' || c == '\'') && b[i-1] == '=':
			quote = c
		}
	}
	return firstEnd(b)
}

func firstEnd(b []byte) int {
	if at := bytes.IndexByte(b, '>'); at >= 0 {
		return at + 1
	}
	return len(b)
}

func tagName(b []byte) []byte {
	for i, c := range b {
		switch c {
		case ' ', '\t', '\r', '\n', '/', '>', '<', '=', '"', '\'':
			return b[:i]
		}
	}
	return b
}

// attributes yields names and values of a start tag, as they are written, the
// values without their quotes, of which some are missing.
func attributes(tag []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		b := bytes.TrimRight(tag[1+len(tagName(tag[1:])):], "/>")
		for {
			b = bytes.TrimLeft(b, " \t\r\n/")
			name := tagName(b)
			if len(name) == 0 {
				if len(b) == 0 {
					return
				}
				b = b[1:]
				continue
			}
			if b = bytes.TrimLeft(b[len(name):], " \t\r\n"); len(b) == 0 || b[0] != '=' { // it has no value
				continue
			}
			var value []byte
			value, b = attributeValue(bytes.TrimLeft(b[1:], " \t\r\n"))
			if !yield(name, value) {
				return
			}
		}
	}
}

func attributeValue(b []byte) (value, rest []byte) {
	if len(b) > 0 && (b[0] == '"' || b[0] == '\'') {
		if end := bytes.IndexByte(b[1:], b[0]); end >= 0 {
			return b[1 : 1+end], b[2+end:]
		}
		return b[1:], nil
	}
	if end := bytes.IndexAny(b, " \t\r\n"); end >= 0 {
		return b[:end], b[end:]
	}
	return b, nil
}

// attribute returns the value of a tag's attribute by its name in lower case
// and without a prefix, decoded; "" without it.
func attribute(tag []byte, local string) string {
	for name, value := range attributes(tag) {
		if strings.EqualFold(string(localName(name)), local) {
			return strings.TrimSpace(decode(value))
		}
	}
	return ""
}

func localName(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

var reference = regexp.MustCompile(`&(?:#[xX][0-9a-fA-F]+|#[0-9]+|[a-zA-Z][a-zA-Z0-9]*);`)

// decode replaces references to characters, those of HTML among them. They
// must be whole: html.UnescapeString alone makes © of the &copy in a URL.
func decode(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	return reference.ReplaceAllStringFunc(string(b), html.UnescapeString)
}
