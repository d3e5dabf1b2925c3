package main

import (
	"fmt"
	"time"
)

// row is a kind of work and its goal.
type row struct {
	name, work, floor string
	goal              float64 // CPU of ours by that of the floor, at most
	memory            int64   // MB that ours has at most; 0 for no goal
	measure           func(*bench) ([]pair, error)
}

func (r row) print(pairs []pair) {
	p := middle(pairs)
	mark, ratio := "met", p.ratio()
	memory, bound := "", ""
	if r.memory > 0 {
		memory, bound = fmt.Sprintf("%d (%d)", p.ours.peak>>10, p.ours.own>>10), fmt.Sprint(r.memory)
	}
	if ratio > r.goal || r.memory > 0 && p.ours.peak>>10 > r.memory {
		mark = "missed"
	}
	fmt.Printf("| %s | %s; floor: %s | %.2f | %.2f | %.2f | %.2f | %s | %s | %s |\n", r.name, r.work, r.floor, p.floor.cpu.Seconds(), p.ours.cpu.Seconds(), ratio, r.goal, memory, bound, mark)
}

var rows = []row{
	{"cold", "500 feeds of 50 items of 6 KB, for the first time", "GET, gofeed, JSON, one bbolt write a feed", 1, 96, cold},
	{"unchanged", "5,000 feeds that are not modified, after the start", "the same conditional GETs", 1.5, 40, unchanged},
	{"identical", "500 feeds that are the same, without validators, after the start", "GET, hash of what is sent", 1.3, 0, identical},
	{"touched", "500 feeds in which only lastBuildDate changed", "GET, gofeed", 0.3, 0, touched},
	{"incremental", "500 feeds with 2 new items of 50", "GET, gofeed", 0.3, 0, incremental},
	{"roll", "50 lists of 50 articles with pages of 40 KB, for the first time", "GET, html.Parse of the pages", 1.6, 0, roll},
	{"render", "500 changed feeds of 50 articles, read, rendered and compressed", "text of Atom, gzip", 1.5, 0, render},
	{"latency", "5,000 feeds not modified, 50 ms each; wall time", "feeds / 16 x 50 ms", 1.1, 0, latency},
}

var whole = edition{Feeds: 500, Items: 50}

// many are so many sources that what each costs is nearly all there is.
var many = edition{Feeds: 5000, Items: 5}

// stocked starts an origin of an edition that is fetched already.
func (b *bench) stocked(e edition) (*origin, error) {
	o, err := b.origin(e)
	if err != nil {
		return nil, err
	}
	if err := b.fresh(o.feeds(e)); err != nil {
		return nil, err
	}
	n := e.Feeds * e.Items
	_, err = b.ours(outcome{e.Feeds, n, n})
	return o, err
}

func (b *bench) times(floor, ours func(n int) (cost, error)) (pairs []pair, err error) {
	for n := range b.pairs {
		var p pair
		if p.floor, err = floor(n); err != nil {
			return nil, err
		}
		if p.ours, err = ours(n); err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func cold(b *bench) ([]pair, error) {
	o, err := b.origin(whole)
	if err != nil {
		return nil, err
	}
	defer o.close()
	n := whole.Feeds * whole.Items
	return b.times(
		func(int) (cost, error) { return b.floor("store", o, whole, "") },
		func(int) (cost, error) {
			if err := b.fresh(o.feeds(whole)); err != nil {
				return cost{}, err
			}
			return b.ours(outcome{whole.Feeds, n, n})
		})
}

func unchanged(b *bench) ([]pair, error) {
	o, err := b.stocked(many)
	if err != nil {
		return nil, err
	}
	defer o.close()
	return b.times(
		func(int) (cost, error) { return b.floor("get", o, many, many.ETag()) },
		func(int) (cost, error) { return b.started(outcome{many.Feeds, 0, 0}) })
}

func identical(b *bench) ([]pair, error) {
	e := whole
	e.Silent = true
	o, err := b.stocked(e)
	if err != nil {
		return nil, err
	}
	defer o.close()
	return b.times(
		func(int) (cost, error) { return b.floor("hash", o, e, "") },
		func(int) (cost, error) { return b.started(outcome{e.Feeds, 0, 0}) })
}

func touched(b *bench) ([]pair, error) {
	e := whole
	return b.edited(func(n int) (edition, outcome) {
		e.Touched = n + 1
		return e, outcome{e.Feeds, e.Feeds * e.Items, 0}
	})
}

func incremental(b *bench) ([]pair, error) {
	const fresh = 2
	e := whole
	return b.edited(func(n int) (edition, outcome) {
		e.Shift = fresh * (n + 1)
		return e, outcome{e.Feeds, e.Feeds * e.Items, e.Feeds * fresh}
	})
}

// edited measures what is made of edition after edition.
func (b *bench) edited(next func(n int) (edition, outcome)) ([]pair, error) {
	o, err := b.stocked(whole)
	if err != nil {
		return nil, err
	}
	defer o.close()
	return b.times(
		func(n int) (cost, error) {
			e, _ := next(n)
			if err := o.turn(e); err != nil {
				return cost{}, err
			}
			return b.floor("parse", o, e, "")
		},
		func(n int) (cost, error) {
			_, want := next(n)
			return b.ours(want)
		})
}

// latency is measured in time that passes: the floor is what the delays alone take.
func latency(b *bench) ([]pair, error) {
	e := many
	e.Delay = 50 * time.Millisecond
	o, err := b.stocked(many)
	if err != nil {
		return nil, err
	}
	defer o.close()
	if err := o.turn(e); err != nil {
		return nil, err
	}
	return b.times(
		func(int) (cost, error) {
			return cost{cpu: time.Duration((e.Feeds+fetchers-1)/fetchers) * e.Delay}, nil
		},
		func(int) (cost, error) {
			c, err := b.ours(outcome{e.Feeds, 0, 0})
			c.cpu = c.wall
			return c, err
		})
}
