package config

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/net/http/httpguts"
)

// sourceNames are part of addresses, and of commands without quotes.
var sourceNames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func (f *findings) checkSources() {
	if !f.given("sources") {
		f.bad("sources", "write a list of sources, or [] for none", "is missing: nothing would be fetched")
	}
}

// settle completes and checks the n-th source, when all that it inherits is read.
func (s *Source) settle(d *decoder, path string, n int) {
	s.complete(d.config)
	if d.marked[path] {
		return // it is nothing at all
	}
	if first, ok := d.named[s.Name]; ok && s.Name != "" {
		d.bad(path+".name", "", "%s is the name of sources[%d] already", s.Name, first)
	} else {
		d.named[s.Name] = n
	}
	d.checkSource(s, path)
	if d.oneOf(path+".kind", s.Kind, kinds()...) && !d.marked[path+".kind"] {
		d.checkKind(s, path)
	}
}

// checkSource checks what all kinds have.
func (f *findings) checkSource(s *Source, path string) {
	if f.required(path+".name", s.Name) && !sourceNames.MatchString(s.Name) {
		f.bad(path+".name", "write letters, digits, and . _ - between them", "%q cannot be part of an address", s.Name)
	}
	f.words(path+".categories", s.Categories)
	f.web(path+".default_image", Address(s.DefaultImage))
	f.positive(path+".max_pages", int64(s.MaxPages))
	f.positive(path+".limit", int64(s.Limit))
	f.oneOf(path+".body", s.Body, "clean", "verbatim")
	if s.Charset != "" {
		if encoding, _ := charset.Lookup(s.Charset); encoding == nil {
			f.bad(path+".charset", "", "%q is not a character encoding such as gbk or utf-8", s.Charset)
		}
	}
	canonical := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		at := join(path+".headers", name)
		f.checkHeader(at, name, s.Headers[name])
		if same := http.CanonicalHeaderKey(name); canonical[same] {
			f.bad(at, "", "the header is there already, written otherwise")
		} else {
			canonical[same] = true
		}
	}
}

// ours are headers that mean what the client does with the answer.
var ours = []string{
	"accept-encoding", "connection", "content-length", "host", "if-modified-since",
	"if-none-match", "range", "transfer-encoding", "upgrade",
}

func (f *findings) checkHeader(path, name string, value Secret) {
	switch {
	case !httpguts.ValidHeaderFieldName(name):
		f.bad(path, "", "%q cannot be the name of a header", name)
	case slices.Contains(ours, strings.ToLower(name)):
		f.bad(path, "", "the program sends this header itself")
	case !httpguts.ValidHeaderFieldValue(value.Reveal()):
		f.bad(path, "", "holds characters that no header may")
	}
}
