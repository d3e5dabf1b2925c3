package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/storage"
)

// errNotDue is of a cycle that waited for another one of its source, which has done
// its work.
var errNotDue = errors.New("not due any more")

// errInterrupted is the end of a cycle that was stopped from outside, by whatever
// cause: that of a signal is no context.Canceled.
var errInterrupted = fmt.Errorf("interrupted: %w", context.Canceled)

// tick is how often the wall clock is asked what is due, whatever the timers
// say: they stand still while a machine sleeps.
const tick = time.Minute

// nap is how far the wall clock moves on between two looks at it when the machine
// has slept, or its clock was set.
const nap = 5 * tick

// Run fetches every source when it is due, until the context ends, and waits for
// cycles under way to come to the end of their batch; or until [Daemon.Retire], and
// lets them come to their end.
func (d *Daemon) Run(ctx context.Context) error {
	if err := errors.Join(d.prime(), d.removed()); err != nil {
		return err
	}
	plan := map[*source]time.Time{}
	for _, s := range d.sources {
		plan[s] = time.Time{}
	}
	d.replan(plan)
	d.pulse.beat()
	var group sync.WaitGroup
	defer group.Wait()
	pruning, stop := context.WithCancel(ctx)
	defer stop()
	group.Go(func() { d.pruneOften(pruning) })
	group.Go(func() { d.listen(pruning) })
	group.Go(func() { d.goOn(pruning) })
	group.Go(func() { d.archiveOften(pruning) })
	done := make(chan *source)
	last := d.wall()
	var next time.Time // when the plan is to be looked at again: it is long
	held := false      // something is due and may not be fetched yet
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		d.pulse.beat()
		select {
		case <-d.retired:
			stop()
			drain(&group, done)
			return nil
		case <-ctx.Done():
			drain(&group, done)
			return nil
		case s := <-done:
			plan[s] = d.due(s)
			if now := d.wall(); !plan[s].After(now) && !d.link.isDown() {
				// Its outcome could not be stored, or it is due again already.
				plan[s] = now.Add(min(tick, s.rhythm(now)))
			}
			if plan[s].Before(next) {
				next = plan[s]
			}
			if d.link.hasTurned() {
				d.replan(plan)
				next = time.Time{}
			}
		case <-d.shortage.ended:
			next = time.Time{}
		case <-timer.C:
			next = time.Time{}
		}
		now := d.wall()
		if now.Sub(last) > nap || now.Before(last) {
			d.askClock()
			d.replan(plan)
			next = time.Time{}
		}
		last = now
		if held || !next.After(now) {
			var due []*source
			if due, held = d.takeDue(plan, now); len(due) > 0 {
				group.Go(func() { d.round(ctx, due, Options{scheduled: true}, func(s *source, _ Report) { done <- s }) })
			}
			next = now.Add(untilNext(plan, now))
		}
		timer.Reset(min(tick, next.Sub(d.wall()))) // the clock may have been set back
	}
}

// drain waits for cycles under way.
func drain(group *sync.WaitGroup, done chan *source) {
	go func() { group.Wait(); close(done) }()
	for range done {
	}
}

// wall is the time without the reading of the clock that stands still while the
// machine sleeps, and that Sub would go by.
func (d *Daemon) wall() time.Time { return d.Now().Round(0) }

// takeDue takes what is due and may be fetched out of the plan, in the order of
// the configuration; held tells that something due must wait.
func (d *Daemon) takeDue(plan map[*source]time.Time, now time.Time) (due []*source, held bool) {
	for _, s := range d.sources {
		if at, planned := plan[s]; planned && !at.After(now) {
			due = append(due, s)
		}
	}
	all := len(due)
	due = d.leased(plan, d.shortage.admit(d.link.admit(due, now), now), now)
	for _, s := range due {
		delete(plan, s)
	}
	return due, len(due) < all
}

// replan reads anew when the planned sources are due, after a start, when our link
// went down or came back, or when the machine slept: what was missed is made good, without a stampede.
func (d *Daemon) replan(plan map[*source]time.Time) {
	now := d.wall()
	missed := now
	planned := slices.DeleteFunc(slices.Clone(d.sources), func(s *source) bool {
		_, is := plan[s]
		return !is
	})
	for some := range slices.Chunk(planned, together) {
		for i, due := range d.dues(some) {
			plan[some[i]] = due
			if !due.IsZero() && due.Before(missed) {
				missed = due
			}
		}
	}
	d.notePause(storage.Pause{From: missed, To: now})
	d.spread(plan, now)
}

// notePause remembers that sources were due and not asked: what came then came
// unseen, and their silence was ours.
func (d *Daemon) notePause(p storage.Pause) {
	if p.To.Sub(p.From) < nap {
		return
	}
	if err := d.store.PutPause(p, p.To.Add(-health.Learned)); err != nil {
		d.log.Warn("pause not noted", "err", err)
	}
}

// dues returns when some sources are due by their records; at once where they were never
// fetched.
func (d *Daemon) dues(sources []*source) []time.Time {
	names, dues := make([]string, len(sources)), make([]time.Time, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	records, err := d.store.SourcesNamed(names)
	for i, s := range sources {
		if err != nil { // perhaps of another one
			dues[i] = d.due(s)
			continue
		}
		s.known = records[i].Due
		dues[i] = s.dueBy(&records[i])
	}
	return dues
}

// due is that of one source.
func (d *Daemon) due(s *source) time.Time {
	began := time.Now()
	rec, err := d.store.Source(s.Name)
	switch {
	case errors.Is(err, storage.ErrAway):
		d.lack(s.Name, unstored(err), began)
		return d.wall().Add(tick)
	case err != nil:
		s.log().Error("schedule unreadable", "err", err)
		return d.wall().Add(tick)
	}
	s.known = rec.Due
	return s.dueBy(&rec)
}

// ahead is how far in the future a record may lie.
const ahead = time.Hour

// dueBy is when the source is due by its record. By another schedule than that of
// the record, of a source that is well, it is due at its turn after the last fetch.
func (s *source) dueBy(record *storage.Source) time.Time {
	copied := *record
	rec := &copied
	s.renew(rec)
	if rec.LastFetch.After(time.Now().Add(ahead)) { // our clock was
		return time.Time{}
	}
	if rec.Schedule == 0 || rec.Schedule == s.when.print || rec.Error != "" || rec.LastFetch.IsZero() {
		return rec.Due
	}
	return s.turn(rec.LastFetch, rec.LastFetch, rec.LastFetch.Add(max(rec.Fresh, rec.TTL)))
}

// untilNext is how long to wait until something planned is due. What is due
// already waits for our link or machine, or is tried again with the next tick.
func untilNext(plan map[*source]time.Time, now time.Time) time.Duration {
	wait := tick
	for _, due := range plan {
		if due.After(now) {
			wait = min(wait, due.Sub(now))
		}
	}
	return wait
}
