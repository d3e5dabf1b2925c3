package fetcher

import (
	"bytes"
	"net/url"
	"strings"
)

// name is an element's, by the prefix that its namespace has with us: "" for
// the feed's own vocabulary, foreign for one that tells us nothing.
type name struct{ space, local string }

const foreign = "?"

// namespaces are the vocabularies that tell us something, by their names in
// lower case and without what people get wrong: scheme, last slash or sign.
// Those without a prefix are the ones that feeds are made of.
var namespaces = map[string]string{
	"":                               "",
	"www.w3.org/2005/atom":           "atom",
	"purl.org/atom/ns":               "atom",
	"purl.org/rss/1.0":               "",
	"purl.org/net/rss1.1":            "",
	"my.netscape.com/rdf/simple/0.9": "",
	"my.netscape.com/publish/formats/rss-0.91.dtd": "",
	"channel.netscape.com/rdf/simple/0.9":          "",
	"backend.userland.com/rss":                     "",
	"backend.userland.com/rss2":                    "",
	"blogs.law.harvard.edu/tech/rss":               "",
	"www.w3.org/1999/02/22-rdf-syntax-ns":          "rdf",
	"purl.org/rss/1.0/modules/content":             "content",
	"purl.org/dc/elements/1.0":                     "dc",
	"purl.org/dc/elements/1.1":                     "dc",
	"purl.org/dc/terms":                            "dcterms",
	"search.yahoo.com/mrss":                        "media",
	"video.search.yahoo.com/mrss":                  "media",
	"tools.search.yahoo.com/mrss":                  "media",
	"www.itunes.com/dtds/podcast-1.0.dtd":          "itunes",
	"www.w3.org/1999/xhtml":                        "xhtml",
	"www.w3.org/tr/rec-html40":                     "xhtml",
	"purl.org/rss/1.0/modules/syndication":         "sy",
}

// prefixes are what people call those vocabularies. They are believed where
// nothing else is declared.
var prefixes = map[string]string{
	"": "", "rss": "", "rdf": "rdf", "atom": "atom", "atom10": "atom", "atom03": "atom", "a10": "atom",
	"content": "content", "dc": "dc", "dcterms": "dcterms", "media": "media", "itunes": "itunes",
	"xhtml": "xhtml", "html": "xhtml", "sy": "sy",
}

// declarations are written at the root of a canonical document.
const declarations = ` xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"` +
	` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"` +
	` xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/DTDs/PodCast-1.0.dtd"` +
	` xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:own="urn:aggregator:own"`

// spaceOf is the prefix of a namespace by its name; known tells whether it is
// one of ours.
func spaceOf(uri string) (prefix string, known bool) {
	uri = strings.ToLower(strings.TrimSpace(uri))
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		uri = rest
	}
	prefix, known = namespaces[strings.TrimRight(uri, "/#")]
	return prefix, known
}

// scope is what elements inherit: what prefixes stand for, and the base of
// relative addresses.
type scope struct {
	outer    *scope
	declared map[string]string // prefix => namespace, on this element
	base     *url.URL
}

// longestBase is more than any address has.
const longestBase = 2 << 10

// within is the scope inside a tag; the same one where the tag declares
// nothing.
func (s *scope) within(tag []byte) *scope {
	if !bytes.Contains(tag, []byte("xml")) {
		return s
	}
	inner := &scope{outer: s, base: s.base}
	for key, value := range attributes(tag) {
		prefix, local := split(string(key))
		switch {
		case prefix == "" && local == "xmlns":
			inner.declare("", decode(value))
		case prefix == "xmlns":
			inner.declare(local, decode(value))
		case prefix == "xml" && strings.EqualFold(local, "base"):
			if ref, err := url.Parse(strings.TrimSpace(decode(value))); err == nil && len(value) <= longestBase {
				inner.base = s.base.ResolveReference(ref)
			}
		}
	}
	return inner
}

func (s *scope) declare(prefix, uri string) {
	if s.declared == nil {
		s.declared = map[string]string{}
	}
	s.declared[prefix] = uri
}

// resolve finds the vocabulary of an element by its prefix. An unknown
// namespace is judged by the prefix that somebody chose for it; without a
// prefix it is what this feed calls its own.
func (s *scope) resolve(raw []byte) name {
	prefix, local := split(strings.ToLower(string(raw)))
	for at := s; at != nil; at = at.outer {
		for p, uri := range at.declared {
			if !strings.EqualFold(p, prefix) {
				continue
			}
			if space, known := spaceOf(uri); known {
				return name{space, local}
			}
			return name{conventional(prefix), local}
		}
	}
	return name{conventional(prefix), local}
}

func conventional(prefix string) string {
	if space, known := prefixes[prefix]; known {
		return space
	}
	return foreign
}

func split(raw string) (prefix, local string) {
	if p, l, ok := strings.Cut(raw, ":"); ok {
		return p, l
	}
	return "", raw
}
