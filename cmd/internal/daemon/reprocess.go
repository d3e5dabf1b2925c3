package daemon

import (
	"context"
	"slices"
	"time"

	"aggregator/normalize"
	"aggregator/storage"
)

// Reprocessed counts what Reprocess looked at and what came of it.
type Reprocessed struct{ Bodies, Changed int }

const (
	// reprocessStep is how many bodies are held at a time: they may be large.
	reprocessStep = 50
	// remakeStep is how many articles one transaction changes: the cycles that
	// wait for it are not to wait long.
	remakeStep = 20
)

// Reprocess makes the articles first seen since a time anew of their bodies as
// they came, by today's rules and configuration; nothing is fetched. It calls
// progress now and then. Where it ends early, what it has done stays, and done
// again changes nothing.
func (d *Daemon) Reprocess(ctx context.Context, since time.Time, progress func(Reprocessed)) (Reprocessed, error) {
	n, err := d.reprocess(ctx, since, progress)
	if n.Changed == 0 {
		return n, err
	}
	d.Tell()
	if archived := d.archive.write(); err == nil {
		err = archived
	}
	return n, err
}

func (d *Daemon) reprocess(ctx context.Context, since time.Time, progress func(Reprocessed)) (n Reprocessed, err error) {
	for after := uint64(0); ctx.Err() == nil; progress(n) {
		bodies, err := d.store.Bodies(since, after, reprocessStep)
		if err != nil || len(bodies) == 0 {
			return n, err
		}
		for step := range slices.Chunk(d.again(bodies), remakeStep) {
			changed, err := d.store.Remake(step)
			if err != nil {
				return n, err
			}
			n.Changed += changed
		}
		n.Bodies += len(bodies)
		after = bodies[len(bodies)-1].Article.Order
	}
	return n, context.Cause(ctx)
}

// again is what today's rules make different. A source that is configured no
// more has no rules.
func (d *Daemon) again(bodies []storage.Body) (made []storage.Remade) {
	for _, b := range bodies {
		s := d.cfg.SourceNamed(b.Raw.Source)
		if s == nil {
			continue
		}
		now := normalize.Again(b.Article, b.Raw, s.Normalize(d.cfg))
		if now.Print() != b.Article.Print() || !slices.Equal(now.Stocks, b.Article.Stocks) {
			made = append(made, storage.Remade{Before: b.Article, After: now})
		}
	}
	return made
}
