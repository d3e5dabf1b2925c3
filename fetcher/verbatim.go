package fetcher

import (
	"bytes"
	"html"
	"iter"
	"net/url"
	"regexp"
	"strings"
)

// verbatimEntry is what gofeed changes of an Atom entry: it takes ids for
// links, and escapes and resolves both (PITFALLS G15), and it forgets the type
// of the title.
type verbatimEntry struct {
	id        string
	titleType string
	hrefs     []string
}

// verbatimEntries reads the entries of a well-formed Atom document.
func verbatimEntries(body []byte) (entries []verbatimEntry) {
	depth, within, text, prefix := 0, -1, 0, ""
	for at, tag := range tags(body) {
		name, local := tagName(tag)
		if tag[1] == '/' {
			depth--
			if depth == within+1 && local == "id" && text > 0 {
				entries[len(entries)-1].id, text = characters(string(body[text:at])), 0
			}
			if depth == within {
				within = -1
			}
			continue
		}
		switch {
		case local == "entry" && within < 0:
			within, prefix = depth, strings.TrimSuffix(name, local)
			entries = append(entries, verbatimEntry{})
		case within >= 0 && depth == within+1 && name == prefix+local: // no yt:id
			e := &entries[len(entries)-1]
			switch local {
			case "id":
				text = at + len(tag)
			case "title":
				e.titleType = strings.ToLower(attribute(tag, "type"))
			case "link":
				e.hrefs = append(e.hrefs, attribute(tag, "href"))
			}
		}
		if !bytes.HasSuffix(tag, []byte("/>")) {
			depth++
		} else if within == depth {
			within = -1
		}
	}
	return entries
}

// tags yields the tags of a document with their places.
func tags(body []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := 0; ; {
			at := bytes.IndexByte(body[i:], '<')
			if at < 0 {
				return
			}
			i += at
			n := skipped(body[i:])
			if n == 0 {
				if n = tagEnd(body[i:]); n < 0 {
					return
				}
				tag := body[i : i+n]
				if name, _ := tagName(tag); name != "" && !yield(i, tag) {
					return
				}
			}
			i += n
		}
	}
}

var attributes = regexp.MustCompile(`\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')`)

// attribute returns the value of a tag's attribute, "" without it.
func attribute(tag []byte, name string) string {
	for _, m := range attributes.FindAllSubmatch(tag, -1) {
		if string(m[1]) == name {
			return strings.TrimSpace(unescape(string(m[2]) + string(m[3])))
		}
	}
	return ""
}

// characters returns the text of an element that has no others inside.
func characters(s string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<![CDATA[")
		out.WriteString(unescape(before))
		if !found {
			return strings.TrimSpace(out.String())
		}
		var data string
		data, s, _ = strings.Cut(rest, "]]>")
		out.WriteString(data)
	}
}

var entity = regexp.MustCompile(`&#?\w+;`)

// unescape replaces references that are whole; html.UnescapeString alone makes
// © of the &copy in a URL.
func unescape(s string) string {
	return entity.ReplaceAllStringFunc(s, html.UnescapeString)
}

var xmlBase = regexp.MustCompile(`(\sxml:base\s*=\s*)(?:"([^"]*)"|'([^']*)')`)

// rooted makes the base URL of a document's root absolute, where bases are
// given at all: the parser resolves what is below it, and knows no address
// the document came from (RFC 3986 §5.1).
func rooted(body []byte, base *url.URL) []byte {
	if !bytes.Contains(body, []byte("xml:base")) {
		return body
	}
	for at, tag := range tags(body) {
		name, _ := tagName(tag)
		absolute := base
		if ref, err := url.Parse(attribute(tag, "xml:base")); err == nil {
			absolute = base.ResolveReference(ref)
		}
		attr := ` xml:base="` + html.EscapeString(absolute.String()) + `"`
		rest := xmlBase.ReplaceAll(tag[1+len(name):], nil)
		return bytes.Join([][]byte{body[:at], []byte("<" + name + attr), rest, body[at+len(tag):]}, nil)
	}
	return body
}
