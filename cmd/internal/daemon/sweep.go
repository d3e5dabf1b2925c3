package daemon

import (
	"context"
	"time"
)

const (
	// sweepEvery is how often a list is read back beyond known ground, and sweepBack
	// over which time: editors file articles into a column an hour after they were
	// written, below what was known long ago and deeper than tail.
	sweepEvery = time.Hour
	sweepBack  = 3 * time.Hour
	// sweepPages is how many pages of a list are read for that at most.
	sweepPages = 10
)

// sweep reads a numbered list, of which n pages were read, further back now and
// then. It is no failure of the source that a page cannot be read; that is made
// good next time.
func (c *cycle) sweep(ctx context.Context, p *pages, n int) error {
	switch {
	case c.s.reader.Pages() == 1 || p.last == 0:
		return nil
	case c.first, c.began.Sub(c.rec.Swept) >= sweepEvery:
	default:
		return nil
	}
	c.rec.Swept = c.began
	for ; !c.first && p.span() < sweepBack && p.last > 0 && n < min(c.s.reader.Pages(), sweepPages); n++ {
		if err := c.nextPage(ctx, p, c.s.reader.URL(n+1)); err != nil {
			c.s.log().Debug("list not swept", "page", n+1, "err", err)
			return ctx.Err()
		}
		if err := c.sight(p); err != nil {
			return err
		}
	}
	return nil
}

// span is how far back in time the items reach that were read; for ever where they
// do not tell.
func (p *pages) span() time.Duration {
	newest, oldest := p.items[0].Published, p.items[len(p.items)-1].Published
	if newest.IsZero() || oldest.IsZero() {
		return 1 << 62
	}
	return newest.Sub(oldest)
}
