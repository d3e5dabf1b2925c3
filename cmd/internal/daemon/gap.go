package daemon

import (
	"fmt"
	"slices"

	"aggregator/fetcher"
)

// further returns where the list is read on after n pages: "" where ground is
// reached, or nothing leads on. A list with numbered pages is read back until its
// last items are known; a feed that tells where its older part is (RFC 5005), only
// while there is a gap.
func (c *cycle) further(p *pages, n int) string {
	numbered := c.s.reader.Pages() > 1
	next := p.next
	if numbered {
		next = c.s.reader.URL(n + 1)
	}
	switch {
	case numbered && c.onGround(p), !numbered && !c.gap(p):
		return ""
	case p.last == 0:
		p.end = "the list is no longer"
	case p.read[next]:
		p.end = "its older parts lead back to the newer ones"
	case n >= c.s.MaxPages || numbered && n == c.s.reader.Pages():
		p.end = fmt.Sprintf("max_pages is %d", n)
	case next == "":
		p.end = "it names no older part"
	default:
		return next
	}
	return ""
}

// gap tells whether items may be missing between what is known and what was read
// last: none of the newest of a feed is known, or none of an older part of it, nor,
// as far as that can be told, as old as the last success (CONDUCT 23). A feed's newest
// item alone proves nothing of those before; nor does an old one that is shown on top
// of all.
func (c *cycle) gap(p *pages) bool {
	if p.ground.IsZero() || len(p.items) == 0 {
		return false
	}
	telling := p.telling()
	if c.rec.LastSuccess.IsZero() {
		// A first fetch that was cut short has stored the oldest: whatever of it is
		// still listed, there is nothing between.
		telling = p.all()
	}
	for _, i := range telling {
		at := p.items[i].Published
		if p.sightings[i].Listed || !at.IsZero() && !at.After(p.ground) {
			return false
		}
	}
	return true
}

// telling are the items that tell whether there is a gap: the newest four fifths of
// a feed, the last page of more.
func (p *pages) telling() []int {
	all := p.all()
	if p.last < len(all) {
		return all[len(all)-p.last:]
	}
	if !slices.ContainsFunc(p.items, func(it fetcher.Item) bool { return it.Published.IsZero() }) {
		slices.SortStableFunc(all, func(a, b int) int { return p.items[b].Published.Compare(p.items[a].Published) })
	}
	return all[:max(1, len(all)*4/5)]
}

func (p *pages) all() []int {
	all := make([]int, len(p.items))
	for i := range all {
		all[i] = i
	}
	return all
}

// few is how many items a feed may have for it to be its nature that they are
// all new each time.
const few = 4

// noteLinkedGap says what following a feed back achieved. Where its items tell no
// time, nobody can say that there is a gap at all.
func (c *cycle) noteLinkedGap(p *pages, read int) {
	switch open := c.gap(p); {
	case !open && read > 1:
		c.rep.Gap = "gap closed"
	case open && (read > 1 || len(p.items) > few && !p.items[len(p.items)-1].Published.IsZero()):
		c.rep.Gap = c.notClosable(p)
	}
}
