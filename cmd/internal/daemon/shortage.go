package daemon

import (
	"errors"
	"strings"
	"sync"
	"syscall"
	"time"

	"aggregator/fetcher"
	"aggregator/storage"
)

// shortage is want of something that this machine gives: room on the disk of the
// database, or descriptors. No source is to blame for what then fails, and what is
// fetched cannot be kept: fetching pauses, and one source is tried now and then, the
// one that found it out, until all of its cycle is stored.
type shortage struct {
	mu     sync.Mutex
	text   string // what is wanting; empty for nothing
	since  time.Time
	until  time.Time // that nobody is fetched
	wait   time.Duration
	source string
	// shared tells that the store is a server's, which others use too: it comes
	// back by itself, and they may have done meanwhile what was due.
	shared bool
}

// sharedRest is how long nobody is fetched when a server could not store something.
const sharedRest = 5 * time.Second

// shortOf tells that an error is of this machine.
func shortOf(err error) bool {
	var unstored *unstoredError
	// What the resolver meets with is text alone.
	return errors.As(err, &unstored) && !errors.Is(err, storage.ErrDamaged) && !errors.Is(err, storage.ErrLost) || err != nil && strings.Contains(err.Error(), syscall.EMFILE.Error())
}

// unstoredError is of what was fetched and could not be stored.
type unstoredError struct{ error }

func (e *unstoredError) Error() string { return "store: " + e.error.Error() }
func (e *unstoredError) Unwrap() error { return e.error }

func unstored(err error) error {
	if err == nil {
		return nil
	}
	return &unstoredError{err}
}

// note takes such an error, and tells whether it is the first.
func (s *shortage) note(source string, err error, now time.Time) (begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if begun = s.text == ""; begun {
		s.since, s.wait = now, tick
		s.rest(now)
	}
	s.text, s.source = err.Error(), source
	return begun
}

// rest begins the time until the next try: a second less, or the tick at its end
// would be too early.
func (s *shortage) rest(now time.Time) {
	if s.shared {
		s.until = now.Add(sharedRest)
		return
	}
	s.until = now.Add(s.wait - time.Second)
	s.wait = min(2*s.wait, outageRetry)
}

// end notes that a cycle was stored, and tells whether there was a shortage.
func (s *shortage) end() (was bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was = s.text != ""
	s.text, s.until = "", time.Time{}
	return was
}

// now is what is wanting and since when; nothing while all is well.
func (s *shortage) now() (text string, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == "" {
		return "", time.Time{}
	}
	return s.text, s.since
}

// admit returns which of the sources that are due may be fetched.
func (s *shortage) admit(due []*source, now time.Time) []*source {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.text == "" || len(due) == 0:
		return due
	case now.Before(s.until):
		return nil
	}
	s.rest(now)
	if s.shared {
		return due
	}
	for _, src := range due {
		if src.Name == s.source {
			return []*source{src}
		}
	}
	return due[:1:1]
}

// short notes what this machine lacks for a cycle; such a cycle is not recorded, and
// its source stays due.
func (c *cycle) short(err error) {
	c.excused = true
	if c.shortage.note(c.s.Name, errors.New(c.s.hide(err.Error())), time.Now()) {
		c.Daemon.log.Error("fetching pauses", "err", c.s.hide(err.Error()), "hint", shortHint(err, c.shortage.shared))
	}
}

// stored notes that a cycle lacked nothing.
func (c *cycle) stored() {
	if c.shortage.end() {
		c.Daemon.log.Info("fetching goes on")
	}
}

// Hint tells what to do about what failed a source; empty for nothing.
func (r *Report) Hint() string {
	switch {
	case errors.Is(r.Err, storage.ErrDamaged):
		return "look at the database with `aggregator db check`, and put a backup in its place"
	case shortOf(r.Err):
		return shortHint(r.Err, r.ofServer)
	}
	return fetcher.Hint(r.Err)
}

func shortHint(err error, shared bool) string {
	var unstored *unstoredError
	switch {
	case errors.As(err, &unstored) && shared:
		return "look whether PostgreSQL can be reached; nothing is lost, and it goes on by itself"
	case errors.As(err, &unstored):
		return "make room on the disk of the database, or look whether it is broken; nothing is lost, and it goes on by itself"
	}
	return "raise the limit of open files (LimitNOFILE=, ulimit -n), or lower fetch.concurrency; it goes on by itself"
}
