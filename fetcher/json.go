package fetcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// jsonReader reads the items of a JSON API by jq expressions.
type jsonReader struct {
	zone  *time.Location
	rules *Rules
	limit int
	code  *expressions
	apart *Apart // nil reads in this process
}

func newJSONReader(rules *Rules, zone *time.Location, limit int) (*jsonReader, error) {
	if rules == nil || rules.Items == "" {
		return nil, errors.New("items: a jq expression is needed")
	}
	code, err := newExpressions(rules)
	if err != nil {
		return nil, err
	}
	return &jsonReader{zone: zone, rules: rules, limit: limit, code: code}, nil
}

func (j *jsonReader) read(doc *Document) (List, error) {
	base, err := baseURL(doc)
	if err != nil {
		return List{}, err
	}
	var rows []row
	if j.apart != nil {
		rows, err = j.apart.rows(j.rules, doc.Body, j.limit)
	} else {
		rows, err = j.code.rows(doc.Body, j.limit)
	}
	if err != nil {
		return List{}, err
	}
	var list List
	for _, r := range rows {
		if it := r.item(base, j.zone); it.Title != "" || it.Link != "" {
			list.Items = append(list.Items, it)
		}
	}
	return list, nil
}

// notJSON tells an answer that is another kind of document from a broken one.
func notJSON(body []byte, err error) *Error {
	head := bytes.TrimSpace(body[:min(len(body), 512)])
	if len(head) == 0 || head[0] == '<' {
		return notList(body, "JSON")
	}
	return &Error{Reason: ReasonParse, Err: fmt.Errorf("bad JSON%s: %w", place(err, len(body)), err)}
}

// place says at which byte of a document of a size decoding it failed, where
// that can be told.
func place(err error, size int) string {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf(" at byte %d", syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Sprintf(" at byte %d", size)
	}
	return ""
}

// countable refuses JSON of more values than a list has: each takes a hundred
// bytes or more in memory.
func countable(body []byte) error {
	const most = 500_000
	if n := bytes.Count(body, []byte(",")) + bytes.Count(body, []byte(":")) + bytes.Count(body, []byte("[")); n > most {
		return fmt.Errorf("some %d values, of which no more than %d are read", n, most)
	}
	return nil
}

// decodeJSON decodes a document; a second try forgives what it can.
func decodeJSON(body []byte) (any, error) {
	if err := countable(body); err != nil {
		return nil, err
	}
	v, err := decodeStrictJSON(body)
	if err != nil {
		if mended, again := decodeStrictJSON(lenient(body)); again == nil {
			return mended, nil
		}
	}
	return v, err
}

func decodeStrictJSON(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // ids are longer than a float is exact
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// unwrapJSONP returns the argument of a call such as try{cb({...});}catch(e){};
// and anything else as it is.
func unwrapJSONP(body []byte) []byte {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] == '{' || body[0] == '[' || body[0] == '<' {
		return body
	}
	open, end := bytes.IndexByte(body, '('), bytes.LastIndexByte(body, ')')
	if catch := bytes.LastIndex(body, []byte("}catch(")); catch > 0 && bytes.HasPrefix(body, []byte("try{")) {
		end = bytes.LastIndexByte(body[:catch], ')')
	}
	if open < 0 || end < open {
		return body
	}
	return body[open+1 : end]
}
