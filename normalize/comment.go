package normalize

import "strings"

// The HTML parser decodes character references in comments, which browsers and
// other parsers do not, so that a comment would not come out as it came in.
// keepComments and bareComments, before parsing and after rendering, put that
// right.

// keepComments writes & as &amp; in the comments of a document.
func keepComments(doc string) string {
	return inComments(doc, func(c string) string {
		return strings.ReplaceAll(c, "&", "&amp;")
	})
}

// bareComments undoes the escapes in the comments of rendered HTML, but in
// those that would end early without them.
func bareComments(doc string) string {
	return inComments(doc, func(c string) string {
		bare := strings.ReplaceAll(c, "&gt;", ">")
		bare = strings.ReplaceAll(bare, "&amp;", "&")
		if strings.HasPrefix(bare, ">") || strings.HasPrefix(bare, "->") ||
			strings.Contains(bare, "-->") || strings.Contains(bare, "--!>") {
			return c
		}
		return bare
	})
}

// inComments applies f to the text of every comment that has an "&". It passes
// over elements whose text is not markup.
func inComments(doc string, f func(string) string) string {
	var out strings.Builder
	done := 0 // all before it is in out
	for i := 0; ; {
		lt := strings.IndexByte(doc[i:], '<')
		if lt < 0 {
			break
		}
		i += lt
		if !strings.HasPrefix(doc[i:], "<!--") {
			i += max(1, rawElement(doc[i:]))
			continue
		}
		end := strings.Index(doc[i+2:], "-->")
		if end < 0 {
			break
		}
		end += i + 2
		if odd := strings.Index(doc[i+2:end], "--!>"); odd >= 0 {
			end = i + 2 + odd // ends a comment as well
		}
		if start := i + 4; start < end && strings.IndexByte(doc[start:end], '&') >= 0 {
			out.WriteString(doc[done:start])
			out.WriteString(f(doc[start:end]))
			done = end
		}
		i = end + 3
	}
	if done == 0 {
		return doc
	}
	out.WriteString(doc[done:])
	return out.String()
}

var rawElements = []string{"script", "style", "textarea", "title", "xmp"}

// rawElement is the length of the raw text element that s begins with, less
// its end tag; 0 where s begins with something else.
func rawElement(s string) int {
	for _, name := range rawElements {
		if len(s) > len(name)+1 && strings.EqualFold(s[1:1+len(name)], name) {
			for i := len(name) + 1; ; {
				end := strings.Index(s[i:], "</")
				if end < 0 {
					return len(s)
				}
				i += end
				if len(s) >= i+2+len(name) && strings.EqualFold(s[i+2:i+2+len(name)], name) {
					return i
				}
				i += 2
			}
		}
	}
	return 0
}
