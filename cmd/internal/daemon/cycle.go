package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
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
// recorded on every path, and then done is told of it: perhaps later, for a cycle that
// has only that to wait for lets go of all else.
func (d *Daemon) cycle(ctx context.Context, s *source, o Options, at place, done func(Report)) {
	ahead, err := d.running.begin(ctx, s.Name, at)
	if err != nil {
		done(Report{Source: s.Name, Err: err})
		return
	}
	held, release, err := d.hold(ctx, s, o, at)
	if err != nil {
		d.running.end(s.Name)
		rep := Report{Source: s.Name, Err: unstored(err), ofServer: true}
		if ctx.Err() != nil {
			rep = Report{Source: s.Name, Err: errInterrupted}
		}
		done(rep)
		return
	}
	d.outcomes.begin()
	c := &cycle{Daemon: d, s: s, o: o, place: at, began: time.Now(), seat: seat{desks: d.desks}, rep: Report{Source: s.Name, ofServer: d.node != nil}, let: release, done: done}
	err = c.run(held, ahead)
	if errors.Is(err, errNotDue) {
		c.end()
		return
	}
	if held.Err() != nil || errors.Is(err, storage.ErrLost) {
		err = errInterrupted
	}
	c.interrupted = errors.Is(err, errInterrupted) || errors.Is(err, fetcher.ErrTurn) // not the source's fault, and not recorded
	c.rep.Err = err
	c.rep.Resting = err != nil && fetcher.ReasonOf(err) == fetcher.ReasonResting
	c.rep.Took = time.Since(c.began)
	switch {
	case o.DryRun || c.interrupted:
		c.tellEnd()
	case c.calm():
		at.pass()
		c.rep.Err = c.succeed(time.Now())
		c.bring(c.rec, func(err error) {
			c.conclude(err)
			c.tellEnd()
		})
	case shortOf(err):
		c.conclude(nil)
		c.tellEnd()
	default:
		c.conclude(c.record(err))
		c.tellEnd()
	}
}

// tellEnd tells of the cycle, and ends it.
func (c *cycle) tellEnd() {
	c.metrics.cycle(c)
	c.log()
	c.rep.Err = c.s.hideError(c.rep.Err)
	c.end()
}

// end lets another cycle of the source begin.
func (c *cycle) end() {
	c.rise()
	if !c.reported {
		c.outcomes.end()
	}
	c.let()
	c.running.end(c.s.Name)
	c.done(c.rep)
}

// conclude judges the source by the outcome, of which recorded tells whether it could be.
func (c *cycle) conclude(recorded error) {
	if recorded != nil && (c.rep.Err == nil || c.rep.Err.Error() != recorded.Error()) { // else it is told
		c.rep.Err = errors.Join(c.rep.Err, recorded)
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
	rep   Report
	made  atomic.Pointer[normalize.Options] // see options
	// from is where the list came from in the end.
	from string
	// listed are the keys of all items that were read.
	listed []string
	// recorded tells that the source's record went in with the last batch; reported, that
	// it was brought to be stored with others.
	recorded, reported bool
	// first tells that the source was never fetched before.
	first bool
	// excused tells that our own link or machine is to blame; interrupted, that we stopped.
	excused, interrupted bool
	// wishes tells that articles wait to be made anew.
	wishes bool
	// brought tells that it lists something that it had not listed before.
	brought bool
	// samples are of the newest articles that were stored, newest first.
	samples []storage.Sample

	let  func() // lets go of the source among all nodes
	done func(Report)
}

// run runs the cycle from the state of its source, where that was read ahead.
func (c *cycle) run(ctx context.Context, state *storage.State) error {
	if state == nil {
		states, err := c.store.States([]string{c.s.Name})
		if err != nil {
			c.rec = &storage.Source{Name: c.s.Name}
			return unstored(err)
		}
		state = &states[0]
	}
	c.rec, c.wishes = state.Source, state.Wishes
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
	mine, err := c.inTurn(ctx, f.wanted)
	defer func() { c.release(mine, f.wanted) }()
	if err != nil {
		return err
	}
	size := batchSizeListed
	if c.s.FullText {
		size = batchSize
	}
	for batch := range slices.Chunk(f.wanted, size) {
		if err := c.await(ctx, mine, batch); err != nil {
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

// inTurn claims the items once the sources before this one have claimed theirs. Who need
// not wait keeps the desk: else all that is read would queue for desks, in memory.
func (c *cycle) inTurn(ctx context.Context, items []wanted) (mine map[string]bool, err error) {
	if c.node != nil || !c.place.isNext() {
		c.rise()
	}
	if err = c.place.wait(ctx); err == nil {
		mine, err = c.claim(ctx, items)
	}
	c.place.pass()
	if err != nil {
		return mine, err
	}
	return mine, c.sit(ctx)
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
	if c.options().Site != "sina" { // whose lists many desks fill: one story stands in them twice
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
