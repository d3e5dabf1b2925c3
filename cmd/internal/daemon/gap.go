package daemon

import (
	"fmt"
	"slices"
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

// gap tells whether items may be missing between what is known and what was read:
// none of it is known, and as far as that can be told, none is as old as the last
// success (CONDUCT 23). A feed's newest item alone proves nothing of those before.
func (c *cycle) gap(p *pages) bool {
	if p.ground.IsZero() || len(p.items) == 0 || slices.ContainsFunc(p.sightings, listed) {
		return false
	}
	for _, it := range p.items {
		if !it.Published.IsZero() && !it.Published.After(p.ground) {
			return false
		}
	}
	return true
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
