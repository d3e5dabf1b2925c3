package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// Options change how one round is fetched.
type Options struct {
	Force bool // ignore rests, validators and body hashes
	// scheduled cycles are left out where another one has just done their work.
	scheduled bool

	DryRun bool // store nothing but rests that hosts ask for, fetch no article pages
}

// Report is what came of one cycle.
type Report struct {
	Source      string
	Err         error // why the source failed; nil if it did not
	NotModified bool
	Resting     bool // the host asked not to be disturbed; not a failure
	Items       int  // listed by the documents that were read
	New         int
	Edited      int
	Filed       int // known articles that gained a category or link
	Pages       int // article pages fetched
	FailedPages int // that will be tried again
	Gap         string
	Note        string // what was wrong with the list, though it was read
	Took        time.Duration
	// Articles that would be stored, of a dry run.
	Articles []article.Article

	ofServer bool // the store is a server's
}

// Failed tells whether the source itself failed.
func (r *Report) Failed() bool { return r.Err != nil && !r.Resting }

// cycle fetches one source: list, pages, articles, store. Its outcome is
// recorded on every path.
func (d *Daemon) cycle(ctx context.Context, s *source, o Options, at place) Report {
	if err := d.running.begin(ctx, s.Name, at); err != nil {
		return Report{Source: s.Name, Err: err}
	}
	defer d.running.end(s.Name)
	held, release, err := d.hold(ctx, s, o, at)
	if err != nil && ctx.Err() != nil {
		return Report{Source: s.Name, Err: errInterrupted}
	}
	if err != nil {
		return Report{Source: s.Name, Err: unstored(err), ofServer: true}
	}
	defer release()
	ctx = held
	d.outcomes.begin()
	defer d.outcomes.end()
	start := time.Now()
	c := &cycle{Daemon: d, s: s, o: o, place: at, began: start, seat: seat{desks: d.desks}, rep: Report{Source: s.Name, ofServer: d.node != nil}}
	defer c.rise()
	err = c.run(ctx)
	if errors.Is(err, errNotDue) {
		return c.rep
	}
	if ctx.Err() != nil || errors.Is(err, storage.ErrLost) {
		err = errInterrupted
	}
	c.interrupted = errors.Is(err, errInterrupted) || errors.Is(err, fetcher.ErrTurn) // not the source's fault, and not recorded
	c.rep.Err = err
	c.rep.Resting = err != nil && fetcher.ReasonOf(err) == fetcher.ReasonResting
	c.rep.Took = time.Since(start)
	if !o.DryRun && !c.interrupted {
		c.conclude()
	}
	c.metrics.cycle(c)
	c.log()
	c.rep.Err = s.hideError(c.rep.Err)
	return c.rep
}

// conclude records the outcome, where that can be, and judges the source by it.
func (c *cycle) conclude() {
	if !shortOf(c.rep.Err) {
		c.rep.Err = errors.Join(c.rep.Err, c.record(c.rep.Err))
	}
	if errors.Is(c.rep.Err, storage.ErrLost) { // what it did is done again by another node
		c.rep.Err, c.interrupted = errInterrupted, true
		return
	}
	if shortOf(c.rep.Err) {
		c.short(c.rep.Err)
		return
	}
	c.stored()
	if err := c.judge(c.rep.Err); err != nil {
		c.s.log().Error("health unknown", "err", err)
	}
}

// cycle is one run of one source.
type cycle struct {
	*Daemon
	s *source
	o Options
	// place is the source's in its round.
	place place
	seat
	began time.Time
	wrote time.Time // when its last write began
	rec   *storage.Source
	again []storage.Retry // due when it began
	rep   Report
	// from is where the list came from in the end.
	from string
	// listed are the keys of all items that were read.
	listed []string
	// recorded tells that the source's record went in with the last batch.
	recorded bool
	// first tells that the source was never fetched before.
	first bool
	// excused tells that our own link or machine is to blame; interrupted, that we stopped.
	excused, interrupted bool
	// brought tells that it lists something that it had not listed before.
	brought bool
	// samples are of the newest articles that were stored, newest first.
	samples []storage.Sample
}

func (c *cycle) run(ctx context.Context) (err error) {
	if c.rec, c.again, err = c.store.State(c.s.Name, time.Now(), batchSize); err != nil {
		return unstored(err)
	}
	if c.o.scheduled && c.s.dueBy(c.rec).After(c.Now()) {
		return errNotDue
	}
	c.first = c.rec.LastFetch.IsZero()
	c.s.renew(c.rec)
	c.s.agree(c.rec)
	if left := time.Until(c.rec.Gone); left > 0 && !c.o.Force {
		return &fetcher.Error{Reason: fetcher.ReasonResting, URL: fetcher.Redact(c.address(c.s, c.rec)), Status: http.StatusGone, RetryAfter: left,
			Err: fmt.Errorf("it is gone, says its host; it is asked again after %s", c.rec.Gone.Format(time.RFC3339))}
	}
	found, err := c.list(ctx)
	if err != nil {
		return err
	}
	again, err := c.retries()
	if err != nil {
		return err
	}
	found.wanted = append(again, found.wanted...)
	if c.o.DryRun {
		c.preview(found)
		return nil
	}
	return c.addAll(ctx, found)
}

