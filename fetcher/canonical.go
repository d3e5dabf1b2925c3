package fetcher

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// canonical writes a feed anew as what the parser reads without loss: well
// formed whatever came, each vocabulary under the prefix that it has with us,
// and of each item only what tells us something. Titles are plain text in it,
// bodies escaped HTML, addresses absolute, ids as they stood (PITFALLS G2 to
// G4, G12 to G15).
//
// It knows the outline of feeds and no more: where items begin and end, what
// stands directly in them. Ends that are missing are found by what may follow.
type canonical struct {
	tokens
	out   bytes.Buffer
	aside []string // texts of the items, which out refers to; see putAside
	atom  bool     // Atom, else one of the kinds of RSS
	limit int

	root   name
	prefix string // of the root, as written
	scope  *scope
	known  map[string]name // by the raw name, in the root's scope
	outer  *scope          // the root's

	item    *item
	items   int
	strange int  // items of a vocabulary that is not the feed's
	ended   bool // nothing more is read
	closed  bool // the root has ended
	shells  int  // elements around the items, so far
	note    string
	partial string
	// elements counts those that were written beside the texts.
	elements int
	// again counts the bytes that were read more than once, for want of an end.
	again int

	old     *knownItems // items that are not read; nil for none
	extents []extent    // of the items that begin behind pos
	spots   []spot      // of the items in the document
	tag     string      // of the items, as written; see extent
	context uint64      // see surroundings
	shaped  bool        // by more than the root
}

// spot is where an item stands among the others.
type spot struct {
	sum    uint64 // of its bytes,
	length int    // and how many there are; 0 where nobody can tell where they end
	old    *Item  // that it is; nil for one that is in out
}

// item is the item that is being written.
type item struct {
	extent
	at      int // where it starts in the source
	start   int // and in the output
	raw     []byte
	scope   *scope
	about   string
	link    string   // the first that leads to the web as it stands,
	ref     string   // and the first that does by the base in force
	base    *url.URL // of relative addresses in its text
	content bool     // it has that text,
	summary bool     // a summary,
	guid    bool     // an id of its own,
	title   bool     // and a title
}

// canonicalise returns the canonical document, without the items that are known of
// those that were found in src. The error is an *Error.
func canonicalise(src []byte, base *url.URL, limit int, old *knownItems, found []extent) (*canonical, error) {
	c := &canonical{tokens: tokens{src: src}, limit: limit, scope: &scope{base: base}, known: map[string]name{}, old: old, extents: found}
	if !c.open() {
		return nil, notList(src, "a feed")
	}
	for !c.ended {
		t, ok := c.next()
		if !ok {
			break
		}
		if err := c.token(t); err != nil {
			c.giveUp(err)
		}
	}
	c.close()
	if c.items == 0 {
		return c, c.empty()
	}
	return c, nil
}

// empty is the error of a feed without items, nil for one that has no news.
func (c *canonical) empty() error {
	switch {
	case c.strange > 0:
		return &Error{Reason: ReasonNoItems, Err: errNoItems}
	case c.partial != "":
		return &Error{Reason: ReasonParse, Err: errors.New(c.partial)}
	}
	return nil
}

// errNoItems is a document whose items were all lost on the way.
var errNoItems = errors.New("the document has items, but none could be read")

// open finds the root. What stands before it is junk, unless it makes the
// document a page.
func (c *canonical) open() bool {
	for {
		t, ok := c.next()
		if !ok {
			return false
		}
		if t.kind != startToken && t.kind != emptyToken {
			continue
		}
		switch root := strings.ToLower(string(localName(t.name))); root {
		case "rss", "feed", "rdf", "channel", "entry":
			c.begin(t, root)
			return true
		case "html", "head", "body":
			return false
		}
	}
}

func (c *canonical) begin(t token, root string) {
	c.scope = c.scope.within(c.bytes(t))
	c.outer = c.scope
	c.prefix, _ = split(string(t.name))
	c.root, c.atom = name{local: root}, root == "feed" || root == "entry"
	c.closed = t.kind == emptyToken
	c.context = c.surroundings(c.bytes(t))
	if c.atom {
		c.out.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom"` + declarations + ">")
	} else {
		c.out.WriteString(`<rss version="2.0"` + declarations + "><channel>")
	}
	switch root {
	case "entry": // a document of one (RFC 4287 §2)
		c.pos = t.at
	case "channel": // CDF, or RSS without its root
		c.cdf(c.bytes(t))
	}
}

func (c *canonical) close() {
	if !c.ended && !c.closed {
		c.partial = fmt.Sprintf("the document ends at byte %d, before its end", len(c.src))
	}
	if c.item != nil {
		c.abandon()
	}
	if c.atom {
		c.out.WriteString("</feed>")
	} else {
		c.out.WriteString("</channel></rss>")
	}
}

// abandon leaves out the item in which the document ended, which is half an item.
func (c *canonical) abandon() {
	if c.partial == "" || !c.ended {
		c.partial = fmt.Sprintf("the document ends at byte %d, inside the item at byte %d", len(c.src), c.item.at)
	}
	c.out.Truncate(c.item.start)
	c.spots = c.spots[:len(c.spots)-1]
	c.item = nil
	c.items--
}

// giveUp stops reading; the items before stay.
func (c *canonical) giveUp(err error) {
	c.partial, c.ended = err.Error(), true
}

// name is an element's; one with the root's prefix, or with none, is native
// whatever the root's namespace is.
func (c *canonical) name(raw []byte) name {
	cached := c.scope == c.outer
	if n, ok := c.known[string(raw)]; ok && cached {
		return n
	}
	n := c.scope.resolve(raw)
	prefix, _ := split(string(raw))
	if prefix == c.prefix && n.space == foreign || n.space == "atom" && (c.atom || prefix == "") {
		n.space = ""
	}
	if cached {
		c.known[string(raw)] = n
	}
	return n
}

