package daemon

import (
	"context"
	"errors"
	"time"

	"aggregator/storage"
)

// Prune forgets what the configuration says is not kept, and has what is kept take less
// room once it is some days old.
func (d *Daemon) Prune(ctx context.Context) (storage.Pruned, error) {
	pruned, err := d.forget(ctx)
	if err == nil {
		_, err = d.store.Bundle(ctx)
	}
	return pruned, err
}

func (d *Daemon) forget(ctx context.Context) (storage.Pruned, error) {
	r := d.cfg.Retention
	pruned, err := d.store.Prune(ctx, storage.Retention{
		MaxAge: time.Duration(r.MaxAge), MaxArticles: r.MaxArticles, Raw: time.Duration(r.Raw),
		Keep: func(source string) bool {
			s := d.cfg.SourceNamed(source) // also of one that is not enabled
			return s != nil && s.Body == "verbatim"
		},
	})
	if pruned.Articles > 0 {
		d.Tell()
	}
	return pruned, err
}

// tidied is the name under which the store keeps when a round tidied up, and tidyFor how
// long that may take over each of its two halves.
const (
	tidied  = "tidied"
	tidyFor = 2 * time.Second
)

// tidy does a piece of the work of Prune after a round, once an hour, for who has no
// daemon that does it.
func (d *Daemon) tidy(ctx context.Context) {
	if d.runs() {
		return
	}
	now := d.wall()
	last, err := d.store.Position(tidied)
	if err == nil && now.Sub(time.Unix(int64(last), 0)).Abs() < pruneEvery {
		return
	}
	halves := []func(context.Context) error{
		func(ctx context.Context) error { _, err := d.forget(ctx); return err },
		func(ctx context.Context) error { _, err := d.store.Bundle(ctx); return err },
	}
	if last == 0 { // there was nothing an hour ago that could be forgotten
		halves = halves[1:]
	}
	for _, half := range halves {
		some, cancel := context.WithTimeout(ctx, tidyFor)
		if halfErr := half(some); some.Err() == nil || !errors.Is(halfErr, context.Cause(some)) { // else the rest is for the next time
			err = errors.Join(err, halfErr)
		}
		cancel()
	}
	if err = errors.Join(err, d.store.SetPosition(tidied, uint64(now.Unix()))); err != nil {
		d.log.Error("prune failed", "err", err)
	}
}

const (
	// pruneFirst leaves the first minutes of a daemon to fetching.
	pruneFirst = 10 * time.Minute
	pruneEvery = time.Hour
)

// pruneOften forgets now and then until the context ends.
func (d *Daemon) pruneOften(ctx context.Context) {
	timer := time.NewTimer(pruneFirst)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		switch p, err := d.Prune(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			d.log.Error("prune failed", "err", err)
		case p != storage.Pruned{}:
			d.log.Info("prune ok", "articles", p.Articles, "bodies", p.Bodies)
		}
		timer.Reset(pruneEvery)
	}
}
