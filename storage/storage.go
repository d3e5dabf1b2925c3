// Package storage keeps articles, their identities and what is known of every
// source, in one bbolt file, or in another [Engine].
//
// [Open] a [Store], or make one on an engine with [On]; ask [Store.Sight] which items of a document are new or
// changed; [Store.Add] the articles made of them. One Add is one transaction:
// articles, ids, indexes and, with a source's last batch, the validators that
// vouch for them. Read back with [Store.Article], [Store.Newest] and
// [Store.Articles].
//
// Every method may be called at any time from any number of goroutines. Reading
// never waits for writing, and nothing that is returned belongs to the file, so
// that a slow reader holds no old pages alive.
package storage

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of Open. The error text says what happened to which file.
var (
	ErrLocked  = errors.New("database is locked by another process")
	ErrDamaged = errors.New("database is damaged")
	ErrNewer   = errors.New("database was written by a newer version")
)

// ErrHead is of a damaged file that can be read all the same, and mended.
var ErrHead = errors.New("one of the two heads is damaged, and the other is whole: all that is stored can be read")

// ErrNotFound is returned where an article, or a category, that was asked for
// is not stored.
var ErrNotFound = errors.New("not found")

// ErrAway is returned where the database is a server's that cannot be reached, or does
// not answer.
var ErrAway = errors.New("the database does not answer")

// ErrLost is returned by writes of a source's outcome that come late: another program
// that shares the engine is at work on the source since.
var ErrLost = errors.New("the source is another node's by now")

// ErrClosed is returned by writes after Close.
var ErrClosed = errors.New("database is closed")

// Options are what a store needs from its owner.
type Options struct {
	// Authority is the RFC 4151 authority and date of all ids, such as
	// feeds.example.net,2026. It is stored in a new file and ignored
	// afterwards, since ids never change.
	Authority string
	// Slug proposes the slug of a category at its first use; the store makes
	// it unique. Optional.
	Slug func(name string) string
	// Claimed tells whether a slug is kept for another feed than that of a
	// category. Optional.
	Claimed func(slug, category string) bool
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Keep leaves a damaged file where it is, and takes an empty one for one; else
	// they make room for a new one. For who only reads.
	Keep bool
	// NoSync leaves it to the system when data reach the disk; for tests that
	// simulate months. Default false: a kill may otherwise cost the file.
	NoSync bool
}

// Store is an open database.
type Store struct {
	engine       Engine
	disk         *file // the engine, where it is one; else nil
	codec        *codec
	now          func() time.Time
	slug         func(name string) string
	claimed      func(slug, category string) bool
	authority    atomic.Pointer[string]
	articles     atomic.Int64  // how many there are, of the last write
	wrote        atomic.Uint64 // order number that the last write came to
	dictionaries atomic.Int64  // how many there are
	noGraves     atomic.Bool   // at the last look: another who shares the tables may have dug some
	training     sync.Mutex    // held while one is made
	priming      sync.Mutex    // held while they are read
	mostYoung    int           // how many articles may lie one by one
	brought      atomic.Int64  // how many articles came since they were last bundled
	bundling     chan struct{} // holds something while they are, and once the store is closed

	metrics   *metrics
	stories   *stories // nil until they are asked for
	verifying bool     // the file is not to be changed

	writes  chan write
	closing chan struct{} // closed by Close
	written chan struct{} // closed when the writer has ended
	once    sync.Once
}

// Authority is the authority that the ids of this store are minted under.
func (s *Store) Authority() string {
	if a := s.authority.Load(); a != nil {
		return *a
	}
	return ""
}

// Close lets the write under way finish and waits for those who read.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		select {
		case <-s.written:
		case <-s.stuck():
		}
		select {
		case s.bundling <- struct{}{}: // for good
		case <-s.stuck():
		}
		err = s.wrap(s.engine.Close())
	})
	return err
}

// view runs fn in a read transaction.
func (s *Store) view(fn func(*tables) error) error {
	return s.wrap(protect(func() error {
		return s.engine.View(func(tx Tx) error { return fn(s.tables(tx)) })
	}))
}

// viewSources is view of the records of sources: to open all tables takes longer than to
// read one of these.
func (s *Store) viewSources(fn func(sourceTables) error) error {
	return s.wrap(protect(func() error {
		return s.engine.View(func(tx Tx) error {
			return fn(sourceTables{tx, s.reading(tx), tx.Table("sources"), tx.Table("fetched")})
		})
	}))
}

// wrap names the database in errors that are about it.
func (s *Store) wrap(err error) error {
	if err == nil || errors.Is(err, ErrNotFound) || errors.Is(err, ErrClosed) || errors.Is(err, ErrLost) {
		return err
	}
	return fmt.Errorf("database %s: %w", s.engine, err)
}
