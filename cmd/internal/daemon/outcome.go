package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/fetcher"
	"aggregator/storage"
)

// succeed notes a cycle that went well.
func (c *cycle) succeed(now time.Time) error {
	c.rec.Schedule = c.s.when.print
	c.rec.LastFetch, c.rec.LastSuccess = now, now
	c.rec.Error, c.rec.ErrorSince, c.rec.Failures = "", time.Time{}, 0
	c.rec.Gone = time.Time{}
	rest := c.client.SiteResting(c.s.site) // a page may have been told so
	if moved := c.address(c.s, c.rec); moved != c.s.reader.URL(1) {
		rest = c.client.Resting(moved)
	}
	c.rec.Due = c.due(now, later(now.Add(max(c.rec.Fresh, c.rec.TTL)), rest))
	if end := fetcher.Skip(c.rec.Skip).After(c.rec.Due); end.After(c.rec.Due) {
		c.rec.Due = c.due(now, end)
	}
	if c.brought {
		return c.learn(now)
	}
	return nil
}

// due returns when the source is due after this cycle, not before the time that
// its publisher asked for.
func (c *cycle) due(now, asked time.Time) time.Time {
	due := c.s.turn(c.began, now, asked)
	if c.first {
		due = c.s.first(due, now)
	}
	return c.s.aside(due)
}

// calm tells that there is nothing to be done but to store the outcome: that nothing else
// is, and that the source was well before.
func (c *cycle) calm() bool {
	if c.rep.Err != nil || c.recorded || c.brought {
		return false
	}
	held, err := c.wards.of(c.store, c.s.Name)
	return err == nil && (held.State == "" || held.State == string(health.OK))
}

// record stores the outcome of the cycle, unless the last batch did.
func (c *cycle) record(err error) error {
	if err == nil {
		if c.recorded {
			return nil
		}
		return errors.Join(c.succeed(time.Now()), c.put(c.rec))
	}
	// Validators that were vouched for may not have been stored with their
	// articles: the record goes on from what the store holds.
	rec, lookup := c.store.Source(c.s.Name)
	if lookup != nil {
		return unstored(lookup)
	}
	c.s.renew(&rec)
	c.s.agree(&rec)
	if c.rep.Resting && rec.Gone.After(c.began) {
		return nil // nobody was asked, and the host is not meant
	}
	rec.LastFetch = c.began
	if c.rep.Resting {
		// A second more: the store keeps milliseconds, and a moment too early
		// would only be told to rest again.
		now := time.Now()
		rec.Due = later(rec.Due, c.due(now, now.Add(asError(err).RetryAfter+time.Second)))
		return c.put(&rec)
	}
	if c.excused = unreachable(err) && c.link.excuse(rec); c.excused {
		if err := c.put(&rec); err != nil { // still due
			return err
		}
		return c.acquit()
	}
	c.blame(&rec, err)
	c.rec = &rec
	return c.put(&rec)
}

// put stores the record, with those of others.
func (c *cycle) put(rec *storage.Source) error {
	stored := make(chan error, 1)
	c.bring(rec, func(err error) { stored <- err })
	return <-stored
}

// bring has the record stored, with those of others.
func (c *cycle) bring(rec *storage.Source, stored func(error)) {
	c.rise()
	c.wrote = time.Now()
	c.reported = true
	c.outcomes.put(rec, func(err error) { stored(unstored(err)) })
}

// blame notes a failure and when to try again.
func (c *cycle) blame(rec *storage.Source, err error) {
	now := time.Now()
	rec.Schedule = c.s.when.print
	if rec.Configured != c.s.reader.URL(1) {
		rec.Configured, rec.Address = c.s.reader.URL(1), ""
	}
	rec.Error = c.s.hide(err.Error())
	rec.Failures++
	if rec.ErrorSince.IsZero() {
		rec.ErrorSince = now
	}
	rec.Gone = time.Time{}
	lapse(rec, err)
	if fe := asError(err); fe != nil && fe.Reason == fetcher.ReasonStatus && fe.Status == http.StatusGone {
		rec.Gone = now.Add(goneRest)
	}
	rec.Due = c.due(now, later(now.Add(wait(err, rec.Failures)), rec.Gone))
}

// longestFresh caps what a document can ask for (CONDUCT 10).
const longestFresh = 7 * 24 * time.Hour

// backOff is how long a source that failed so often in a row is left alone at
// least. It is never given up.
func backOff(failures int) time.Duration {
	const longest = 24 * time.Hour
	if failures > 10 {
		return longest
	}
	return min(5*time.Minute<<(failures-1), longest)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func asError(err error) *fetcher.Error {
	if err == nil {
		return nil
	}
	var e *fetcher.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// took is a time as the log shows it.
type took time.Duration

func (t took) LogValue() slog.Value {
	return slog.StringValue(time.Duration(t).Round(time.Millisecond).String())
}

// log writes the one Info line of a cycle; where nothing happened, it is
// quieter.
func (c *cycle) log() {
	r := &c.rep
	switch {
	case errors.Is(r.Err, errInterrupted):
		c.s.log().Debug("fetch interrupted", "took", took(r.Took))
	case r.Resting:
		c.s.log().Info("fetch postponed", "err", c.s.hide(r.Err.Error()))
	case shortOf(r.Err): // which was told of all that fail for it together
		c.s.log().Debug("fetch failed", "err", c.s.hide(oneLine(r.Err)), "took", took(r.Took))
	case r.Err != nil:
		attrs := []any{"err", c.s.hide(r.Err.Error()), "failures", c.rec.Failures, "took", took(r.Took)}
		if hint := r.Hint(); hint != "" {
			attrs = append(attrs, "hint", hint)
		}
		c.s.log().Warn("fetch failed", attrs...)
	case r.NotModified && r.Pages == 0:
		if c.s.all.Enabled(context.Background(), slog.LevelDebug) { // else what is told of it is made for nothing
			c.s.all.Debug("fetch not modified", "source", c.s.Name, "took", took(r.Took))
		}
	default:
		level := slog.LevelInfo
		if r.New+r.Edited+r.Filed+r.FailedPages == 0 {
			level = slog.LevelDebug
		}
		c.s.log().Log(context.Background(), level, "fetch ok", "items", r.Items, "new", r.New, "edited", r.Edited, "filed", r.Filed,
			"pages", r.Pages, "failed_pages", r.FailedPages, "took", took(r.Took))
	}
	if r.Gap != "" {
		c.s.log().Warn("fetch gap", "gap", r.Gap)
	}
	if r.Note != "" {
		c.s.log().Warn("list odd", "what", r.Note)
	}
}
