package feedout

import (
	"slices"
	"sync/atomic"
	"time"
)

// mark tells one state of a document from another. It outlives the bytes, so
// that a document rendered again is the same to readers.
type mark struct {
	etag     string
	modified time.Time
}

// recall gives a new slot the mark of what was last shown there.
func (p *Publisher) recall(path string, s *slot) error {
	p.mu.Lock()
	known := s.last != mark{}
	p.mu.Unlock()
	if known || p.o.Marks == nil {
		return nil
	}
	etag, since, err := p.o.Marks.Mark(path)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if (s.last == mark{}) {
		s.last = mark{etag, since.Truncate(time.Second)} // as HTTP tells times
	}
	return nil
}

// successor is what follows the last document of a slot: that itself if no byte
// changed, with its compressed bytes. Where content changed and no article tells
// when, because one left, the configuration is another or two changes share a
// second, it was now.
func (p *Publisher) successor(s *slot, doc *Document) *Document {
	old, now := s.last, p.o.Now().Truncate(time.Second)
	switch {
	case old.etag == doc.ETag && s.doc != nil:
		return s.doc.saying(doc)
	case old.etag == doc.ETag:
		doc.Modified = old.modified
	case old.etag == "" && doc.Modified.IsZero():
		doc.Modified = now
	case old.etag == "": // nobody knows what was shown before the marks began
		doc.Modified = latest(doc.Modified, old.modified)
	case !doc.Modified.After(old.modified):
		doc.Modified = after(old.modified, now)
	}
	return doc
}

// after is when a document changed that was of one time before, as its readers are
// to tell the two apart: at the second of a second change within one, the next one. Of
// that nobody is told before it comes (see Publisher.modified), so that further changes
// till then are of it too, however many they are.
func after(old, now time.Time) time.Time {
	if next := now.Add(time.Second); old.Equal(next) {
		return next
	}
	return latest(now, old.Add(time.Second))
}

// saying is the document with what another one of the same bytes says beside
// them. Readers may be at work with it: it is not changed.
func (d *Document) saying(other *Document) *Document {
	if slices.Equal(d.kept, other.kept) && slices.Equal(d.links, other.links) && d.settled == other.settled {
		return d
	}
	same := *d
	same.kept, same.links, same.settled = other.kept, other.links, other.settled
	return &same
}

// redate has a document be of the time that another process noted first.
func (p *Publisher) redate(path string, s *slot, doc *Document, since time.Time) *Document {
	if since.Equal(doc.Modified) {
		return doc
	}
	same := *doc
	same.Modified, same.dated = since, new(atomic.Pointer[[]string])
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slots[path] == s && s.doc == doc {
		s.doc, s.last = &same, mark{same.ETag, since}
	}
	return &same
}

// keep puts a document into its slot, and drops others until there is room. One
// reader's document may be dropped while it is being sent: the reader has it.
func (p *Publisher) keep(s *slot, doc *Document) {
	p.drop(s)
	s.doc, s.last = doc, mark{doc.ETag, doc.Modified}
	p.kept += doc.size()
	for p.kept > p.o.Memory {
		oldest := p.leastUsed(s)
		if oldest == nil {
			return
		}
		p.drop(oldest)
	}
}

func (p *Publisher) drop(s *slot) {
	if s.doc != nil {
		p.kept -= s.doc.size()
		s.doc = nil
	}
}

// leastUsed is the slot whose document was not asked for the longest, other than
// that of s. It looks at all: only who renders has to wait for that.
func (p *Publisher) leastUsed(s *slot) (oldest *slot) {
	for _, other := range p.slots {
		if other != s && other.doc != nil && (oldest == nil || other.used < oldest.used) {
			oldest = other
		}
	}
	return oldest
}

// size is about what a document takes with its compressed bytes, each a
// quarter of the plain ones.
func (d *Document) size() int { return len(d.Body)*3/2 + 1<<10 }
