package fetcher

import (
	"errors"
	"fmt"
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
