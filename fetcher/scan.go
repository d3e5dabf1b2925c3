package fetcher

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// maxDepth is how deep elements may be nested: gofeed recurses, and a stack
// overflow cannot be recovered from (PITFALLS G9).
const maxDepth = 256

// outline is what one look at the tags of an XML document tells.
type outline struct {
	starts []int    // where items and entries start
	open   []string // elements still open where the first of them starts
	end    int      // where the last whole item ends; 0 without one
}

// scan finds the items of a document, of which limit are looked at. It knows
// just enough XML to skip what only looks like tags, and refuses a document
// that a parser must not see.
func scan(body []byte, limit int) (outline, error) {
	var o outline
	var open []string
	for i := 0; ; {
		at := bytes.IndexByte(body[i:], '<')
		if at < 0 {
			return o, nil
		}
		i += at
		if n := skipped(body[i:]); n > 0 {
			i += n
			continue
		}
		n := tagEnd(body[i:])
		if n < 0 {
			return o, nil
		}
		tag := body[i : i+n]
		name, local := tagName(tag)
		switch {
		case name == "" || void(local):
		case tag[1] == '/':
			if at := slices.Index(open, name); at >= 0 {
				for open[len(open)-1] != name {
					open = open[:len(open)-1]
				}
				open = open[:len(open)-1]
			}
			if local == "item" || local == "entry" {
				o.end = i + n
			}
		default:
			if local == "item" || local == "entry" {
				if len(o.starts) == limit {
					return o, nil
				}
				if len(o.starts) == 0 {
					o.open = slices.Clone(open)
				}
				o.starts = append(o.starts, i)
			}
			if !bytes.HasSuffix(tag, []byte("/>")) {
				open = append(open, name)
			}
			if len(open) > maxDepth {
				return o, &Error{Reason: ReasonParse, Err: fmt.Errorf("elements nested deeper than %d at byte %d", maxDepth, i)}
			}
		}
		i += n
	}
}

// skipped returns the length of a comment, CDATA section, instruction or
// declaration, 0 for what is none.
func skipped(b []byte) int {
	for _, pair := range [][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if !bytes.HasPrefix(b, []byte(pair[0])) {
			continue
		}
		if at := bytes.Index(b, []byte(pair[1])); at >= 0 {
			return at + len(pair[1])
		}
		return len(b)
	}
	return 0
}

// tagEnd returns the length of a tag; quoted attributes may hold a >.
func tagEnd(b []byte) int {
	var quote byte
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return i + 1
		case (c == '"' || c == '\'') && i > 0 && b[i-1] == '=':
			quote = c
		}
	}
	return -1
}

func tagName(tag []byte) (name, local string) {
	t := bytes.Trim(tag, "</>")
	if end := bytes.IndexAny(t, " \t\r\n/"); end >= 0 {
		t = t[:end]
	}
	if len(t) == 0 || t[0] == '!' {
		return "", ""
	}
	if at := bytes.IndexByte(t, ':'); at >= 0 {
		return string(t), string(t[at+1:])
	}
	return string(t), string(t)
}

// void tells elements of HTML that people leave open.
func void(local string) bool {
	return slices.Contains([]string{"br", "img", "hr", "BR", "IMG", "HR"}, local)
}

// errNoItems is a document whose items were all lost on the way.
var errNoItems = errors.New("the document has items, but none could be read")
