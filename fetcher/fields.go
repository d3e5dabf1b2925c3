package fetcher

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// fieldNames are the fields of an item that rules can fill.
var fieldNames = []string{"author", "content", "id", "image", "link", "origin", "published", "stocks", "summary", "tags", "title", "updated", "withdrawn"}

func isField(name string) bool { return slices.Contains(fieldNames, name) }

// item fills an Item from one output of the items expression.
func (j *jsonReader) item(ctx context.Context, v any, base *url.URL) Item {
	get := func(name string) string {
		if code := j.fields[name]; code != nil {
			return first(ctx, code, v)
		}
		return ""
	}
	all := func(name string) []string {
		if code := j.fields[name]; code != nil {
			return texts(ctx, code, v)
		}
		return nil
	}
	return Item{
		ID:        get("id"),
		Link:      absolute(base, secure(get("link"))),
		Title:     get("title"),
		Published: ParseTime(get("published"), j.zone),
		Updated:   ParseTime(get("updated"), j.zone),
		Summary:   get("summary"),
		Content:   get("content"),
		Author:    get("author"),
		Origin:    get("origin"),
		Image:     absolute(base, secure(get("image"))),
		Tags:      all("tags"),
		Stocks:    all("stocks"),
		Withdrawn: !slices.Contains([]string{"", "0", "false", "null"}, get("withdrawn")),
	}
}

// maxOutputs is how many outputs of a field's expression are read: one that never
// ends, such as repeat(.), must not fill the memory.
const maxOutputs = 1000

// texts returns the outputs of an expression as text, without the blank ones.
// An expression that fails on an item has no output: APIs change, and a field
// that is missing must not cost the item.
func texts(ctx context.Context, code *gojq.Code, v any) []string {
	var out []string
	outputs := 0
	_ = each(ctx, code, v, func(v any) bool {
		if s := strings.TrimSpace(text(v)); s != "" {
			out = append(out, s)
		}
		outputs++
		return outputs < maxOutputs
	})
	return out
}

func first(ctx context.Context, code *gojq.Code, v any) string {
	if out := texts(ctx, code, v); len(out) > 0 {
		return out[0]
	}
	return ""
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

// baseURL is what the references of a document are resolved against: its address
// without the query, which may hold a token. Only a reference to the document
// itself, such as "#top", would take the query over (RFC 3986 §5.2.2), and that
// is no address of an item.
func baseURL(doc *Document) (*url.URL, error) {
	base, err := url.Parse(doc.URL)
	if err != nil {
		return nil, err
	}
	base.RawQuery, base.ForceQuery, base.Fragment, base.RawFragment = "", false, "", ""
	return base, nil
}

// absolute resolves a link as its origin wrote it (RFC 3986 §5), perhaps padded
// with blanks or broken over lines. It returns "" for what is no http or https
// address.
func absolute(base *url.URL, ref string) string {
	ref = broken.Replace(strings.TrimSpace(ref))
	if ref == "" {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		if head := strings.ToLower(ref[:min(len(ref), 8)]); strings.HasPrefix(head, "http://") || head == "https://" {
			return ref // a stray % or the like, which the origin's server may well understand
		}
		return ""
	}
	if u.Host != "" && u.Scheme != "" {
		if u.Scheme == "http" || u.Scheme == "https" {
			return ref // as the origin gave it, byte for byte
		}
		return ""
	}
	if u = base.ResolveReference(u); u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

var broken = strings.NewReplacer("\n", "", "\r", "", "\t", "")

// secure gives an address without a scheme the one that everybody means.
func secure(ref string) string {
	if ref = strings.TrimSpace(ref); strings.HasPrefix(ref, "//") {
		return "https:" + ref
	}
	return ref
}
