package feedout

import (
	"context"
	"fmt"
	"log/slog"
	pathpkg "path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Loader finds what is to be published.
type Loader interface {
	// Feed returns the feed of a slug, or ErrNoFeed, ErrGone or a *Moved. A
	// slug may hold a slash, as in "stock/sz000931".
	Feed(ctx context.Context, slug string) (*Feed, error)
	// Outlines returns the feeds on offer, and what the list is called.
	Outlines(ctx context.Context) (title string, outlines []Outline, err error)
}

// Marks remember how documents looked last.
type Marks interface {
	// Mark returns the entity tag of the document last shown at a path, and
	// since when it is the one. Where none was shown the tag is empty, and the
	// time is that from which on one would be known.
	Mark(path string) (etag string, since time.Time, err error)
	// PutMark notes another one, and gives since when it is the one: another
	// process, which shows the same, may have noted it before.
	PutMark(path, etag string, since time.Time) (time.Time, error)
}

// Options may all be left zero.
type Options struct {
	// Formats are those published: "atom", "rss", "json"; default all.
	Formats []string
	// Marks outlive the process; without them a new one knows only what the
	// articles tell of when a document changed.
	Marks Marks
	// Memory is how many bytes of documents are kept at most, about; default
	// 128 MiB. Those not asked for the longest are dropped, and rendered again.
	Memory int
	// Timeout ends a load that hangs; default 30 s.
	Timeout time.Duration
	// Log is told of documents that could not be rendered.
	Log *slog.Logger
	// Now is the clock; default time.Now. No document shows it.
	Now func() time.Time
}

// Publisher renders each document once per change and serves its bytes.
type Publisher struct {
	load   Loader
	o      Options
	flight singleflight.Group
	turns  chan struct{} // renders at a time: each takes memory of its own

	mu      sync.Mutex // held for look-ups only, never while loading or writing
	changes uint64     // how often Changed was called
	uses    uint64     // how often a document was asked for
	slots   map[string]*slot
	kept    int // size of the documents in slots
}

// slot is the state of one path.
type slot struct {
	target   target
	doc      *Document // the last good one; nil before the first and when dropped
	last     mark      // of the last good one, dropped or not, perhaps another process's
	used     uint64    // Publisher.uses at the last request
	changed  uint64    // Publisher.changes at the last change
	rendered uint64    // changed when the load of doc began
}

// New returns a Publisher of what load finds.
func New(load Loader, o Options) *Publisher {
	if len(o.Formats) == 0 {
		o.Formats = []string{"atom", "rss", "json"}
	}
	if o.Memory == 0 {
		o.Memory = 128 << 20
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Publisher{load: load, o: o, slots: map[string]*slot{}, turns: make(chan struct{}, max(4, runtime.GOMAXPROCS(0)))}
}

// Changed says that the articles of these feeds changed, or of all feeds when
// none is named, and of what is below them: "source" is all sources, and the archives
// of a feed are below it. They are rendered anew, and the list of feeds with them, at
// the next request.
func (p *Publisher) Changed(slugs ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes++
	if len(slugs) == 0 {
		for path := range p.slots {
			p.stale(path)
		}
		return
	}
	p.stale(ListPath)
	named := map[string]bool{}
	for _, slug := range slugs {
		named[slug] = true
	}
	for path, s := range p.slots {
		for slug := s.target.slug; slug != "." && slug != ""; slug = pathpkg.Dir(slug) {
			if named[slug] {
				p.stale(path)
			}
		}
	}
}

func (p *Publisher) stale(path string) {
	if s := p.slots[path]; s != nil {
		s.changed = p.changes
	}
}

// Document returns what is published at path, rendered anew if it changed. It
// returns what the Loader says where nothing is. When rendering fails it returns the last
// good document, and the error only where there never was one.
func (p *Publisher) Document(ctx context.Context, path string) (*Document, error) {
	at, ok := p.target(path)
	if !ok {
		return nil, ErrNoFeed
	}
	return p.document(ctx, path, at)
}

func (p *Publisher) document(ctx context.Context, path string, at target) (*Document, error) {
	s, doc, count := p.slot(path, at)
	if doc != nil {
		return doc, nil
	}
	// Who asks after a change must not join a load that began before it:
	// the count is part of the key.
	done := p.flight.DoChan(fmt.Sprint(path, " ", count), func() (any, error) {
		// All who wait share the result, so one who leaves must not end it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.o.Timeout)
		defer cancel()
		select {
		case p.turns <- struct{}{}:
			defer func() { <-p.turns }()
			return p.refresh(ctx, path, s, count)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	})
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*Document), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// target is what a path stands for, if that is published.
func (p *Publisher) target(path string) (target, bool) {
	at, ok := targetOf(path)
	published := at.slug == "" || slices.Contains(p.o.Formats, strings.TrimPrefix(at.suffix, "."))
	return at, ok && published
}

// slot returns the slot of a path, its document if that is current, and the
// number of changes so far.
func (p *Publisher) slot(path string, at target) (*slot, *Document, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.slots[path]
	if s == nil {
		s = &slot{target: at, changed: p.changes}
		p.slots[path] = s
	}
	p.uses++
	s.used = p.uses
	if s.rendered != s.changed {
		return s, nil, s.changed
	}
	return s, s.doc, s.changed
}

// refresh renders a path and puts the document into its slot.
func (p *Publisher) refresh(ctx context.Context, path string, s *slot, count uint64) (*Document, error) {
	doc, err := render(ctx, p.load, s.target)
	if err != nil && !absent(err) {
		p.o.Log.Error("feed not rendered", "path", path, "err", err)
	}
	if err != nil {
		return p.unrendered(path, s, err)
	}
	if err := p.recall(path, s); err != nil {
		p.o.Log.Error("feed not dated", "path", path, "err", err)
		return p.unrendered(path, s, err)
	}
	doc, changed := p.settle(path, s, doc, count)
	if changed && p.o.Marks != nil {
		since, err := p.o.Marks.PutMark(path, doc.ETag, doc.Modified)
		if err != nil { // it counts as a change after the next start
			p.o.Log.Warn("feed's change not noted", "path", path, "err", err)
			return doc, nil
		}
		return p.redate(path, s, doc, since.Truncate(time.Second)), nil
	}
	return doc, nil
}

// unrendered is what is published where rendering failed: the last good
// document, which the next request tries to renew. A slot that never held one is
// given up: strangers ask for anything, which must cost nothing.
func (p *Publisher) unrendered(path string, s *slot, err error) (*Document, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.doc != nil && !absent(err) {
		return s.doc, nil
	}
	if p.slots[path] == s && (absent(err) || s.last == mark{}) {
		p.drop(s)
		delete(p.slots, path)
	}
	return nil, err
}

// settle puts a document into its slot, and tells whether it is another than the
// one before.
func (p *Publisher) settle(path string, s *slot, doc *Document, count uint64) (_ *Document, changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.doc != nil && s.rendered >= count { // a later load was faster
		return s.doc, false
	}
	changed = doc.ETag != s.last.etag
	doc = p.successor(s, doc)
	if p.slots[path] == s { // or another load found nothing and took the slot away
		p.keep(s, doc)
		s.rendered = count
	}
	return doc, changed
}
