package daemon

import (
	"errors"
	"regexp"
	"strconv"
	"time"

	"aggregator/feedout"
	"aggregator/storage"
)

// Archive documents (RFC 5005 §4) hold what came into a feed in one month, by
// the time at which it came: a late copy in a column counts from then, so that
// no article ever joins a month that is over. Each article looks as it does now.
//
// An edit of an old article leaves it where it is; pruning moves the later ones
// of a month to the front. The links to a document say which revision it is, ?r=,
// so that both, and each arrival in the part that still grows, give it another
// address: who keeps archives by their addresses fetches it anew, and caches hold
// nothing wrong under the new one. Without ?r= nothing is kept for ever, nor is
// the part that grows.

// archiveSize is how many articles a document holds, some 8 MB. A month of more
// is spread over parts, which are full when the next one begins.
const archiveSize = 1000

// section is a month's part, counted from 1.
type section struct {
	first, end time.Time // of the month
	part       int
}

var sectionSlugs = regexp.MustCompile(`^(.+)/([0-9]{4}-(?:0[1-9]|1[0-2]))(?:-([2-9]|[1-9][0-9]{1,4}))?$`)

const monthLayout = "2006-01"

// section reads the slug of an archive document.
func (d *Daemon) section(slug string) (feed string, s section, ok bool) {
	m := sectionSlugs.FindStringSubmatch(slug)
	if m == nil {
		return "", s, false
	}
	first, err := time.ParseInLocation(monthLayout, m[2], d.Zone())
	s = d.month(first)
	if m[3] != "" {
		s.part, _ = strconv.Atoi(m[3])
	}
	return m[1], s, err == nil
}

// month is the first part of the month of a time.
func (d *Daemon) month(t time.Time) section {
	t = t.In(d.Zone())
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, d.Zone())
	return section{first, first.AddDate(0, 1, 0), 1}
}

// slug is that of the section's document.
func (s section) slug(feed string) string {
	slug := feed + "/" + s.first.Format(monthLayout)
	if s.part > 1 {
		slug += "-" + strconv.Itoa(s.part)
	}
	return slug
}

func (s section) stretch() storage.Stretch {
	return storage.Stretch{First: s.first, End: s.end, Skip: (s.part - 1) * archiveSize, Limit: archiveSize}
}

// lastBefore finds the last section that holds something from before a time; its
// part is 0 where there is none.
func (f Feeds) lastBefore(r storage.Run, t time.Time) (section, error) {
	around, err := f.d.store.Around(r, storage.Stretch{First: t, End: t})
	if err != nil || around.Before.IsZero() {
		return section{}, err
	}
	s := f.d.month(around.Before)
	count, err := f.count(r, s)
	s.part = (count + archiveSize - 1) / archiveSize
	return s, err
}

// count is how many articles came in the section's month.
func (f Feeds) count(r storage.Run, s section) (int, error) {
	around, err := f.d.store.Around(r, storage.Stretch{First: s.first, End: s.end, Limit: 1 << 30})
	return around.Count, err
}

// before is the section before one; its part is 0 where there is none.
func (f Feeds) before(r storage.Run, s section) (section, error) {
	if s.part > 1 {
		return section{s.first, s.end, s.part - 1}, nil
	}
	return f.lastBefore(r, s.first)
}

// archive is the feed of an archive document.
func (f Feeds) archive(slug string, s section) (*feedout.Feed, error) {
	what, err := f.find(slug)
	var moved *feedout.Moved
	switch {
	case errors.As(err, &moved):
		return nil, &feedout.Moved{Slug: s.slug(moved.Slug)}
	case err != nil:
		return nil, err
	case what.run == nil:
		return nil, feedout.ErrNoFeed
	}
	// The clock comes first: what a month holds is all only if it was over before
	// that was read.
	now := time.Now()
	count, err := f.count(*what.run, s)
	if err != nil {
		return nil, err
	}
	parts := (count + archiveSize - 1) / archiveSize
	if s.part > parts {
		return nil, feedout.ErrNoFeed
	}
	feed := f.feed(what, s.slug(slug))
	var around storage.Surroundings
	if feed.Articles, around, err = f.d.store.Arrived(*what.run, s.stretch()); err != nil {
		return nil, err
	}
	if feed.History, err = f.neighbours(*what.run, slug, s, parts, around); err != nil {
		return nil, err
	}
	// Past its end nothing comes into a month. That its document will name a
	// next one then is not worth keeping it for less.
	if feed.History.Next != "" || !now.Before(s.end) {
		feed.History.Settled = revision(around)
	}
	return feed, nil
}

// neighbours tell where a section stands among the others.
func (f Feeds) neighbours(r storage.Run, slug string, s section, parts int, around storage.Surroundings) (h feedout.History, err error) {
	h.Current = f.d.URL("/feeds/" + slug + ".atom")
	switch {
	case s.part < parts:
		h.Next = f.address(slug, section{s.first, s.end, s.part + 1})
	case !around.After.IsZero():
		h.Next = f.address(slug, f.d.month(around.After))
	}
	if h.Previous, err = f.previous(r, slug, s); err != nil {
		return h, err
	}
	// A month alone is no archive yet: validators miss its neighbours.
	h.Archive = h.Previous != "" || h.Next != ""
	return h, nil
}

// previous is the address of the document before a section's.
func (f Feeds) previous(r storage.Run, slug string, s section) (string, error) {
	prev, err := f.before(r, s)
	if err != nil || prev.part == 0 {
		return "", err
	}
	return f.revised(r, slug, prev)
}

// revised is the address of a section as it is now.
func (f Feeds) revised(r storage.Run, slug string, s section) (string, error) {
	around, err := f.d.store.Around(r, s.stretch())
	return f.address(slug, s) + "?r=" + revision(around), err
}

// revision is the ?r= of a section.
func revision(around storage.Surroundings) string { return strconv.FormatUint(around.Revision, 36) }

func (f Feeds) address(slug string, s section) string {
	return f.d.URL("/feeds/" + s.slug(slug) + ".atom")
}

// show gives a feed the articles that readers subscribe to, and where the others
// are found.
func (f Feeds) show(feed *feedout.Feed, r storage.Run, slug string) (err error) {
	if feed.Articles, feed.History.Complete, err = f.d.store.Latest(r, f.d.window()); err != nil || feed.History.Complete {
		return err
	}
	last, err := f.lastBefore(r, farFuture())
	if err != nil || last.part == 0 {
		return err
	}
	feed.History.Previous, err = f.revised(r, slug, last)
	return err
}

// farFuture is later than any article.
func farFuture() time.Time { return time.Date(2500, time.January, 1, 0, 0, 0, 0, time.UTC) }

// archives are the slugs of the archive documents of a feed, newest first.
func (f Feeds) archives(slug string) (all []string, err error) {
	what, err := f.find(slug)
	switch {
	case errors.Is(err, feedout.ErrNoFeed), errors.Is(err, feedout.ErrGone):
		return nil, nil
	case err != nil || what.run == nil:
		return nil, err
	}
	s, err := f.lastBefore(*what.run, farFuture())
	for err == nil && s.part > 0 {
		all = append(all, s.slug(slug))
		s, err = f.before(*what.run, s)
	}
	return all, err
}
