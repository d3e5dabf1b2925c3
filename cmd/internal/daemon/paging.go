package daemon

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// pages gathers the items of a list's pages.
type pages struct {
	s     *source
	seen  map[[2]string]bool
	items []fetcher.Item
	last  int    // items of the page read last
	next  string // where that says the list goes on
	read  map[string]bool
	end   string // why it is not read on, though known ground is not reached
	// ground is until when the source's articles are known; see known.
	ground time.Time

	ids       []article.Identity
	sightings []storage.Sighting
	of        []string // Key of the article that an item was recognised as
}

func newPages(s *source, items []fetcher.Item) *pages {
	p := &pages{s: s, seen: map[[2]string]bool{}, read: map[string]bool{}}
	p.add(items)
	return p
}

// add takes the items of a page. A list that moves on while it is paged shows
// some of an earlier page's again. What one page repeats is not the same twice
// for that: some feeds give all their items one id and one link.
func (p *pages) add(items []fetcher.Item) {
	p.last = 0
	shown := maps.Clone(p.seen)
	for _, it := range items {
		key := [2]string{it.ID, it.Link}
		if it.Empty() || shown[key] && key != [2]string{} {
			continue
		}
		p.seen[key] = true
		p.items = append(p.items, it)
		p.last++
	}
}

// options are how the source's items become articles, by what is known of its
// ids so far. Most cycles bring no item.
func (c *cycle) options() normalize.Options {
	made := c.made.Load()
	if made == nil {
		o := c.s.Normalize(c.cfg)
		made = &o
		c.made.Store(made)
	}
	o := *made
	o.Step = normalize.Step(c.rec.Step)
	return o
}

// patience is how many cycles in a row may fail on a page before what the
// pages before it bring is taken without it.
const patience = 3

