package daemon

import (
	"context"
	"time"

	"aggregator/storage"
)

// Prune forgets what the configuration says is not kept, and has what is kept take less
// room once it is some days old.
func (d *Daemon) Prune(ctx context.Context) (storage.Pruned, error) {
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
	if err == nil {
		_, err = d.store.Bundle(ctx)
	}
	return pruned, err
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
