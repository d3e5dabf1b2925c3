package fetcher

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// defaultLimit is how many items of a document are taken at most.
const defaultLimit = 2000

// Reader reads the documents of one source. It is safe for concurrent use.
type Reader struct {
	zone     *time.Location
	url      string // with its placeholders filled in, but for {page}
	paged    bool   // there is such a one
	first    int
	maxPages int
	limit    int // how many items of a document are taken
	terms    uint64
	volatile []*regexp.Regexp
	read     func(*Document) (List, error) // nil for a feed
	workers  workers
	apart    *Apart // nil where documents are read in this process
}

// NewReader compiles what the source says of its documents. The error says
// which setting is wrong.
func NewReader(src Source) (*Reader, error) {
	rules, kind := src.resolve()
	r := &Reader{zone: src.Zone, first: 1, maxPages: max(1, src.MaxPages), limit: src.Limit}
	if r.limit <= 0 {
		r.limit = defaultLimit
	}
	switch kind {
	case "feed":
		r.url = src.URL
	case "json":
		j, err := newJSONReader(rules, src.Zone, r.limit)
		if err != nil {
			return nil, err
		}
		if kind == src.Kind { // what a preset's expressions make of a document is known
			j.apart, r.apart = src.Apart, src.Apart
		}
		r.read, r.url, r.first = j.read, rules.URL, rules.FirstPage
	case "html":
		h, err := newHTMLReader(rules, src.Zone, r.limit)
		if err != nil {
			return nil, err
		}
		r.read, r.url, r.first = h.read, rules.URL, rules.FirstPage
	default:
		return nil, fmt.Errorf("kind %q is unknown", kind)
	}
	var err error
	if rules != nil {
		if r.volatile, err = patterns("volatile", rules.Volatile); err != nil {
			return nil, err
		}
	}
	if r.url, err = fillIn(r.url, src.Params); err != nil {
		return nil, err
	}
	r.url = rebase(r.url, src.Endpoint)
	r.paged = strings.Contains(r.url, "{page}")
	if _, err := url.Parse(r.URL(1)); err != nil || r.url == "" {
		return nil, fmt.Errorf("url %q is not a URL", Redact(r.url))
	}
	r.terms = src.terms(r.url)
	return r, nil
}

// resolve returns the rules a source is read by and the kind they are for.
func (s *Source) resolve() (*Rules, string) {
	if p, ok := Presets()[s.Kind]; ok {
		rules := p.Rules // a copy of those alone that are read by: p would be one for every source
		return &rules, p.Kind
	}
	if s.Rules == nil {
		return nil, s.Kind
	}
	rules := *s.Rules
	if rules.URL == "" {
		rules.URL = s.URL
	}
	return &rules, s.Kind
}

// patterns compiles the regular expressions of a setting.
func patterns(setting string, exprs []string) (all []*regexp.Regexp, err error) {
	for _, x := range exprs {
		re, err := regexp.Compile(x)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", setting, err)
		}
		all = append(all, re)
	}
	return all, nil
}

// URL returns the address of the list's n-th page, counted from 1.
func (r *Reader) URL(n int) string {
	if !r.paged {
		return r.url
	}
	return strings.ReplaceAll(r.url, "{page}", strconv.Itoa(r.first+n-1))
}

// Pages returns how many pages of the list may be read: 1 for a list without
// pages.
func (r *Reader) Pages() int {
	if !r.paged {
		return 1
	}
	return r.maxPages
}

// Read returns the items a document lists. A List with Partial set was not
// read whole. The error is an *Error.
func (r *Reader) Read(doc *Document) (List, error) {
	if r.apart != nil { // to wait for others is not to read for long
		r.apart.enter()
		defer r.apart.leave()
	}
	read := r.read
	if read == nil {
		read = r.readFeed
	}
	list, err := r.workers.read(doc, read)
	if err != nil {
		e := fail(doc.URL, err)
		if e.Reason == ReasonNotList && r.read == nil && isPage(doc.Body) {
			e.feeds = discover(doc)
		}
		return List{}, e
	}
	list.Next = Encrypted(doc.URL, list.Next)
	if limit := r.limit; len(list.Items) > limit {
		list.Items = slices.Clip(list.Items[:limit])
		list.Note = fmt.Sprintf("only the first %d items are read", limit)
	}
	return list, nil
}

// Print is a fingerprint of a document without what changes in every answer:
// documents with equal prints list the same.
func (r *Reader) Print(doc *Document) uint64 {
	if len(r.volatile) == 0 || doc.NotModified {
		return doc.Hash
	}
	body := doc.Body
	for _, re := range r.volatile {
		body = re.ReplaceAll(body, nil)
	}
	return xxhash.Sum64(body)
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// fillIn replaces the placeholders of a URL by the source's params.
func fillIn(rawURL string, params map[string]string) (string, error) {
	if !strings.Contains(rawURL, "{") {
		return rawURL, nil
	}
	var missing []string
	out := placeholder.ReplaceAllStringFunc(rawURL, func(m string) string {
		name := m[1 : len(m)-1]
		value, ok := params[name]
		if !ok && name != "page" {
			missing = append(missing, name)
		}
		if !ok {
			return m
		}
		return url.QueryEscape(value)
	})
	if missing != nil {
		return "", fmt.Errorf("params: %s missing", strings.Join(missing, ", "))
	}
	return out, nil
}

// rebase replaces all before the query by another base URL.
func rebase(rawURL, base string) string {
	if base == "" {
		return rawURL
	}
	_, query, _ := strings.Cut(rawURL, "?")
	if query == "" {
		return base
	}
	sep := "?"
	if strings.Contains(base, "?") {
		sep = "&"
	}
	return base + sep + query
}
