package storage

import (
	"cmp"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// newRecord fills in what the origin does not say, so that every article has a
// publication that never moves, and an update that is not before it. The
// caller's slices stay the caller's.
func newRecord(a article.Article, now time.Time) *record {
	a.Seen, a.Changed = now, now
	a.Published, a.Updated, a.Withdrawn = whole(a.Published), whole(a.Updated), whole(a.Withdrawn)
	if a.Published.IsZero() {
		a.Published = a.Updated
	}
	if a.Published.IsZero() {
		a.Published = a.Seen
	}
	if a.Updated.Before(a.Published) {
		a.Updated = a.Published
	}
	a.Categories = article.Union(nil, a.Categories...)
	a.Tags = article.Union(nil, a.Tags...)
	a.Stocks = article.Union(nil, a.Stocks...)
	a.Via = article.Union(nil, a.Via...)
	a.Enclosures = slices.Clone(a.Enclosures)
	return &record{Article: a}
}

// whole is a time as it is stored.
func whole(t time.Time) time.Time { return fromSeconds(seconds(t)) }

// newer compares revisions by the origin's own clock; where one is unknown
// there is nothing to compare.
func newer(a, b time.Time) bool {
	return !a.IsZero() && !b.IsZero() && whole(a).After(whole(b))
}

// believed tells whether this source may say how the article looks now: the
// one that brought it may, and another with a newer revision. One that brings a
// text where there was none so far takes nothing from anybody.
func (a *addition) believed(r *record) bool {
	switch {
	case a.Copy, r.isCopy(a.Keys[0]), newer(r.Revision, a.Revision), r.restless() && !newer(a.Revision, r.Revision):
		return false
	case r.Source == a.source.Name, newer(a.Revision, r.Revision):
		return true
	}
	return r.Content == "" && a.Article.Content != ""
}

// edit takes over what the entry shows. It tells whether readers see it, and
// whether what else is stored of it, its revision and its verdict, changed.
func (a *addition) edit(r *record) (edited, revised bool, err error) {
	if !a.believed(r) {
		return false, false, nil
	}
	before := *r
	if a.Gone && before.hadPage() {
		a.Article.Withdrawn = a.time
	}
	judged, taken := r.judge(a.Entry), r.takes(a.Article)
	edited = r.edit(a.Article, a.time)
	revised = r.revise(a.Revision, edited)
	for _, code := range before.Stocks {
		if !slices.Contains(r.Stocks, code) {
			if err := a.unfile(stockTerm(code), a.arrival); err != nil {
				return false, false, err
			}
		}
	}
	if edited && corrects(&before, r) {
		if err := a.supersede(&before, r); err != nil {
			return false, false, err
		}
		r.Remade = false
	}
	// A body stays with the text that was made of it.
	if taken && (edited || a.raw.Get(number(a.arrival)) == nil) {
		err = a.putRaw()
	}
	return edited, revised || judged, err
}

// hadPage tells whether the article's text came from its page.
func (r *record) hadPage() bool { return r.Verdict.From != "" && r.Verdict.From != "feed" }

// revise takes over the origin's revision, and tells whether it moved. An edit
// without one is counted.
func (r *record) revise(revision time.Time, edited bool) bool {
	revised := whole(revision).After(r.Revision)
	switch {
	case revised:
		r.Revision, r.Unrevised = whole(revision), 0
	case edited:
		r.Unrevised++
	}
	return revised
}

// judge takes over the verdict on the body that r has after the edit, and tells
// whether it is another one. Where no text is taken over, the old one stays.
func (r *record) judge(e Entry) bool {
	if !r.takes(e.Article) || e.Verdict.Equal(r.Verdict) {
		return false
	}
	r.Verdict = e.Verdict
	return true
}

// takes tells whether the text of a is taken over in an edit: where a has none,
// for want of its page, the stored text stays.
func (r *record) takes(a article.Article) bool { return a.Content != "" || r.Content == "" }

// edit makes the article look like a, and tells whether it looked different. A
// text that stays does so with all that was found in it.
func (r *record) edit(a article.Article, now time.Time) bool {
	next := r.Article
	next.Title = cmp.Or(a.Title, r.Title)
	if next.Withdrawn = whole(a.Withdrawn); !next.Withdrawn.IsZero() && !r.Withdrawn.IsZero() {
		next.Withdrawn = r.Withdrawn
	}
	if !r.takes(a) && !r.Withdrawn.IsZero() {
		next.Withdrawn = r.Withdrawn // nothing came that would take it back
	}
	if r.takes(a) {
		next.Summary, next.Content, next.Image = a.Summary, a.Content, a.Image
		next.Author, next.Origin = a.Author, a.Origin
		next.Tags, next.Stocks = article.Union(nil, a.Tags...), article.Union(nil, a.Stocks...)
		next.Enclosures = slices.Clone(a.Enclosures)
	}
	if next.Print() == r.Print() {
		return false
	}
	if next.Updated = whole(a.Updated); !next.Updated.After(r.Updated) || next.Updated.After(now) {
		next.Updated = now
		if now.Before(r.Updated) { // the clock stepped back
			next.Updated = r.Updated
		}
	}
	r.Article = next
	return true
}

// merge adds the categories and links of a, and tells whether there were any.
func (r *record) merge(a article.Article) bool {
	categories := article.Union(r.Categories, a.Categories...)
	grown := len(categories) > len(r.Categories)
	r.Categories = categories
	for _, link := range append([]string{a.Link}, a.Via...) {
		if link != "" && link != r.Link && !slices.Contains(r.Via, link) && len(r.Via) < maxKeys {
			r.Via = append(r.Via, link)
			grown = true
		}
	}
	return grown
}
