package daemon

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"time"
)

// errInterrupted is the cause of a cycle that was stopped from outside.
var errInterrupted = errors.New("interrupted")

// next returns when the source is due after t: the earliest time of its
// schedules, moved by an offset that is the source's own, so that sources with
// one schedule do not start in the same second.
func (s *source) next(t time.Time) time.Time {
	offset := s.offset()
	// The offset may not swallow a turn: look from where t would be without it.
	due := s.when.Next(t.Add(-offset)).Add(offset)
	if !due.After(t) {
		due = s.when.Next(t).Add(offset)
	}
	return due
}

// offset is stable over restarts, within a minute, and never the full minute:
// that is when everybody else comes. It is whole seconds: the store keeps
// milliseconds, and a turn that begins before its due time is due again.
func (s *source) offset() time.Duration {
	return time.Second * time.Duration(1+int(s.share()*58))
}

// share is the source's own place between 0 and 1: a hash of its name.
func (s *source) share() float64 {
	h := fnv.New32a()
	h.Write([]byte(s.Name))
	return float64(h.Sum32()%3600) / 3600
}

// tick is how often the wall clock is asked what is due, whatever the timers
// say: they stand still while a machine sleeps.
const tick = time.Minute

// Run fetches every source when it is due, until the context ends; then it
// waits for cycles under way to come to the end of their batch.
func (d *Daemon) Run(ctx context.Context) error {
	if err := d.prime(); err != nil {
		return err
	}
	plan, err := d.plan()
	if err != nil {
		return err
	}
	d.spread(plan, time.Now())
	var group sync.WaitGroup
	defer group.Wait()
	done := make(chan *source)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			go func() { group.Wait(); close(done) }()
			for range done {
			}
			return nil
		case s := <-done:
			if plan[s], err = d.due(s); err != nil {
				d.log.Error("schedule unreadable", "source", s.Name, "err", err)
				plan[s] = time.Now().Add(tick)
			}
		case <-timer.C:
		}
		if due := d.takeDue(plan, time.Now()); len(due) > 0 {
			group.Go(func() { d.round(ctx, due, Options{}, func(s *source, _ Report) { done <- s }) })
		}
		timer.Reset(min(tick, time.Until(earliest(plan))))
	}
}

// takeDue takes what is due out of the plan, in the order of the configuration.
func (d *Daemon) takeDue(plan map[*source]time.Time, now time.Time) (due []*source) {
	for _, s := range d.sources {
		if at, planned := plan[s]; planned && !at.After(now) {
			delete(plan, s)
			due = append(due, s)
		}
	}
	return due
}

// plan returns when every source is due.
func (d *Daemon) plan() (map[*source]time.Time, error) {
	plan := make(map[*source]time.Time, len(d.sources))
	for _, s := range d.sources {
		due, err := d.due(s)
		if err != nil {
			return nil, err
		}
		plan[s] = due
	}
	return plan, nil
}

// due returns when a source is due by its record; now if it was never fetched.
func (d *Daemon) due(s *source) (time.Time, error) {
	rec, err := d.store.Source(s.Name)
	return rec.Due, err
}

func earliest(plan map[*source]time.Time) time.Time {
	first := time.Now().Add(tick)
	for _, due := range plan {
		if due.Before(first) {
			first = due
		}
	}
	return first
}
