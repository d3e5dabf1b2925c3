package fetcher

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// parseTimeout bounds the reading of one document.
const parseTimeout = 20 * time.Second

// workers are the places in which documents of a source are read. A parser that
// hangs keeps its place, so that it cannot be joined by others without end.
type workers struct {
	once   sync.Once // most sources have nothing to be read for days
	places chan struct{}
}

const workersOfSource = 2

// read reads a document under recover and gives up after parseTimeout: the
// parsers take no context (PITFALLS G16).
func (w *workers) read(doc *Document, read func(*Document) (List, error)) (List, error) {
	type result struct {
		list List
		err  error
	}
	w.once.Do(func() { w.places = make(chan struct{}, workersOfSource) })
	timer := time.NewTimer(parseTimeout)
	defer timer.Stop()
	select {
	case w.places <- struct{}{}:
	case <-timer.C:
		return List{}, &Error{Reason: ReasonParse, Err: errors.New("earlier documents are still being read")}
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
			<-w.places
		}()
		res.list, res.err = read(doc)
	}()
	select {
	case res := <-done:
		return res.list, res.err
	case <-timer.C:
		return List{}, &Error{Reason: ReasonParse, Err: errors.New("reading the document takes too long")}
	}
}
