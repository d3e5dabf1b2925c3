package daemon

import (
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"time"

	"aggregator/feedout"
	"aggregator/storage"
)

// Archive documents (RFC 5005 §4) hold what came into a feed in one month, by
// the time at which it came: a late copy in a column counts from then, so that
// no article ever joins a month that is over. Each article looks as it does now.
//
// An edit of an old article leaves it where it is; pruning moves the later ones
// of a month to the front. The links back say which revision a document is, ?r=,
// and this tells all that its bytes depend on, the revision of the document before
// among it. So an edit, and each arrival in the part that still grows, give the
// document and all after it other addresses: who keeps archives by their addresses
// finds what is new, from the document that is subscribed to on, and caches hold
// nothing wrong. Without ?r= nothing is kept for ever, nor is the part that grows.
//
// The links forward are without it: a document that never changes cannot know what
// will become of those after it. They lead to them as they are.

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
	s.part, err = f.parts(r, s)
	return s, err
}

// parts is how many documents the section's month has.
func (f Feeds) parts(r storage.Run, s section) (int, error) {
	n, err := f.d.store.Within(r, storage.Stretch{First: s.first, End: s.end, Limit: 1 << 30})
	return (n + archiveSize - 1) / archiveSize, err
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
	parts, err := f.parts(*what.run, s)
	if err != nil {
		return nil, err
	}
	if s.part > parts {
		return nil, feedout.ErrNoFeed
	}
	feed := f.feed(what, s.slug(slug))
	var around storage.Surroundings
	if feed.Articles, around, err = f.d.store.Arrived(*what.run, s.stretch()); err != nil {
		return nil, err
	}
	h := &feed.History
	h.Current = f.d.URL("/feeds/" + slug + ".atom")
	h.Next = f.next(slug, s, parts, around)
	if h.Previous, err = f.previous(what, slug, s); err != nil {
		return nil, err
	}
	// A month alone is no archive yet: validators miss its neighbours.
	h.Archive = h.Previous != "" || h.Next != ""
	// Past its end nothing comes into a month.
	if h.Next != "" || !now.Before(s.end) {
		h.Settled = f.revision(what, h.Next, around)
	}
	return feed, nil
}

// next is the address of the document after a section's; empty where there is none.
func (f Feeds) next(slug string, s section, parts int, around storage.Surroundings) string {
	switch {
	case s.part < parts:
		return f.address(slug, section{s.first, s.end, s.part + 1})
	case !around.After.IsZero():
		return f.address(slug, f.d.month(around.After))
	}
	return ""
}

// previous is the address of the document before a section's.
func (f Feeds) previous(what *offer, slug string, s section) (string, error) {
	prev, err := f.before(*what.run, s)
	if err != nil || prev.part == 0 {
		return "", err
	}
	return f.revised(what, slug, prev)
}

// revised is the address of a section as it is now.
func (f Feeds) revised(what *offer, slug string, s section) (string, error) {
	parts, err := f.parts(*what.run, s)
	if err != nil {
		return "", err
	}
	around, err := f.d.store.Around(*what.run, s.stretch())
	return f.address(slug, s) + "?r=" + f.revision(what, f.next(slug, s, parts, around), around), err
}

// revision is the ?r= of a section: it tells what the store has of it and before,
// which document comes next, what the configuration says of the feed, and how this
// program writes documents.
func (f Feeds) revision(what *offer, next string, around storage.Surroundings) string {
	sum := fnv.New64a()
	site := f.d.cfg.Site
	fmt.Fprintf(sum, "%s %d %q %q %q %q %q %q %v", feedout.Rendering(), around.Revision, next, what.title, what.subtitle,
		site.BaseURL, site.Language, site.Rights, f.sources())
	return strconv.FormatUint(sum.Sum64(), 36)
}

func (f Feeds) address(slug string, s section) string {
	return f.d.URL("/feeds/" + s.slug(slug) + ".atom")
}

// show gives a feed the articles that readers subscribe to, and where the others
// are found.
func (f Feeds) show(feed *feedout.Feed, what *offer, slug string) (err error) {
	if feed.Articles, feed.History.Complete, err = f.d.store.Latest(*what.run, f.d.window()); err != nil || feed.History.Complete {
		return err
	}
	last, err := f.lastBefore(*what.run, farFuture())
	if err != nil || last.part == 0 {
		return err
	}
	feed.History.Previous, err = f.revised(what, slug, last)
	return err
}

// farFuture is later than any article.
func farFuture() time.Time { return time.Date(2500, time.January, 1, 0, 0, 0, 0, time.UTC) }

// archived is an archive document by its slug.
type archived struct{ slug, revision string }

// archives are the archive documents of a feed, newest first.
func (f Feeds) archives(slug string) (all []archived, err error) {
	what, err := f.find(slug)
	if err != nil || what.run == nil {
		return nil, err
	}
	s, err := f.lastBefore(*what.run, farFuture())
	for err == nil && s.part > 0 {
		var address string
		if address, err = f.revised(what, slug, s); err != nil {
			break
		}
		_, revision, _ := strings.Cut(address, "?r=")
		all = append(all, archived{s.slug(slug), revision})
		s, err = f.before(*what.run, s)
	}
	return all, err
}
