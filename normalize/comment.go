package normalize

import "bytes"

// The HTML parser decodes character references in comments, which browsers and
// other parsers do not, so that a comment would not come out as it came in.
// keepComments and bareComments, before parsing and after rendering, put that
// right.

// keepComments writes & as &amp; in the comments of a document.
func keepComments(doc []byte) []byte {
	return inComments(doc, func(c []byte) []byte {
		return bytes.ReplaceAll(c, []byte("&"), []byte("&amp;"))
	})
}

// bareComments undoes the escapes in the comments of rendered HTML, but in
// those that would end early without them.
func bareComments(doc []byte) []byte {
	return inComments(doc, func(c []byte) []byte {
		bare := bytes.ReplaceAll(c, []byte("&gt;"), []byte(">"))
		bare = bytes.ReplaceAll(bare, []byte("&amp;"), []byte("&"))
		if bytes.HasPrefix(bare, []byte(">")) || bytes.HasPrefix(bare, []byte("->")) ||
			bytes.Contains(bare, []byte("-->")) || bytes.Contains(bare, []byte("--!>")) {
			return c
		}
		return bare
	})
}

// inComments applies f to the text of every comment that has an "&". It passes
// over elements whose text is not markup.
func inComments(doc []byte, f func([]byte) []byte) []byte {
	var out []byte
	done := 0 // all before it is in out
	for i := 0; ; {
		lt := bytes.IndexByte(doc[i:], '<')
		if lt < 0 {
			break
		}
		i += lt
		if !bytes.HasPrefix(doc[i:], []byte("<!--")) {
			i += max(1, rawElement(doc[i:]))
			continue
		}
		end := bytes.Index(doc[i+2:], []byte("-->"))
		if end < 0 {
			break
		}
		end += i + 2
		if odd := bytes.Index(doc[i+2:end], []byte("--!>")); odd >= 0 {
			end = i + 2 + odd // ends a comment as well
		}
		if start := i + 4; start < end && bytes.IndexByte(doc[start:end], '&') >= 0 {
			if out == nil {
				out = make([]byte, 0, len(doc))
			}
			out = append(out, doc[done:start]...)
			out = append(out, f(doc[start:end])...)
			done = end
		}
		i = end + 3
	}
	if out == nil {
		return doc
	}
	return append(out, doc[done:]...)
}

var rawElements = [][]byte{[]byte("script"), []byte("style"), []byte("textarea"), []byte("title"), []byte("xmp")}

// rawElement is the length of the raw text element that s begins with, less
// its end tag; 0 where s begins with something else.
func rawElement(s []byte) int {
	for _, name := range rawElements {
		if len(s) > len(name)+1 && bytes.EqualFold(s[1:1+len(name)], name) {
			for i := len(name) + 1; ; {
				end := bytes.Index(s[i:], []byte("</"))
				if end < 0 {
					return len(s)
				}
				i += end
				if len(s) >= i+2+len(name) && bytes.EqualFold(s[i+2:i+2+len(name)], name) {
					return i
				}
				i += 2
			}
		}
	}
	return 0
}
