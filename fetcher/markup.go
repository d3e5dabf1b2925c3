package fetcher

import (
	"bytes"
	"slices"
	"strings"
)

// value is the text in a span, references and CDATA sections resolved, tags
// left out.
func (c *canonical) value(in span) string {
	s := tokens{src: c.src[:in.to], pos: in.from}
	var out strings.Builder
	for {
		t, ok := s.next()
		if !ok {
			return out.String()
		}
		switch t.kind {
		case textToken:
			out.WriteString(decode(s.bytes(t)))
		case cdataToken:
			out.Write(cdata(s.bytes(t)))
		}
	}
}

func cdata(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimPrefix(b, []byte("<![CDATA[")), []byte("]]>"))
}

// markup is what a span that holds elements is as HTML: names without their
// prefixes, and no element that is its own end but those HTML has.
func (c *canonical) markup(in span) string {
	s := tokens{src: c.src[:in.to], pos: in.from}
	var out bytes.Buffer
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		local := localName(t.name)
		switch t.kind {
		case textToken:
			out.Write(s.bytes(t))
		case cdataToken:
			out.WriteString(escapeText(cdata(s.bytes(t))))
		case startToken, emptyToken:
			rest := s.src[t.at+1+len(t.name) : t.end]
			out.WriteByte('<')
			out.Write(local)
			if t.kind == emptyToken {
				out.Write(bytes.TrimSuffix(rest, []byte("/>")))
				out.WriteByte('>')
				if !isVoid(local) {
					out.WriteString("</" + string(local) + ">")
				}
			} else {
				out.Write(rest)
			}
		case endToken:
			if !isVoid(local) {
				out.WriteString("</" + string(local) + ">")
			}
		}
	}
	return unwrapDiv(strings.TrimSpace(out.String()))
}

var textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escapeText(b []byte) string { return textEscapes.Replace(string(b)) }

// isVoid tells the elements of HTML that have no end.
func isVoid(local []byte) bool {
	return slices.Contains([]string{"br", "img", "hr", "wbr", "source", "input", "col", "area", "embed", "param", "track", "link", "meta", "base"}, strings.ToLower(string(local)))
}

// unwrapDiv takes away the div that holds all of an XHTML text (RFC 4287
// §3.1.1.3).
func unwrapDiv(s string) string {
	b := []byte(s)
	if len(b) < 5 || !bytes.EqualFold(b[:4], []byte("<div")) || !bytes.HasSuffix(bytes.ToLower(b), []byte("</div>")) {
		return s
	}
	scan := tokens{src: b}
	first, _ := scan.next()
	depth := 1
	for {
		t, ok := scan.next()
		if !ok {
			return s
		}
		if !bytes.EqualFold(t.name, []byte("div")) {
			continue
		}
		switch t.kind {
		case startToken:
			depth++
		case endToken:
			depth--
		}
		if depth == 0 {
			if t.end != len(b) || string(first.name) != "div" {
				return s
			}
			return strings.TrimSpace(s[first.end:t.at])
		}
	}
}