// token deals with one token outside the elements that are read as a whole.
func (c *canonical) token(t token) error {
	switch t.kind {
	case startToken, emptyToken:
		if c.closed && c.item == nil && !c.opensItem(c.name(t.name)) {
			return nil // what stands behind the root is junk, but for more items
		}
		outside := c.scope
		c.scope = outside.within(c.bytes(t))
		n := c.name(t.name)
		if c.opensItem(n) {
			c.scope = outside
			c.startItem(t)
			return nil
		}
		if slices.Contains(outlines, n.local) {
			c.enclose(outside)
			return nil
		}
		err := c.element(t, n)
		c.scope = outside
		return err
	case endToken:
		switch n := c.name(t.name); {
		case c.opensItem(n):
			c.endItem(true)
		case n.local == c.root.local && n.space != foreign:
			c.endItem(false)
			c.closed = true
		}
	}
	return nil
}

// enclose makes what a channel declares hold for all that follows. No feed has
// many of them.
func (c *canonical) enclose(outside *scope) {
	const most = 8
	if c.item == nil {
		c.shells++
	}
	if c.item != nil || c.scope == outside || c.shells > most {
		c.scope = outside
		return
	}
	c.outer = c.scope
	c.shaped = true
	clear(c.known)
}

// opensItem tells the names of items: entries in Atom, items elsewhere.
func (c *canonical) opensItem(n name) bool {
	if n.local != "item" && n.local != "entry" || n.space == foreign {
		return false
	}
	return n.space == "" || n.space == "rdf" || n.space == "atom"
}

func (c *canonical) startItem(t token) {
	c.endItem(false) // the one before has lost its end, and what it declared ends with it
	c.items++
	if c.items > c.limit {
		c.items--
		c.note = fmt.Sprintf("only the first %d items are read", c.limit)
		c.ended = true
		return
	}
	x := c.extent(t)
	if it := c.recognise(x); it != nil {
		c.spots = append(c.spots, spot{x.sum, x.to - x.from, it})
		c.pos = x.to
		return
	}
	c.spots = append(c.spots, spot{})
	c.item = &item{at: t.at, start: c.out.Len(), raw: t.name, scope: c.scope, extent: x}
	c.scope = c.scope.within(c.bytes(t))
	if c.atom {
		c.out.WriteString("<entry>")
	} else {
		c.out.WriteString("<item>")
	}
	c.item.about = attribute(c.bytes(t), "about")
	c.cdf(c.bytes(t))
	if t.kind == emptyToken {
		c.endItem(false)
	}
}

// cdf writes what the Channel Definition Format keeps in attributes.
func (c *canonical) cdf(tag []byte) {
	if c.atom {
		return
	}
	if href := attribute(tag, "href"); href != "" {
		c.address(href)
	}
	if at := attribute(tag, "lastmod"); at != "" {
		c.write("pubDate", at)
	}
}

// endItem ends the item that is being written, if there is one; at its own end, or
// where something else shows that it has come.
func (c *canonical) endItem(own bool) {
	if c.item == nil {
		return
	}
	if about := c.item.about; about != "" && !c.atom && !c.item.guid { // RDF names its items so
		c.write("own:id", about)
		c.write("own:about", about)
	}
	if !c.atom {
		c.write("link", cmp.Or(c.item.link, c.item.ref))
	}
	if c.item.base != nil {
		c.write("own:base", c.item.base.String())
	}
	if own && c.item.to == c.pos && c.elements <= crowd && c.tokens.bare == 0 && c.tokens.open == 0 { // nothing beyond it had a say
		c.spots[len(c.spots)-1] = spot{sum: c.item.sum, length: c.item.to - c.item.from}
	}
	if c.atom {
		c.out.WriteString("</entry>")
	} else {
		c.out.WriteString("</item>")
	}
	c.scope, c.item = c.item.scope, nil
}

// unchanged tells whether all items are known, and nothing is wrong with the document.
func (c *canonical) unchanged() bool {
	news := slices.ContainsFunc(c.spots, func(p spot) bool { return p.old == nil })
	return c.items > 0 && !news && c.partial == "" && c.note == ""
}

// outlines are the elements that only hold others, by local names. They are
// walked through.
var outlines = []string{"rss", "rdf", "feed", "channel", "items", "seq", "li"}

// element deals with what stands directly in the feed or in an item.
func (c *canonical) element(t token, n name) error {
	if n.local == "item" || n.local == "entry" {
		c.strange++
	}
	told := c.item != nil || n.space != foreign && slices.Contains(feedElements, n.local)
	if !told && !slices.Contains(feedAsides, n.local) {
		return nil
	}
	if n.local == "content" && strings.HasPrefix(attribute(c.bytes(t), "type"), "multipart/") {
		return nil // Atom 0.3: its parts are looked at
	}
	in, err := c.capture(t)
	if err == nil && told && n.space != foreign {
		c.emit(t, n, in)
	}
	return err
}

// feedElements are those of a feed itself that tell something; feedAsides are
// elements of feeds whose titles and links must not be taken for the feed's.
var (
	feedElements = []string{"title", "link", "ttl", "author", "updateperiod", "updatefrequency", "skiphours", "skipdays"}
	feedAsides   = []string{"image", "textinput", "contributor", "source", "cloud"}
)

// absolute resolves an address by the base in force, where one was given: what
// leads to the web as it stands is left as it is.
func (c *canonical) absolute(ref string) string {
	if s := absolute(c.scope.base, ref); s != "" {
		return s
	}
	return strings.TrimSpace(ref)
}
