package daemon

import (
	"cmp"
	"sync"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/storage"
)

// ward knows in what condition each source is.
type ward struct {
	mu   sync.Mutex
	held map[string]storage.Condition // by source; nil before it was read
}

// of returns the condition that a source is in by the store.
func (w *ward) of(store *storage.Store, source string) (c storage.Condition, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == nil {
		if w.held, err = store.Holding(); err != nil {
			return c, err
		}
	}
	return w.held[source], nil
}

func (w *ward) put(store *storage.Store, c storage.Condition) (storage.Condition, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := store.PutCondition(c)
	if err == nil && w.held != nil {
		w.held[c.Source] = c
	}
	return c, err
}

// forget has what is stored read anew.
func (w *ward) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = nil
}

// learn notes that the source brought something, and until when something usually
// comes again.
func (c *cycle) learn(now time.Time) error {
	moments, err := c.store.Moments(c.s.Name, now.Add(-health.Learned), health.Together, health.Moments)
	if err != nil {
		return unstored(err)
	}
	pauses, err := c.store.Pauses()
	if err != nil {
		return unstored(err)
	}
	r := health.Learn(append(moments, now), pauses, c.Zone())
	c.rec.LastNew, c.rec.Expected, c.rec.Usual = now, r.Deadline(now), r.Usual(now)
	return nil
}

// judge finds out how the source fares after the cycle, and tells if it fares in
// another way than before.
func (c *cycle) judge(err error) error {
	if c.link.isDown() { // then nothing is known of it
		return nil
	}
	held, lookup := c.wards.of(c.store, c.s.Name)
	if lookup != nil {
		return lookup
	}
	status := 0
	if fe := asError(err); fe != nil {
		status = fe.Status
	}
	found := health.Judge(c.rec, status, time.Now())
	if found.State == health.OK {
		if found, err = c.judgeArticles(held); err != nil {
			return err
		}
	}
	if found.State == health.New || string(found.State) == cmp.Or(held.State, string(health.OK)) {
		return nil
	}
	if found.State == health.OK {
		found.Since = time.Now()
	}
	told, err := c.wards.put(c.store, storage.Condition{Source: c.s.Name, State: string(found.State), Since: found.Since, Text: found.Text})
	if err != nil {
		return err
	}
	c.alarm(told)
	return nil
}

// judgeArticles looks at the newest articles when there are some more, for it has
// to read them; else what it found before holds.
func (c *cycle) judgeArticles(held storage.Condition) (health.Finding, error) {
	const some = 8
	before, now := c.rec.Articles, c.rec.Articles+uint64(c.rep.New)
	if before/some == now/some {
		if s := health.State(held.State); s == health.Stale || s == health.TextLost {
			return health.Finding{State: s}, nil
		}
		return health.Finding{State: health.OK}, nil
	}
	samples := c.samples
	if len(samples) < health.Samples {
		var err error
		if samples, err = c.store.Samples(c.s.Name, health.Samples); err != nil {
			return health.Finding{}, err
		}
	}
	return health.JudgeArticles(samples), nil
}

// alarm tells of a new condition.
func (c *cycle) alarm(told storage.Condition) {
	attrs := []any{"state", told.State, "since", told.Since, "was", told.Was}
	if told.State == string(health.OK) {
		c.s.log().Info("source recovered", attrs...)
	} else {
		c.s.log().Warn("source in trouble", append(attrs, "what", told.Text)...)
	}
	c.Tell(healthSlug)
	if c.Alarm != nil {
		c.Alarm(told)
	}
}

// removed tells of sources in trouble that are configured no more: nobody waits for
// them to recover.
func (d *Daemon) removed() error {
	held, err := d.store.Holding()
	if err != nil {
		return err
	}
	for name, c := range held {
		if s := health.State(c.State); s == health.OK || s == health.Removed || d.cfg.SourceNamed(name) != nil {
			continue
		}
		if _, err := d.wards.put(d.store, storage.Condition{Source: name, State: string(health.Removed), Since: d.Now()}); err != nil {
			return err
		}
		d.Tell(healthSlug)
	}
	return nil
}

// healthSlug is that of the feed of sources that got into trouble or out of it.
const healthSlug = "health"

// Health is how a source fares.
type Health struct {
	State health.State
	Since time.Time // zero where it was never in trouble
	Text  string    // what shows it
}

// healthOf is the state of a source by its record and its last condition.
func (s *Status) healthOf(held storage.Condition, now time.Time) Health {
	switch found := health.Judge(&s.Source, 0, now); {
	case !s.Enabled:
		return Health{State: Disabled}
	case held.State != "" && held.State != string(health.OK) && held.State != string(health.Removed):
		return Health{health.State(held.State), held.Since, cmp.Or(s.Error, held.Text)}
	case found.State == health.New:
		return Health{State: health.New, Text: s.Error}
	case held.State == "":
		return Health{State: health.OK, Text: s.Error}
	}
	return Health{health.OK, held.Since, s.Error}
}
