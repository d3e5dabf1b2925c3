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
	maxEntities    = 1 << 20  // bytes that all references to them add
	maxEntityDepth = 8        // entities within entities
)

var (
	doctype     = regexp.MustCompile(`<!DOCTYPE\s[^\[>]*\[`)
	declared    = regexp.MustCompile(`<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>`)
	ownEntity   = regexp.MustCompile(`&([A-Za-z_][\w.:-]*);`)
	dtdEnd      = regexp.MustCompile(`\]\s*>`)
	predeclared = []string{"amp", "lt", "gt", "quot", "apos"}
)

// entities are the texts that a DTD declares, by name. External ones are not
// fetched: their references stay as they are.
type entities map[string]string

// expand replaces references to the entities that the document declares
// itself, and removes its DTD. HTML's entities are the parser's business,
// declared or not.
func expand(body []byte) ([]byte, error) {
	loc := doctype.FindIndex(body[:min(len(body), 64<<10)])
	if loc == nil {
		return body, nil
	}
	end := dtdEnd.FindIndex(body[loc[1]:])
	if end == nil {
		return body, nil
	}
	dtd, rest := body[loc[1]:loc[1]+end[0]], body[loc[1]+end[1]:]
	e := entities{}
	for _, m := range declared.FindAllSubmatch(dtd, -1) {
		name := string(m[1])
		if _, twice := e[name]; !twice && !slices.Contains(predeclared, name) {
			e[name] = string(m[2]) + string(m[3])
		}
	}
	out, err := e.document(rest)
	if err != nil {
		return nil, &Error{Reason: ReasonParse, Err: fmt.Errorf("the DTD at byte %d: %w", loc[0], err)}
	}
	return slices.Concat(body[:loc[0]], out), nil
}

// document expands what stands outside CDATA sections.
func (e entities) document(body []byte) ([]byte, error) {
	texts := map[string]string{}
	for name := range e {
		if _, err := e.text(name, texts, 0); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	limit := len(body) + maxEntities
	for len(body) > 0 {
		at := bytes.Index(body, []byte("<![CDATA["))
		if at < 0 {
			at = len(body)
		}
		last := 0
		for _, m := range ownEntity.FindAllSubmatchIndex(body[:at], -1) {
			if text, ok := texts[string(body[m[2]:m[3]])]; ok {
				out.Write(body[last:m[0]])
				out.WriteString(text)
				last = m[1]
			}
			if out.Len() > limit {
				return nil, fmt.Errorf("entities add more than %d bytes", maxEntities)
			}
		}
		out.Write(body[last:at])
		if at < len(body) {
			n := enclosed(body[at:], "<![CDATA[", "]]>")
			out.Write(body[at : at+n])
			at += n
		}
		body = body[at:]
	}
	return out.Bytes(), nil
}

// text returns what an entity stands for, with those in it expanded.
func (e entities) text(name string, known map[string]string, depth int) (string, error) {
	if text, ok := known[name]; ok {
		return text, nil
	}
	if depth > maxEntityDepth {
		return "", fmt.Errorf("entity %s is nested deeper than %d", name, maxEntityDepth)
	}
	size := 0
	var failed error
	text := ownEntity.ReplaceAllStringFunc(e[name], func(ref string) string {
		inner := ref[1 : len(ref)-1]
		if _, ok := e[inner]; !ok || failed != nil || size > maxEntity {
			return ref
		}
		text, err := e.text(inner, known, depth+1)
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
	known[name] = text
	return text, failed
}