// wanted is an item to be made an article of.
type wanted struct {
	item     fetcher.Item
	id       article.Identity
	standing storage.Standing
	of       string // Key of the article that it was recognised as
	attempts int    // times its page was tried in vain
}

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
	c.noteMove(doc, time.Now())
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
		Use: func(doc *fetcher.Document) {
			if !doc.NotModified {
				_ = c.sit(ctx) // whoever goes on looks whether it has ended
			}
		},
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
	if rec.Terms != s.terms {
		rec.URL, rec.ETag, rec.LastModified, rec.Hash, rec.Sent, rec.Prints, rec.Terms = "", "", "", 0, 0, new(string), s.terms
	}
}

// same tells that a document lists what it listed last time, though its
// server does not say so.
func (c *cycle) same(doc *fetcher.Document) bool {
	return !c.o.Force && c.rec.Hash != 0 && c.s.reader.Print(doc) == c.rec.Hash
}

// batchSize is how many articles one transaction takes: few enough that a kill loses
// little work, enough that a sync is cheap. batchSizeListed is that of a source
// whose articles are in its list: making them again takes no fetching.
const batchSize, batchSizeListed = 20, 50

// addAll makes articles of the wanted items, oldest first, so that after a
// crash what is unknown is the newest, and the next cycle finds it.
func (c *cycle) addAll(ctx context.Context, f found) error {
	if err := c.addMoved(ctx, &f); err != nil {
		return err
	}
	if len(f.wanted) == 0 {
		c.vouch(f)
		return nil
	}
	if err := c.aside(ctx, func() error { return c.place.wait(ctx) }); err != nil {
		return err
	}
	mine, err := c.claim(ctx, f.wanted)
	c.place.pass()
	defer func() { c.release(mine, f.wanted) }()
	if err != nil {
		return err
	}
	size := batchSizeListed
	if c.s.FullText {
		size = batchSize
	}
	for batch := range slices.Chunk(f.wanted, size) {
		if err := c.aside(ctx, func() error { return c.await(ctx, mine, batch) }); err != nil {
			return err
		}
		if last := &batch[len(batch)-1] == &f.wanted[len(f.wanted)-1]; last {
			c.vouch(f)
			if err := c.succeed(time.Now()); err != nil {
				return err
			}
			c.recorded = true
		}
		if err := c.addBatch(ctx, batch); err != nil {
			c.recorded = false
			return err
		}
		c.release(mine, batch)
	}
	return nil
}

// addMoved stores what was recognised in one transaction: a part of it would be
// too few to be recognised again.
func (c *cycle) addMoved(ctx context.Context, f *found) error {
	var moved, others []wanted
	for _, w := range f.wanted {
		if w.of != "" {
			moved = append(moved, w)
		} else {
			others = append(others, w)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	f.wanted = others
	c.s.log().Warn("source re-identified", "items", len(moved), "hint", "its ids and addresses have changed; nothing is published twice")
	return c.addBatch(ctx, moved)
}

// addBatch makes articles of some items and stores them in one transaction.
func (c *cycle) addBatch(ctx context.Context, batch []wanted) error {
	if err := c.resight(batch); err != nil {
		return err
	}
	b, err := c.entries(ctx, batch)
	if err != nil {
		return err
	}
	b.Similar = c.cfg.Dedup.Similar && c.cfg.Dedup.Scope != "source"
	if c.s.options.Site != "sina" { // whose lists many desks fill: one story stands in them twice
		b.Document = c.listed
	}
	if c.recorded || c.disown(batch) {
		b.State = c.rec
	}
	c.wrote = time.Now()
	changes, err := c.store.Add(b)
	if err != nil {
		return unstored(err)
	}
	c.count(changes, b.Entries)
	c.tell(changes)
	return nil
}

// vouch notes the validators; they are stored with the last batch or, where
// nothing changed, with the outcome.
func (c *cycle) vouch(f found) {
	if v := f.validators; v != nil {
		c.rec.URL, c.rec.ETag, c.rec.LastModified, c.rec.Hash, c.rec.Sent = v.URL, v.ETag, v.LastModified, v.Hash, v.Sent
		if f.prints != nil {
			c.rec.Prints = f.prints
		}
	} else {
		c.disown(f.wanted)
	}
}

// disown takes back that the articles are as the last document that was read whole lists
// them, before some are stored as they are listed otherwise: were they to read again as
// they did then, nobody would see it. It tells whether there was anything to take back.
func (c *cycle) disown(batch []wanted) bool {
	if !slices.ContainsFunc(batch, func(w wanted) bool { return w.standing == storage.Changed }) {
		return false
	}
	r := c.rec
	if r.ETag == "" && r.LastModified == "" && r.Hash == 0 && r.Sent == 0 && (r.Prints != nil && *r.Prints == "") {
		return false
	}
	r.ETag, r.LastModified, r.Hash, r.Sent, r.Prints = "", "", 0, 0, new(string)
	return !c.first
}

func (c *cycle) count(changes []storage.Change, entries []storage.Entry) {
	for i, ch := range changes {
		c.metrics.change(ch, !c.first)
		switch ch.Outcome {
		case storage.Stored:
			c.rep.New++
			if ch.Article.Withdrawn.IsZero() {
				sample := storage.Sample{Seen: ch.Article.Seen, Published: ch.Article.Published, Verdict: entries[i].Verdict}
				c.samples = slices.Insert(c.samples[:min(len(c.samples), health.Samples-1)], 0, sample)
			}
		case storage.Edited:
			c.rep.Edited++
		case storage.Filed:
			c.rep.Filed++
		}
	}
}
