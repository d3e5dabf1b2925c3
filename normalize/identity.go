package normalize

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"regexp"
	"strings"

	"github.com/cespare/xxhash/v2"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// Identities tells which article each item of a document is; see [Identify].
func Identities(items []fetcher.Item, o Options) []article.Identity {
	out, _ := Identify(items, o)
	return out
}

// Identify tells which article each item of a document is, and the step that this takes:
// that of the options, or the lower one that the items call for. It looks at all of them
// together: an id or a link that several share tells none apart.
func Identify(items []fetcher.Item, o Options) ([]article.Identity, Step) {
	ids, links, addresses, distinct := repeated(items)
	step := max(o.Step, stepOf(ids, links, distinct))
	out := make([]article.Identity, len(items))
	for i, it := range items {
		address := addresses[i]
		if links[address] > 1 || isRoot(address) || step >= ByText {
			address = "" // it tells no item from another
		}
		given := it
		if siteID(it, o) == "" && (ids[it.ID] > 1 || step >= ByLink) { // a site's own ids are no guids
			given.ID = ""
		}
		first := originKey(given, address, o)
		if first == "" {
			first = "text:" + o.Source + ":" + hash(it.ID+"\x00"+it.Link+"\x00"+it.Title+"\x00"+it.Summary+"\x00"+it.Content)
		}
		keys := []string{first}
		if address != "" && !tells(it, first, o) {
			keys = append(keys, "url:"+address)
		}
		name := keyName(keys[0], o.Source)
		if o.Apart {
			for j := range keys {
				keys[j] = o.Source + " " + keys[j]
			}
		}
		out[i] = article.Identity{Keys: keys, Print: printOf(it), Same: it.Known != 0, Revision: it.Updated, Name: name}
	}
	return out, step
}

// tells tells whether an item's address leads to its first key whoever lists it: it
// says nothing more then.
func tells(it fetcher.Item, first string, o Options) bool {
	return strings.HasPrefix(first, "sina:") && first == "sina:"+sinaDoc(target(it.Link), false)
}

// repeated counts the items of a document that share an id or a canonical
// link, which it gives as well. An item that is listed twice, word for word, is one.
func repeated(items []fetcher.Item) (ids, links map[string]int, addresses []string, distinct int) {
	ids, links, addresses = make(map[string]int, len(items)), make(map[string]int, len(items)), make([]string, len(items))
	type seenItem struct {
		id    string
		print uint64
	}
	seen := make(map[seenItem]bool, len(items))
	for i, it := range items {
		addresses[i] = canonical(it.Link)
		once := seenItem{it.ID, printOf(it)}
		if seen[once] {
			continue
		}
		seen[once] = true
		ids[it.ID]++
		if addresses[i] != "" {
			links[addresses[i]]++
		}
	}
	return ids, links, addresses, len(seen)
}

// originKey is the strongest key of an item: an id of Sina's, which means the
// same wherever it occurs; else the guid, which means something within its
// source only; where that is missing or repeated, the address; empty where
// only the words are left.
func originKey(it fetcher.Item, url string, o Options) string {
	if id := siteID(it, o); id != "" {
		return id
	}
	if id := sinaDoc(target(it.Link), o.Site == "sina"); id != "" && url != "" { // a link that several share is none's id
		return "sina:" + id
	}
	if id := article.CleanText(strings.TrimSpace(it.ID)); id != "" {
		return "guid:" + o.Source + ":" + id
	}
	if url != "" {
		return "link:" + o.Source + ":" + url
	}
	return ""
}

// ByWords tells whether a key is of what an item says, for want of an id and an address
// of its own.
func ByWords(key string) bool { return KeyKind(key) == words }

const words = "words of the list"

// KeyKind tells what an identity key is, for people: where the item's identity
// comes from.
func KeyKind(key string) string {
	for _, kind := range keyKinds {
		if strings.HasPrefix(key, kind.prefix) {
			return kind.name
		}
	}
	if _, apart, ok := strings.Cut(key, " "); ok { // after the name of a source that is kept apart
		return KeyKind(apart)
	}
	return "archive"
}

var keyKinds = []struct{ prefix, name string }{
	{"sina:", "origin id"}, {"zhibo:", "origin id"}, {"guid:", "origin id"},
	{"url:", "canonical URL"}, {"link:", "canonical URL"}, {"text:", words},
}

// siteID is an id of Sina's that an item of its lists gives; empty for others.
func siteID(it fetcher.Item, o Options) string {
	if o.Site != "sina" {
		return ""
	}
	if liveID.MatchString(it.ID) {
		return it.ID
	}
	if id := sinaID(it.ID); id != "" {
		return "sina:" + id
	}
	return ""
}

// target is the address that a link leads to in the end; nil if there is none.
func target(link string) *url.URL {
	if u := parseBase(link); u != nil {
		return unwrapRedirect(u)
	}
	return nil
}

var sinaKey = regexp.MustCompile(`^sina:(i[a-z]{7}\d{7})$`)

// keyName is the Key proposed for an article: Sina's own id, which archives
// are named by, else a hash that is safe in file names and addresses. It begins
// with three letters of the source, where the key is one of its own: in the order of
// names what one fetch brings then lies together.
func keyName(key, source string) string {
	if m := sinaKey.FindStringSubmatch(key); m != nil {
		return m[1]
	}
	if liveID.MatchString(key) {
		return strings.ReplaceAll(key, ":", "-")
	}
	if strings.HasPrefix(key, "sina:") {
		return hash(key)
	}
	return hash(source)[:3] + hash(key)[:10]
}

// hash is 65 bits of SHA-256 in 13 lower-case letters and digits.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:13]
}

// printOf is a fingerprint of all that the list tells of an item.
func printOf(it fetcher.Item) uint64 {
	if it.Known != 0 {
		return it.Known
	}
	h := xxhash.New()
	for _, s := range []string{it.Title, it.Link, it.Summary, it.Content, it.Image, it.Updated.String()} {
		_, _ = h.WriteString(s) // never fails
		_, _ = h.Write([]byte{0})
	}
	if it.Withdrawn {
		_, _ = h.WriteString("withdrawn")
	}
	return h.Sum64()
}
