package fetcher

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// parseTimeout bounds the reading of one document.
const parseTimeout = 20 * time.Second

// inWorker reads a document under recover and gives up after parseTimeout:
// the parsers take no context (PITFALLS G16).
func inWorker(doc *Document, read func(*Document) (List, error)) (List, error) {
	type result struct {
		list List
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var res result
		defer func() {
			// The parsers are other people's, and so are the documents.
			if p := recover(); p != nil {
				res = result{err: &Error{Reason: ReasonParse, Err: fmt.Errorf("parser panic: %v", p)}}
			}
			done <- res
		}()
		res.list, res.err = read(doc)
	}()
	timer := time.NewTimer(parseTimeout)
	defer timer.Stop()
	select {
	case res := <-done:
		return res.list, res.err
	case <-timer.C:
		return List{}, &Error{Reason: ReasonParse, Err: errors.New("reading the document takes too long")}
	}
}

// ReasonNoItems is a document that has items of which none could be read:
// never to be mistaken for no news.
const ReasonNoItems Reason = "no items"

var atomNamespace = regexp.MustCompile(`(?i)xmlns="[^"]*atom[^"]*"`)

// salvage reads an XML feed by parse, and again piece by piece where that
// fails or loses items (PITFALLS G2 to G4).
func salvage(body []byte, limit int, parse func([]byte) (List, error)) (List, error) {
	o, err := scan(body, limit+1)
	if err != nil {
		return List{}, err
	}
	note := ""
	if len(o.starts) > limit {
		note = fmt.Sprintf("only the first %d items are read", limit)
		body = slices.Concat(body[:o.starts[limit]], closing(o.open))
		o.starts = o.starts[:limit]
	}
	list, err := parse(body)
	if err == nil && len(list.Items) == 0 && len(o.starts) > 0 {
		body = atomNamespace.ReplaceAll(body, []byte(`xmlns="http://www.w3.org/2005/Atom"`))
		list, err = parse(body)
		o, _ = scan(body, limit)
	}
	if err != nil || len(list.Items) < len(o.starts) {
		if parts := piecewise(body, o, parse); len(parts.Items) > len(list.Items) {
			parts.Partial = "the document is damaged"
			if err != nil {
				parts.Partial = err.Error()
			}
			list, err = parts, nil
		}
	}
	if err == nil && len(list.Items) == 0 && len(o.starts) > 0 {
		err = &Error{Reason: ReasonNoItems, Err: errNoItems}
	}
	list.Note = note
	return list, err
}

// piecewise parses every item alone under the document's head. An item
// without an end is half an item, and left out.
func piecewise(body []byte, o outline, parse func([]byte) (List, error)) (all List) {
	if len(o.starts) == 0 {
		return all
	}
	head, tail := body[:o.starts[0]], closing(o.open)
	for i, start := range o.starts {
		end := len(body)
		if i+1 < len(o.starts) {
			end = o.starts[i+1]
		}
		piece, err := scan(body[start:end], 1)
		if err != nil || piece.end == 0 {
			continue
		}
		list, err := parse(slices.Concat(head, body[start:start+piece.end], tail))
		if err == nil {
			list.Items, all.Items = nil, append(all.Items, list.Items...)
			list.Items = all.Items
			all = list
		}
	}
	return all
}

func closing(open []string) []byte {
	var b bytes.Buffer
	for _, name := range slices.Backward(open) {
		b.WriteString("</" + name + ">")
	}
	return b.Bytes()
}
