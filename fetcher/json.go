package fetcher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/itchyny/gojq"
)

// jqTimeout bounds what the expressions do with one document.
const jqTimeout = 10 * time.Second

// jsonReader reads the items of a JSON API by jq expressions.
type jsonReader struct {
	zone   *time.Location
	limit  int
	fail   *gojq.Code
	items  *gojq.Code
	fields map[string]*gojq.Code
}

func newJSONReader(rules *Rules, zone *time.Location, limit int) (*jsonReader, error) {
	if rules == nil || rules.Items == "" {
		return nil, errors.New("items: a jq expression is needed")
	}
	j := &jsonReader{zone: zone, limit: limit, fields: map[string]*gojq.Code{}}
	var err error
	if rules.Fail != "" {
		if j.fail, err = compile("fail", rules.Fail); err != nil {
			return nil, err
		}
	}
	if j.items, err = compile("items", rules.Items); err != nil {
		return nil, err
	}
	for name, expr := range rules.Fields {
		if !isField(name) {
			return nil, fmt.Errorf("fields: %s is unknown; known are %s", name, strings.Join(fieldNames, " "))
		}
		if j.fields[name], err = compile("fields: "+name, expr); err != nil {
			return nil, err
		}
	}
	return j, nil
}

func compile(what, expr string) (*gojq.Code, error) {
	q, err := gojq.Parse(expr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	code, err := gojq.Compile(q)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return code, nil
}

func (j *jsonReader) read(doc *Document) (List, error) {
	ctx, cancel := context.WithTimeout(context.Background(), jqTimeout)
	defer cancel()
	answer, err := decodeJSON(unwrapJSONP(doc.Body))
	if err != nil {
		return List{}, notJSON(doc, err)
	}
	if j.fail != nil {
		if text := first(ctx, j.fail, answer); text != "" {
			return List{}, &Error{Reason: ReasonRefused, Err: errors.New("the API answers: " + text)}
		}
	}
	base, err := baseURL(doc)
	if err != nil {
		return List{}, err
	}
	var list List
	err = each(ctx, j.items, answer, func(v any) bool {
		if it := j.item(ctx, v, base); it.Title != "" || it.Link != "" {
			list.Items = append(list.Items, it)
		}
		return len(list.Items) <= j.limit // one more tells that there are more
	})
	if err != nil {
		return List{}, &Error{Reason: ReasonParse, Err: fmt.Errorf("items: %w", err)}
	}
	return list, nil
}

// notJSON tells an answer that is another kind of document from a broken one.
func notJSON(doc *Document, err error) *Error {
	head := bytes.TrimSpace(doc.Body[:min(len(doc.Body), 512)])
	if len(head) == 0 || head[0] == '<' {
		return notList(doc.Body, "JSON")
	}
	return &Error{Reason: ReasonParse, Err: fmt.Errorf("bad JSON%s: %w", place(err, len(doc.Body)), err)}
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

// each calls f with every output of an expression as long as f wants more.
func each(ctx context.Context, code *gojq.Code, input any, f func(any) bool) error {
	iter := code.RunWithContext(ctx, input)
	for {
		v, ok := iter.Next()
		if !ok {
			return nil
		}
		if err, isErr := v.(error); isErr {
			var halt *gojq.HaltError
			if errors.As(err, &halt) && halt.Value() == nil {
				return nil
			}
			return err
		}
		if !f(v) {
			return nil
		}
	}
}
