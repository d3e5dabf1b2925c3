package daemon

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// found is what the documents of a cycle bring.
type found struct {
	wanted     []wanted            // oldest first
	validators *fetcher.Validators // of the list, if it was read whole,
	prints     *string             // and of its items; nil where they are as they were
}

// list fetches the list, and further pages of it until known ground, and
// returns the items that are new or changed.
func (c *cycle) list(ctx context.Context) (f found, err error) {
	address := c.address(c.s, c.rec)
	doc, err := c.get(ctx, address, c.validators())
	if ctx.Err() == nil {
		// Who fetches by hand is told the error, whosever it is.
		if c.o.scheduled && unreachable(err) && c.Offline(ctx, err) {
			c.link.fall(time.Now())
		}
		c.link.note(address, err, time.Now())
	}
	if err != nil {
		return found{}, err
	}
	defer func() {
		if err == nil { // else somebody may still be reading
			doc.Release()
		}
	}()
	c.from = doc.URL
	c.noteMove(doc)
	if fresh, told := doc.Fresh(); told || doc.Status == http.StatusOK {
		c.rec.Fresh = fresh // what a 304 does not tell stays (RFC 9111 §3.2)
	}
	if doc.NotModified || c.same(doc) {
		c.rep.NotModified = true
		v := doc.Validators
		v.Hash = c.rec.Hash
		return found{validators: &v}, nil
	}
	first, err := c.s.reader.Read(doc)
	if feeds := fetcher.Feeds(err); len(feeds) > 0 && (c.rec.LastSuccess.IsZero() || c.rec.URL != doc.URL) { // else a page stands in the feed's place for a while
		doc, first, err = c.discovered(ctx, feeds[0], err)
	}
	if first.Same > 0 && c.rec.Articles == 0 || ambiguous(first.Items) { // the record is another store's; or words decide
		doc.Known = ""
		first, err = c.s.reader.Read(doc)
	}
	if err != nil {
		return found{}, err
	}
	c.rec.TTL, c.rec.Skip = min(first.TTL, longestFresh), uint32(first.Skip)
	c.rep.Note = c.s.hide(cmp.Or(first.Partial, first.Note))
	c.rec.Note = c.rep.Note
	if first.Same > 0 {
		c.rep.Items, c.rec.Empty = first.Same, time.Time{}
		v := doc.Validators
		v.Hash = c.s.reader.Print(doc)
		return found{validators: &v, prints: c.printed(doc, first, nil)}, nil
	}
	step := c.rec.Step
	p, err := c.pages(ctx, doc, first)
	if err == nil && p.doubtful() {
		doc.Known, c.rec.Step = "", step
		if first, err = c.s.reader.Read(doc); err == nil {
			p, err = c.pages(ctx, doc, first)
		}
	}
	if err != nil {
		return found{}, err
	}
	c.rep.Items = len(p.items)
	c.brought = slices.ContainsFunc(p.sightings, unlisted)
	switch {
	case len(first.Items) > 0:
		c.rec.Empty = time.Time{}
	case c.rec.Empty.IsZero():
		c.rec.Empty = c.began
	}
	for _, id := range p.ids {
		c.listed = append(c.listed, id.Keys...)
	}
	f.wanted = p.wanted()
	if first.Partial == "" {
		v := doc.Validators
		v.Hash = c.s.reader.Print(doc)
		f.validators = &v
		f.prints = c.printed(doc, first, p.ids)
	}
	return f, nil
}

// printed are the prints of a list to be kept. Items that are told from others by their
// words alone cannot be known without them, and make an end of that for all.
func (c *cycle) printed(doc *fetcher.Document, list fetcher.List, ids []article.Identity) *string {
	prints := string(list.Prints)
	if slices.ContainsFunc(ids, func(id article.Identity) bool { return normalize.ByWords(id.Keys[0]) }) {
		prints = ""
	}
	if prints == string(doc.Known) && doc.Known != "" {
		return nil
	}
	return &prints
}

// pages reads a list whose first page is read, as far back as need be.
func (c *cycle) pages(ctx context.Context, doc *fetcher.Document, first fetcher.List) (*pages, error) {
	p := newPages(c.s, first.Items)
	p.next = first.Next
	p.read[doc.URL] = true
	return p, c.pageBack(ctx, p)
}

// ambiguous tells that an item which was not read whole shares its id with another. What
// is listed twice word for word is one item, and only the words tell that.
func ambiguous(items []fetcher.Item) bool {
	known := map[string]bool{} // by id, whether it was not read whole
	for _, it := range items {
		if it.ID == "" {
			continue
		}
		if before, twice := known[it.ID]; twice && (before || it.Known != 0) {
			return true
		}
		known[it.ID] = known[it.ID] || it.Known != 0
	}
	return false
}

func (c *cycle) get(ctx context.Context, url string, v fetcher.Validators) (*fetcher.Document, error) {
	c.rise()
	r := fetcher.Request{
		URL: url, Header: c.headers(url), Charset: c.s.Charset, Validators: v, Force: c.o.Force, Begun: c.place.begun,
		Unpack: func() { _ = c.sit(ctx) }, // whoever goes on looks whether it has ended
	}
	if v != (fetcher.Validators{}) {
		r.Known = c.prints
	}
	return c.client.Get(ctx, r)
}

// prints are those of the document that the source's validators are of.
func (c *cycle) prints() fetcher.Prints {
	prints, err := c.store.Prints(c.s.Name)
	if err != nil { // whatever it is, storing will tell
		c.s.log().Debug("prints not read", "err", err)
	}
	return fetcher.Prints(prints)
}

// headers are those of the configuration, for the host that it names: neither
// where the list has moved to nor where its older part lies is that.
func (c *cycle) headers(url string) http.Header {
	if len(c.s.Headers) == 0 || host(url) != host(c.s.reader.URL(1)) {
		return nil
	}
	return c.s.Fetcher().Headers
}

func (c *cycle) validators() fetcher.Validators {
	if c.o.Force {
		return fetcher.Validators{}
	}
	return fetcher.Validators{URL: c.rec.URL, ETag: c.rec.ETag, LastModified: c.rec.LastModified, Hash: c.rec.Hash, Sent: c.rec.Sent}
}

// renew forgets the trouble with another address than the configured one, for which
// the source was told to rest, or was left alone.
func (s *source) renew(rec *storage.Source) {
	if rec.Configured == "" || rec.Configured == s.reader.URL(1) || rec.Error == "" {
		return
	}
	rec.Gone, rec.Due = time.Time{}, time.Time{}
	rec.Error, rec.ErrorSince, rec.Failures = "", time.Time{}, 0
}

// agree forgets validators of a document that was asked for or read on other
// terms: it is fetched whole, once.
func (s *source) agree(rec *storage.Source) {
	if terms := s.reader.Terms(); rec.Terms != terms {
		rec.URL, rec.ETag, rec.LastModified, rec.Hash, rec.Sent, rec.Prints, rec.Terms = "", "", "", 0, 0, new(string), terms
	}
}

// same tells that a document lists what it listed last time, though its
// server does not say so.
func (c *cycle) same(doc *fetcher.Document) bool {
	return !c.o.Force && c.rec.Hash != 0 && c.s.reader.Print(doc) == c.rec.Hash
}
