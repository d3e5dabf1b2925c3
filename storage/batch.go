package storage

import (
	"fmt"
	"time"

	"aggregator/normalize/article"
)

// Entry is one article to be added.
type Entry struct {
	article.Identity
	// Article is the item as normalised now; the store sets ID, Key, Seen and
	// Changed, and for a known article keeps Published, Source and Link. For
	// a copy only Link and Categories are used.
	Article article.Article
	// Verdict is how the article's body was chosen.
	Verdict article.Verdict
	// Copy adds this source's categories and link to a known article and
	// touches nothing else of it.
	Copy bool
	// Of is the Key of the article that Recognise found the entry to be. It is
	// a copy then, by which the article is known under further keys.
	Of string
	// Gone tells that the article's page is there no more: an article that has
	// its text from there is withdrawn.
	Gone bool
	// Skip notes that the item was looked at and is not wanted: it is
	// Unchanged from now on, and stores nothing else.
	Skip bool
	// Raw is the body as it came, of which the article was made; the zero Raw to
	// keep none.
	Raw article.Raw
	// Retry asks to have the page fetched again; nil forgets an earlier wish
	// of this source, except for a copy, which fetches no page.
	Retry *Retry
}

// Retry is an article page that could not be fetched and shall be tried again.
type Retry struct {
	Keys     []string // of the article; the entry's own where there are none
	Item     []byte   // the item, encoded by the caller
	Attempts int
	Due      time.Time
}

// Batch is what one transaction adds.
type Batch struct {
	Source  string
	Entries []Entry // oldest first
	// Similar joins a new article with one that told its story within the
	// last three days, unless Document has that one too: the keys of all items
	// that were listed together with the entries.
	Similar  bool
	Document []string
	// State is the source's new record, given with the last batch of a
	// document; nil leaves the record alone. Its Name and its Articles are
	// the store's own affair.
	State *Source
}

// Outcome is what became of an Entry.
type Outcome int

const (
	Stored Outcome = iota // a new article
	Edited                // a known article that now looks different
	Filed                 // a known article with a further category, link or source
	Same                  // nothing that anybody sees
)

// Change tells what Add did with one entry.
type Change struct {
	Outcome Outcome
	Article article.Article // as stored now; empty for a skipped entry
	// Joined tells that the entry was found to be an article that had come in
	// another way, and became a copy of it.
	Joined bool
}

// Add stores a batch in one transaction: all of it or, on errors, nothing. The
// changes are in the order of the entries.
//
// Whether an entry is new is decided here and not by an earlier Sight, since
// another source may have brought the same article meanwhile. The two become
// one article then. The error is [ErrLost] where State is of a cycle that is not this
// program's any more.
func (s *Store) Add(b Batch) ([]Change, error) {
	ready, err := s.ready(b)
	if err != nil {
		return nil, fmt.Errorf("add %s: %w", b.Source, err)
	}
	var changes []Change
	err = s.updateOutcomes(b.outcomes(), func(t *tables) (err error) {
		changes, err = t.add(b, ready)
		s.articles.Store(int64(t.counted()))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("add %s: %w", b.Source, err)
	}
	if b.State != nil {
		b.State.was = standing{} // should it be put again
	}
	s.train()
	s.bundleMany(stored(changes))
	return changes, nil
}

// stored is how many of the changes are new articles.
func stored(changes []Change) (n int) {
	for _, c := range changes {
		if c.Outcome == Stored {
			n++
		}
	}
	return n
}

// outcomes are whose outcome the batch has.
func (b *Batch) outcomes() []string {
	if b.State == nil {
		return nil
	}
	return []string{b.Source}
}

// prepared is what is made of an entry outside the transaction.
type prepared struct {
	raw   []byte // Entry.Raw, compressed
	story fingerprint
	told  bool // it has one
}

// ready checks the batch and does what needs nothing of the store.
func (s *Store) ready(b Batch) ([]prepared, error) {
	if b.Source == "" {
		return nil, fmt.Errorf("batch without a source")
	}
	ready := make([]prepared, len(b.Entries))
	for i, e := range b.Entries {
		if len(usable(e.Identity)) == 0 {
			return nil, fmt.Errorf("entry %d (%s) has no identity", i, e.Article.Link)
		}
		var err error
		if ready[i].raw, err = s.codec.packRaw(e.Raw, e.Article.Content); err != nil {
			return nil, fmt.Errorf("body of %s: %w", e.Article.Link, err)
		}
		if b.Similar && !e.Copy && !e.Skip {
			ready[i].story, ready[i].told = storyOf(&e.Article)
		}
	}
	return ready, nil
}
