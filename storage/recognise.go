package storage

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// ByLooks is the step that finds articles again whose site has given all of
// them other ids and addresses: after a move to another host or another
// publishing system (CONDUCT 28).
const ByLooks = "source re-identified"

const (
	// recogniseSteps is how many of the newest articles of a source are compared:
	// more than a document lists.
	recogniseSteps = 1000
	// fewestMoved is how many items must be found again for it to be a move; one
	// title that comes again is a column.
	fewestMoved = 3
	// movedApart is how far the times of an item and of its article may lie
	// apart: a new publishing system may err by a time zone.
	movedApart = 24 * time.Hour
)

// Look is what a document shows of an item that none of its keys makes known.
type Look struct {
	Title     string
	Published time.Time
	Text      string // markup or none
}

// Recognise finds the articles of a source whose ids and addresses have all
// changed: the Key of the article for each item, or "" where it is none. Unless
// at least half of the items are found, and three, nothing is.
func (s *Store) Recognise(source string, looks []Look) (keys []string, err error) {
	err = s.view(func(t *tables) error {
		keys, err = t.recognise(source, looks)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recognise %s: %w", source, err)
	}
	return keys, nil
}

func (t *tables) recognise(source string, looks []Look) ([]string, error) {
	old, err := t.byTitle(source)
	if err != nil {
		return nil, err
	}
	titles := make(map[string]int, len(looks))
	for _, l := range looks {
		titles[string(lettersOf(l.Title))]++
	}
	keys, found := make([]string, len(looks)), 0
	for i, l := range looks {
		title := string(lettersOf(l.Title))
		if r := old[title]; r != nil && title != "" && titles[title] == 1 && l.is(r) {
			keys[i] = r.Key
			found++
		}
	}
	if found < fewestMoved || found*2 < len(looks) {
		clear(keys)
	}
	return keys, nil
}

// byTitle reads the newest articles of a source; nil for a title that several
// have.
func (t *tables) byTitle(source string) (map[string]*record, error) {
	src, err := t.source(source)
	if err != nil {
		return nil, err
	}
	old := map[string]*record{}
	steps := 0
	for _, arrival := range t.newestUnder(sourceTerm(src.Number)) {
		if steps++; steps > recogniseSteps {
			break
		}
		r, err := t.record(arrival)
		if err != nil {
			return nil, err
		}
		title := string(lettersOf(r.Title))
		if _, several := old[title]; several {
			r = nil
		}
		old[title] = r
	}
	return old, nil
}

// is tells whether what is seen under the title of an article is that article:
// of the same day, where both tell, and with the same text, where both have one.
func (l Look) is(r *record) bool {
	if d := l.Published.Sub(r.Published).Abs(); !l.Published.IsZero() && d > movedApart {
		return false
	}
	shown, kept := visible(l.Text), visible(r.Content)
	seen, stored := lettersOf(shown), lettersOf(kept)
	if len(seen) == 0 || len(stored) == 0 { // a column has the same titles every day
		return !l.Published.IsZero() && l.Published.Sub(r.Published).Abs() < time.Minute
	}
	if strings.Contains(string(stored), string(seen)) || strings.Contains(string(seen), string(stored)) {
		return true
	}
	if len(seen)*2 < len(stored) { // a summary, which need not stand in the text
		return !l.Published.IsZero()
	}
	now, before := read(shown), read(kept)
	return bits.OnesCount64(now.majority()^before.majority()) <= nearTitled
}

// moved finds the article that an entry is said to be.
func (a *addition) moved() error {
	if a.arrival != 0 || a.Of == "" {
		return nil
	}
	if a.arrival = fromNumber(a.names.Get([]byte(a.Of))); a.arrival == 0 {
		return fmt.Errorf("article %s: %w", a.Of, ErrNotFound)
	}
	a.Copy, a.Retry = true, nil
	a.joining = &joined{Join: Join{Step: ByLooks}}
	return nil
}
