package fetcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/itchyny/gojq"
)

// jqTimeout bounds what the expressions do with one document.
const jqTimeout = 10 * time.Second

// expressions are what is asked of a JSON document, in jq.
type expressions struct {
	fail   *gojq.Code
	items  *gojq.Code
	fields map[string]*gojq.Code
}

func newExpressions(rules *Rules) (*expressions, error) {
	x := &expressions{fields: map[string]*gojq.Code{}}
	var err error
	if rules.Fail != "" {
		if x.fail, err = compile("fail", rules.Fail); err != nil {
			return nil, err
		}
	}
	if x.items, err = compile("items", rules.Items); err != nil {
		return nil, err
	}
	for name, expr := range rules.Fields {
		if !isField(name) {
			return nil, fmt.Errorf("fields: %s is unknown; known are %s", name, strings.Join(fieldNames, " "))
		}
		if x.fields[name], err = compile("fields: "+name, expr); err != nil {
			return nil, err
		}
	}
	return x, nil
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

// rows returns a row of each item of a document that has a title or a link, and
// one more than the limit where there are more.
func (x *expressions) rows(body []byte, limit int) ([]row, error) {
	ctx, cancel := context.WithTimeout(context.Background(), jqTimeout)
	defer cancel()
	answer, err := decodeJSON(unwrapJSONP(body))
	if err != nil {
		return nil, notJSON(body, err)
	}
	if x.fail != nil {
		if out := texts(ctx, x.fail, answer, 1); len(out) > 0 {
			return nil, &Error{Reason: ReasonRefused, Err: errors.New("the API answers: " + out[0])}
		}
	}
	var rows []row
	err = each(ctx, x.items, answer, func(v any) bool {
		if r := x.row(ctx, v); r["title"] != nil || r["link"] != nil {
			rows = append(rows, r)
		}
		return len(rows) <= limit && ctx.Err() == nil
	})
	switch {
	case ctx.Err() != nil:
		return nil, tooLong()
	case err != nil:
		return nil, &Error{Reason: ReasonParse, Err: fmt.Errorf("items: %w", err)}
	}
	return rows, nil
}

func tooLong() *Error {
	return &Error{Reason: ReasonParse, Err: fmt.Errorf("the jq expressions do not end within %s", jqTimeout)}
}

// row asks for the fields of one item.
func (x *expressions) row(ctx context.Context, v any) row {
	r := row{}
	for name, code := range x.fields {
		most := 1
		if name == "tags" || name == "stocks" {
			most = maxOutputs
		}
		if out := texts(ctx, code, v, most); out != nil {
			r[name] = out
		}
	}
	return r
}

// maxOutputs is how many outputs of a field's expression are read: one that never
// ends, such as repeat(.), must not fill the memory.
const maxOutputs = 1000

// texts returns the first outputs of an expression as text, without the blank ones.
// An expression that fails on an item has no output: APIs change, and a field
// that is missing must not cost the item.
func texts(ctx context.Context, code *gojq.Code, v any, most int) []string {
	var out []string
	outputs := 0
	_ = each(ctx, code, v, func(v any) bool {
		if s := strings.TrimSpace(text(v)); s != "" {
			out = append(out, s)
		}
		outputs++
		return outputs < maxOutputs && len(out) < most
	})
	return out
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case map[string]any, []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
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