// pageBack reads page after page while it has not come to ground that this
// source has listed before. Nothing above a hole may be stored: the hole would
// then be taken for known ground.
func (c *cycle) pageBack(ctx context.Context, p *pages) (err error) {
	if p.ground, err = c.known(); err != nil {
		return err
	}
	for n := 1; ; n++ {
		if err := c.sight(p); err != nil {
			return err
		}
		further := c.further(p, n)
		if further == "" {
			c.noteGap(p, n)
			return c.sweep(ctx, p, n)
		}
		err := c.nextPage(ctx, p, further)
		if err != nil && c.rec.Failures >= patience && ctx.Err() == nil {
			c.rep.Gap = fmt.Sprintf("page %d cannot be read: what it lists may be missing", n+1)
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (c *cycle) nextPage(ctx context.Context, p *pages, url string) error {
	p.read[url] = true
	doc, err := c.get(ctx, url, fetcher.Validators{})
	if err != nil {
		return err
	}
	list, err := c.s.reader.Read(doc)
	if err != nil && fetcher.ReasonOf(err) != fetcher.ReasonNoMatch { // else it is past the last page
		return err
	}
	p.add(list.Items)
	p.next = list.Next
	doc.Release()
	return nil
}

func (c *cycle) sight(p *pages) (err error) {
	var step normalize.Step
	p.ids, step = normalize.Identify(p.items, c.options())
	c.rec.Step = int(step)
	if p.sightings, err = c.store.Sight(c.s.Name, p.ids); err != nil {
		return unstored(err)
	}
	if !c.o.DryRun {
		if err := c.store.Listed(c.s.Name, p.ids); err != nil {
			return unstored(err)
		}
	}
	return c.recognise(p)
}

// recognise finds items again whose site has changed all ids and addresses: a
// source most of whose items are new is looked at twice.
func (c *cycle) recognise(p *pages) error {
	p.of = make([]string, len(p.items))
	var unknown []int
	for i, s := range p.sightings {
		if s.Standing == storage.New {
			unknown = append(unknown, i)
		}
	}
	if c.rec.LastSuccess.IsZero() || 2*len(unknown) < len(p.items) {
		return nil
	}
	looks := make([]storage.Look, len(unknown))
	for j, i := range unknown {
		it := p.items[i]
		looks[j] = storage.Look{Title: it.Title, Published: it.Published, Text: cmp.Or(it.Content, it.Summary)}
	}
	keys, err := c.store.Recognise(c.s.Name, looks)
	for j, key := range keys {
		if key != "" {
			i := unknown[j]
			p.of[i], p.sightings[i].Standing, p.sightings[i].Listed = key, storage.Copy, true
		}
	}
	return unstored(err)
}

// tail is how many of the last items must all be known for them to be known
// ground. Sina's lists are ordered by creation, but items enter late: in 60
// polls of the busiest list one new item in five stood below known ones, at
// most 38 of them. One known item proves nothing.
const tail = 40

// onGround tells whether the pages reach known ground: their last items have
// all been listed by this source before. A source that was never fetched whole
// is read back as far as feeds reach; if a first fetch of it was cut short, at
// least until what that has stored, which are the oldest of what it found.
func (c *cycle) onGround(p *pages) bool {
	end := len(p.sightings)
	switch last := p.sightings[max(0, end-tail):]; {
	case !slices.ContainsFunc(last, unlisted):
		return true
	case !c.rec.LastSuccess.IsZero():
		return false
	case !p.ground.IsZero() && !slices.ContainsFunc(p.sightings, listed):
		return false
	}
	newest, oldest := p.items[0].Published, p.items[end-1].Published
	return !oldest.IsZero() && newest.Sub(oldest) > time.Duration(c.cfg.Feeds.Window)
}

func listed(s storage.Sighting) bool   { return s.Listed }
func unlisted(s storage.Sighting) bool { return !s.Listed }

// known tells until when the source's articles are known: its last success or,
// where a first fetch was cut short, the newest that it came to; zero for a
// source that has listed nothing yet.
func (c *cycle) known() (time.Time, error) {
	if !c.rec.LastSuccess.IsZero() {
		return c.rec.LastSuccess, nil
	}
	newest, err := c.store.NewestOfSource(c.s.Name, storage.Window{Entries: 1})
	if err != nil || len(newest) == 0 {
		return time.Time{}, unstored(err)
	}
	return newest[0].Published, nil
}

// doubtful tells that an item which was not read whole is not known after all.
func (p *pages) doubtful() bool {
	for i, it := range p.items {
		if it.Known != 0 && p.sightings[i].Standing != storage.Unchanged {
			return true
		}
	}
	return false
}

// noteGap says what paging back achieved, where it had to.
func (c *cycle) noteGap(p *pages, read int) {
	switch {
	case c.s.reader.Pages() == 1:
		c.noteLinkedGap(p, read)
	case p.ground.IsZero():
	case p.last == 0 && slices.ContainsFunc(p.sightings, listed): // a short list, some of which is known
	case !c.onGround(p) && c.rec.LastSuccess.IsZero() && slices.ContainsFunc(p.sightings, listed):
		// A first fetch that was cut short has stored the oldest: nothing lies between.
	case !c.onGround(p):
		c.rep.Gap = c.notClosable(p)
	case read > 1:
		c.rep.Gap = "gap closed"
	}
}

func (c *cycle) notClosable(p *pages) string {
	return fmt.Sprintf("gap not closable, %d hours missing: %s", c.missing(p), p.end)
}

// missing is how many hours lie between known ground and the oldest item that
// could still be read, rounded up.
func (c *cycle) missing(p *pages) int {
	oldest := p.items[len(p.items)-1].Published
	if oldest.IsZero() {
		oldest = time.Now()
	}
	return int(math.Ceil(max(0, oldest.Sub(p.ground).Hours())))
}

// wanted returns what is new or changed, oldest first. Documents list the
// newest first; where all items tell their time, that decides.
func (p *pages) wanted() []wanted {
	var out []wanted
	for i, it := range p.items {
		if s := p.sightings[i]; s.Standing != storage.Unchanged {
			id := p.ids[i]
			id.Keys = s.Keys
			out = append(out, wanted{item: it, id: id, standing: s.Standing, of: p.of[i]})
		}
	}
	slices.Reverse(out)
	timed := !slices.ContainsFunc(out, func(w wanted) bool { return w.item.Published.IsZero() })
	if timed && p.s.reader.Pages() == 1 {
		slices.SortStableFunc(out, func(a, b wanted) int { return a.item.Published.Compare(b.item.Published) })
	}
	return out
}
