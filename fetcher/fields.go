package fetcher

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// fieldNames are the fields of an item that rules can fill.
var fieldNames = []string{"author", "content", "id", "image", "link", "origin", "published", "stocks", "summary", "tags", "title", "updated", "withdrawn"}

func isField(name string) bool { return slices.Contains(fieldNames, name) }

// row is what the fields' expressions yield of one item.
type row map[string][]string

// item makes an Item of a row: of several outputs a field of one value takes the
// first.
func (r row) item(base *url.URL, zone *time.Location) Item {
	get := func(name string) string {
		if out := r[name]; len(out) > 0 {
			return out[0]
		}
		return ""
	}
	return Item{
		ID:        get("id"),
		Link:      absolute(base, secure(get("link"))),
		Title:     get("title"),
		Published: ParseTime(get("published"), zone),
		Updated:   ParseTime(get("updated"), zone),
		Summary:   get("summary"),
		Content:   get("content"),
		Author:    get("author"),
		Origin:    get("origin"),
		Image:     absolute(base, secure(get("image"))),
		Tags:      r["tags"],
		Stocks:    r["stocks"],
		Withdrawn: !slices.Contains([]string{"", "0", "false", "null"}, get("withdrawn")),
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
