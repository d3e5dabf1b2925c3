package daemon

import (
	"errors"
	"sync"
	"syscall"
	"time"

	"aggregator/fetcher"
	"aggregator/storage"
	"aggregator/storage/postgres"
)

// shortage is want of something that this machine needs: room on the disk of the
// database, descriptors, an answer of the database's server, or the right time. No
// source is to blame for what then fails, and what is fetched cannot be kept: fetching
// pauses until what is wanting is there again. Where only trying tells that, one source
// is tried now and then, the one that found it out, until all of its cycle is stored.
type shortage struct {
	// shared tells that the store is a server's, which can be asked whether it stores
	// again: see goOn.
	shared bool
	// begun wakes who looks for the end, and ended who plans what is due.
	begun, ended chan struct{}

	mu     sync.Mutex
	reason string // what is wanting, for everybody; empty for nothing
	last   error  // whole
	since  time.Time
	until  time.Time // that nobody is fetched
	wait   time.Duration
	source string
	over   time.Time // when the last one ended

	failed int       // cycles, since it was told last
	told   time.Time // when that was, or of an earlier one
	silent bool      // it was not told yet
	pause  time.Duration
}

func newShortage() shortage {
	return shortage{begun: make(chan struct{}, 1), ended: make(chan struct{}, 1)}
}

// shortOf tells that an error is of this machine.
func shortOf(err error) bool {
	if err == nil {
		return false
	}
	var unstored *unstoredError
	return errors.As(err, &unstored) && !errors.Is(err, storage.ErrDamaged) && !errors.Is(err, storage.ErrLost) || saysErrno(err, syscall.EMFILE)
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

// note takes such an error, of what was begun at a time, and tells whether the
// operator is to know. What had begun before the last shortage ended begins none.
func (s *shortage) note(source string, err error, began, now time.Time) (tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == "" && began.Before(s.over) {
		return false
	}
	begins := s.reason == ""
	if begins {
		s.since, s.failed = now, 0
		s.begin(now)
		s.silent, s.pause = now.Sub(s.told) < tellAgain, tellAgain
		if !s.silent {
			s.told = now
		}
		wake(s.begun)
	}
	s.reason, s.last, s.source = brief(err), err, source
	if source != "" { // else no cycle failed, but somebody asked
		s.failed++
	}
	return begins && !s.silent
}

// begin begins the time until the first try. A server that answers, and fails again
// with what comes then, is asked ever less often.
func (s *shortage) begin(now time.Time) {
	switch {
	case !s.shared:
		s.wait = tick
		s.rest(now)
		return
	case now.Sub(s.over) < tellAgain:
		s.wait = min(2*s.wait, outageRetry)
	default:
		s.wait = lookAgain
	}
	s.until = now.Add(s.wait)
}

// rest begins the time until the next try: a second less, or the tick at its end
// would be too early.
func (s *shortage) rest(now time.Time) {
	s.until = now.Add(s.wait - time.Second)
	s.wait = min(2*s.wait, outageRetry)
}

// retry has a source tried at once.
func (s *shortage) retry(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = now
	wake(s.ended)
}

// still notes why there is a shortage still.
func (s *shortage) still(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason != "" {
		s.reason, s.last = brief(err), err
	}
}

// end notes that something was stored that began at a time: a write that had begun
// before proves nothing. It tells how long there was a shortage, if there was one and
// the operator knows of it.
func (s *shortage) end(began, now time.Time) (lasted time.Duration, tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == "" || !began.After(s.since) {
		return 0, false
	}
	s.reason, s.last, s.until, s.over = "", nil, time.Time{}, now
	if !s.silent {
		s.told = now
	}
	wake(s.ended)
	return now.Sub(s.since), !s.silent
}

const (
	// tellAgain is after how long at first the operator is reminded of a shortage; each
	// time twice as long, but for remindOften.
	tellAgain   = time.Minute
	remindOften = time.Hour
)

// remind tells how many cycles failed since the operator was told last, when it is time
// to tell so.
func (s *shortage) remind(now time.Time) (failed int, last error, tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == "" || now.Sub(s.told) < s.pause {
		return 0, nil, false
	}
	failed, s.failed, s.told, s.silent = s.failed, 0, now, false
	s.pause = min(2*s.pause, remindOften)
	return failed, s.last, true
}

// now is what is wanting and since when; nothing while all is well.
func (s *shortage) now() (reason string, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == "" {
		return "", time.Time{}
	}
	return s.reason, s.since
}

// rests tells whether it is too early for a try.
func (s *shortage) rests(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.until)
}

// cause is the last error of a shortage; nil while there is none.
func (s *shortage) cause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// admit returns which of the sources that are due may be fetched.
func (s *shortage) admit(due []*source, now time.Time) []*source {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.reason == "" || len(due) == 0:
		return due
	case s.shared || now.Before(s.until):
		return nil
	}
	s.rest(now)
	for _, src := range due {
		if src.Name == s.source {
			return []*source{src}
		}
	}
	return due[:1:1]
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// short notes what this machine lacks for a cycle; such a cycle is not recorded, and
// its source stays due.
func (c *cycle) short(err error) {
	c.excused = true
	c.lack(c.s.Name, c.s.hideError(err), c.began)
}

// lack notes that something that was begun at a time failed for what this machine
// lacks, and tells the operator of the first; who runs one round reads it in the reports.
func (d *Daemon) lack(source string, err error, began time.Time) {
	if d.shortage.note(source, err, began, time.Now()) && d.runs() {
		d.log.Error("fetching pauses", "err", oneLine(err), "hint", shortHint(err, d.shortage.shared))
	}
}

// stored notes that a cycle lacked nothing.
func (c *cycle) stored() { c.lackNothing(c.wrote) }

// lackNothing notes that a write went well that began at a time.
func (d *Daemon) lackNothing(began time.Time) {
	if lasted, tell := d.shortage.end(began, time.Now()); tell {
		d.log.Info("fetching goes on", "paused", lasted.Round(time.Second).String())
	}
}

// Lacks is what this machine lacks, in a line, where the source failed for that; else "".
func (r *Report) Lacks() string {
	if !shortOf(r.Err) {
		return ""
	}
	return brief(r.Err)
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
	var clock *postgres.ClockError
	switch {
	case errors.As(err, &clock):
		return "have all machines keep the same time, by NTP; it goes on by itself"
	case errors.As(err, &unstored) && shared:
		return "look whether PostgreSQL can be reached; nothing is lost, and it goes on by itself"
	case errors.As(err, &unstored):
		return "make room on the disk of the database, or look whether it is broken; nothing is lost, and it goes on by itself"
	}
	if saysErrno(err, syscall.ENFILE) {
		return "raise the limit of open files of the whole machine (sysctl fs.file-max), or lower fetch.concurrency; it goes on by itself"
	}
	return "raise the limit of open files (LimitNOFILE=, ulimit -n), or lower fetch.concurrency; it goes on by itself"
}
