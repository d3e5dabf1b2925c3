package fetcher

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What the entities of a document's own DTD may come to: ten of ten of ten
// make a bomb of a few lines.
const (
	maxEntity      = 64 << 10 // bytes that one stands for
	maxEntities    = 1 << 20  // bytes that all of them, and all references to them, add
	maxEntityDepth = 8        // entities within entities
	maxEntityName  = 64       // bytes of a name
)

var (
	declared    = regexp.MustCompile(`<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>`)
	ownEntity   = regexp.MustCompile(`&([A-Za-z_][\w.:-]*);`)
	predeclared = []string{"amp", "lt", "gt", "quot", "apos"}
)

// entities are what a DTD declares. External ones are not fetched: their
// references stay as they are.
type entities struct {
	declared map[string]string
	texts    map[string]string // with those in them expanded, as far as they were asked for
	size     int               // of all texts, and of all that references to them added
}

// expand replaces references to the entities that the document declares
// itself, and removes its DTD. HTML's entities are the parser's business,
// declared or not.
func expand(body []byte) ([]byte, error) {
	at, from := doctype(body)
	if at < 0 {
		return body, nil
	}
	to, end := subset(body, from)
	if end < 0 {
		return body, nil
	}
	e := entities{declared: map[string]string{}, texts: map[string]string{}}
	for _, m := range declared.FindAllSubmatch(body[from:to], -1) {
		name := string(m[1])
		if _, twice := e.declared[name]; !twice && !slices.Contains(predeclared, name) {
			e.declared[name] = string(m[2]) + string(m[3])
		}
	}
	out, err := e.document(body[end:])
	if err != nil {
		return nil, &Error{Reason: ReasonParse, Err: fmt.Errorf("the DTD at byte %d: %w", at, err)}
	}
	return slices.Concat(body[:at], out), nil
}

// doctype finds where a document's type declaration begins, before its root, and
// where what it declares itself does; -1 where it declares nothing.
func doctype(body []byte) (at, from int) {
	s := tokens{src: body}
	for {
		t, ok := s.next()
		if !ok || t.kind == startToken || t.kind == emptyToken {
			return -1, -1
		}
		if t.kind != otherToken || !bytes.HasPrefix(bytes.ToUpper(body[t.at:min(t.end, t.at+9)]), []byte("<!DOCTYPE")) {
			continue
		}
		if open := bytes.IndexByte(body[t.at:t.end], '['); open >= 0 {
			return t.at, t.at + open + 1
		}
		return -1, -1
	}
}

// subset finds where the declarations that begin at from end, and where the
// document goes on behind them; -1 where they have no end. Comments and quoted
// texts may hold any sign.
func subset(body []byte, from int) (to, end int) {
	for i := from; i < len(body); i++ {
		rest := body[i:]
		switch c := body[i]; {
		case bytes.HasPrefix(rest, []byte("<!--")):
			i += enclosed(rest, "<!--", "-->") - 1
		case c == '"' || c == '\'':
			i += 1 + max(0, bytes.IndexByte(body[i+1:], c))
		case c == ']':
			if n := bytes.IndexByte(rest, '>'); n >= 0 {
				return i, i + n + 1
			}
			return i, -1
		}
	}
	return from, -1
}

// document expands what stands outside CDATA sections.
func (e *entities) document(body []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(body))
	for len(body) > 0 {
		at := bytes.IndexByte(body, '&')
		section := bytes.Index(body[:max(at, 0)], []byte("<![CDATA["))
		switch {
		case at < 0:
			out.Write(body)
			return out.Bytes(), nil
		case section >= 0:
			at = section + enclosed(body[section:], "<![CDATA[", "]]>")
			out.Write(body[:at])
			body = body[at:]
			continue
		}
		out.Write(body[:at])
		text, n, err := e.reference(body[at:])
		if err != nil {
			return nil, err
		}
		out.WriteString(text)
		body = body[at+n:]
	}
	return out.Bytes(), nil
}

// reference reads what begins with an ampersand: the text it stands for, and its
// length. What is no reference to one of these entities stands for itself.
func (e *entities) reference(b []byte) (text string, n int, err error) {
	n = bytes.IndexByte(b[:min(len(b), maxEntityName)], ';') + 1
	if n < 3 {
		return "&", 1, nil
	}
	if _, ours := e.declared[string(b[1:n-1])]; !ours {
		return "&", 1, nil
	}
	text, err = e.text(string(b[1:n-1]), 0)
	if e.size += len(text); err == nil && e.size > maxEntities {
		err = fmt.Errorf("entities add more than %d bytes", maxEntities)
	}
	return text, n, err
}

// text returns what an entity stands for, with those in it expanded.
func (e *entities) text(name string, depth int) (string, error) {
	if text, ok := e.texts[name]; ok {
		return text, nil
	}
	if depth > maxEntityDepth {
		return "", fmt.Errorf("entity %s is nested deeper than %d", name, maxEntityDepth)
	}
	size := 0
	var failed error
	text := ownEntity.ReplaceAllStringFunc(e.declared[name], func(ref string) string {
		inner := ref[1 : len(ref)-1]
		if _, ok := e.declared[inner]; !ok || failed != nil || size > maxEntity {
			return ref
		}
		text, err := e.text(inner, depth+1)
		failed = err
		size += len(text)
		return text
	})
	if failed == nil && len(text) > maxEntity {
		failed = fmt.Errorf("entity %s is longer than %d bytes", name, maxEntity)
	}
	if !strings.Contains(text, "<") { // it may stand in an attribute
		text = strings.ReplaceAll(text, `"`, "&quot;")
	}
	if e.size += len(text); failed == nil && e.size > maxEntities {
		failed = fmt.Errorf("entities add more than %d bytes", maxEntities)
	}
	e.texts[name] = text
	return text, failed
}
