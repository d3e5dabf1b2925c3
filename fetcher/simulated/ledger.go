package simulated

import (
	"iter"
	"slices"
	"time"
)

// Now is the time of the world.
func (o *Origin) Now() time.Time { return o.opts.Now() }

// Len is how many articles there are by now, listed or not yet.
func (o *Origin) Len() int { return o.articles.count(o.Now()) }

// Article is the article of an index, oldest first from 0, as it is now.
func (o *Origin) Article(index int) Article { return o.article(index, o.Now()) }

// Articles yields the articles now in the list of a lid that were published
// from <= t < to, oldest first. A zero from or to is no bound; lid 0 means
// every list.
func (o *Origin) Articles(lid int, from, to time.Time) iter.Seq[Article] {
	now := o.Now()
	column := slices.IndexFunc(columns, func(c Column) bool { return c.LID == lid })
	return func(yield func(Article) bool) {
		for i := range span(&o.articles, now, from, to) {
			listed := o.place(i).columns(now.Sub(o.articles.at(i)))
			if listed == 0 || column >= 0 && !listed.has(column) || column < 0 && lid != 0 {
				continue
			}
			if !yield(o.article(i, now)) {
				return
			}
		}
	}
}

// Find returns the article with a document id, without prefix or with the
// leading i of its address.
func (o *Origin) Find(id string) (Article, bool) {
	if len(id) == 15 && id[0] == 'i' {
		id = id[1:]
	}
	now := o.Now()
	i, ok := o.docIndex(forID, id)
	if !ok || i >= o.articles.count(now) {
		return Article{}, false
	}
	return o.article(i, now), true
}

// LiveItems yields the items of the live wire created from <= t < to, oldest
// first, withdrawn ones too. A zero from or to is no bound.
func (o *Origin) LiveItems(from, to time.Time) iter.Seq[Article] {
	now := o.Now()
	return func(yield func(Article) bool) {
		for i := range span(&o.live, now, from, to) {
			if !yield(o.liveItem(i, now)) {
				return
			}
		}
	}
}

// SiteArticles yields the articles of feed site n, counted from 1, published
// from <= t < to, oldest first. A zero from or to is no bound.
func (o *Origin) SiteArticles(n int, from, to time.Time) iter.Seq[Article] {
	now := o.Now()
	return func(yield func(Article) bool) {
		for i := range span(&o.sites[n-1], now, from, to) {
			if !yield(o.siteArticle(n, i, now)) {
				return
			}
		}
	}
}

// span yields the indexes of a timeline by now with from <= t < to.
func span(tl *timeline, now, from, to time.Time) iter.Seq[int] {
	lo, hi := 0, tl.count(now)
	if !from.IsZero() {
		lo = tl.count(from.Add(-1))
	}
	if !to.IsZero() {
		hi = min(hi, tl.count(to.Add(-1)))
	}
	return func(yield func(int) bool) {
		for i := lo; i < hi; i++ {
			if !yield(i) {
				return
			}
		}
	}
}
