package storage

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"aggregator/normalize/article"
)

// stories are outlines of the fingerprints of the articles that arrived within storyWindow,
// by arrival: of a million there are 56 MB, and nothing in them for the garbage collector
// to look at. What is told of one in full is read where it may be like another. Only the
// goroutine that writes knows them.
type stories struct {
	texts []uint64 // of all, in one piece, since each new article is compared with each
	all   []outline
	swept time.Time // when those that are too old were last looked for
	upTo  uint64    // order up to which they are known
}

// outline is what of a fingerprint tells most articles from another that has about the
// same text.
type outline struct {
	arrival uint64
	at      int64 // when it was first seen
	letters int
	words   uint64
	stocks  uint64
	numbers uint64 // see sketch
}

// sketch has a bit for each of some numbers: those that hold others have all bits of
// theirs. What a site writes by one pattern differs in its numbers alone.
func sketch(numbers []uint32) (bits uint64) {
	for _, n := range numbers {
		bits |= 1 << (n % 64)
	}
	return bits
}

// mayBeLike tells whether a text that lies so far from another may tell its story.
func (o outline) mayBeLike(f fingerprint, numbers uint64, distance int) bool {
	return f.fits(o.letters, o.stocks) && (o.numbers&^numbers == 0 || numbers&^o.numbers == 0) &&
		(distance <= nearText || o.words == f.words) // so far, the titles have to be equal
}

func (s *stories) find(arrival uint64) (place int, known bool) {
	if n := len(s.all); n == 0 || s.all[n-1].arrival < arrival { // most are new
		return n, false
	}
	return slices.BinarySearchFunc(s.all, arrival, func(o outline, arrival uint64) int { return cmp.Compare(o.arrival, arrival) })
}

func (s *stories) put(arrival uint64, f fingerprint) {
	i, known := s.find(arrival)
	if !known {
		s.texts, s.all = slices.Insert(s.texts, i, 0), slices.Insert(s.all, i, outline{})
	}
	s.texts[i], s.all[i] = f.text, outline{arrival, f.at.Unix(), f.letters, f.words, f.stocks, sketch(f.numbers)}
}

// remove forgets those of which the rest is said, all in one go.
func (s *stories) remove(gone func(outline) bool) {
	kept := 0
	for i, o := range s.all {
		if !gone(o) {
			s.texts[kept], s.all[kept] = s.texts[i], o
			kept++
		}
	}
	s.texts, s.all = s.texts[:kept], s.all[:kept]
}

// sweep forgets what is out of the window, now and then.
func (s *stories) sweep(now time.Time) {
	if now.Sub(s.swept).Abs() < time.Hour {
		return
	}
	s.swept = now
	s.remove(func(o outline) bool { return o.old(now) })
}

func (o outline) old(now time.Time) bool {
	return now.Unix()-o.at > int64(storyWindow/time.Second)
}

// near are the arrivals of those that may be like a text.
func (s *stories) near(f fingerprint, now time.Time) (arrivals []uint64) {
	numbers := sketch(f.numbers)
	for _, i := range nearby(s.texts, f.text) {
		if o := s.all[i]; o.mayBeLike(f, numbers, apart(s.texts[i], f.text)) && !o.old(now) {
			arrivals = append(arrivals, o.arrival)
		}
	}
	return arrivals
}

// settle takes over what a transaction told, stories that are new and, without
// letters, those that are none any more; or forgets all if it failed, for they
// may have been read in it.
func (s *Store) settle(t *tables, err error) {
	if err != nil {
		s.stories = nil
		return
	}
	s.wrote.Store(t.ended)
	if s.stories == nil {
		return
	}
	if s.stories.upTo == t.began {
		s.stories.upTo = t.ended
	}
	s.stories.take(t.told)
}

// take takes over what was told; without letters, that a story is none any more.
func (s *stories) take(told map[uint64]fingerprint) {
	gone := false
	for arrival, f := range told {
		if gone = gone || f.letters == 0; f.letters > 0 {
			s.put(arrival, f)
		}
	}
	if gone {
		s.remove(func(o outline) bool {
			f, told := told[o.arrival]
			return told && f.letters == 0
		})
	}
}

// restoredKey is where it is noted at which order articles were last restored: they
// are told without a change that is newer than others.
const restoredKey = "restored"

// catchUp reads what others that share the tables have told meanwhile.
func (t *tables) catchUp() error {
	if fromNumber(t.meta.Get([]byte(restoredKey))) > t.stories.upTo {
		t.Store.stories = nil
		return t.loadStories()
	}
	var arrivals []uint64
	var keys [][]byte
	c := t.changes.Cursor()
	for k, v := c.Seek(number(t.stories.upTo + 1)); k != nil; k, v = c.Next() {
		arrivals, keys = append(arrivals, fromNumber(v)), append(keys, v)
	}
	t.toldTable.Expect(keys)
	told := make(map[uint64]fingerprint, len(arrivals))
	for _, arrival := range arrivals {
		told[arrival], _ = t.toldOf(arrival)
	}
	t.stories.take(told)
	t.stories.upTo = t.began
	return nil
}

// loadStories reads the window at its first use.
func (t *tables) loadStories() error {
	if t.stories != nil && t.stories.upTo < t.began {
		return t.catchUp()
	}
	if t.stories != nil {
		return nil
	}
	if err := t.tellAll(); err != nil {
		return err
	}
	found := &stories{}
	found.upTo = t.began
	c := t.toldTable.Cursor()
	for k, v := c.Seek(number(windowStart(t.time))); k != nil; k, v = c.Next() {
		if f, known := t.readTold(v); known && f.letters > 0 {
			found.put(fromNumber(k), f)
		}
	}
	t.stories = found
	return nil
}

// storyOf is the fingerprint of an article that others may be joined with.
func storyOf(a *article.Article) (fingerprint, bool) {
	if !a.Withdrawn.IsZero() {
		return fingerprint{}, false
	}
	return newFingerprint(a)
}

// tell notes how an article reads now.
func (t *tables) tell(arrival uint64, a *article.Article) error {
	f, ok := storyOf(a)
	if !ok {
		f = fingerprint{}
	}
	return t.tellAs(arrival, f)
}

func (t *tables) tellAs(arrival uint64, f fingerprint) error {
	if t.stories != nil { // else they are loaded when they are asked for
		t.told[arrival] = f
	}
	if arrival < windowStart(t.time) {
		return nil // an older one of which nobody asks
	}
	return t.putTold(arrival, f)
}

// tellNew is tell of a new article, of whose text the fingerprint may be known.
func (a *addition) tellNew(r *record) error {
	if !a.ready.told {
		return a.tell(a.arrival, &r.Article)
	}
	a.ready.story.at = r.Seen
	return a.tellAs(a.arrival, a.ready.story)
}

// untell takes an article out of the window.
func (t *tables) untell(arrival uint64) error {
	if t.stories != nil {
		t.told[arrival] = fingerprint{}
	}
	return t.toldTable.Delete(number(arrival))
}

// likeness is an article of the same story.
type likeness struct {
	arrival  uint64
	reason   string
	distance int
}

// mostLike is how many articles are read to find the one whose story a new article
// tells. Where so many are as near and are none of it, a site writes all it says by
// one pattern, and the next would be none either.
const mostLike = 4

// nearest finds the article within the window whose text is the nearest to that
// of a new one, and the older of two: an arrival of 0 where there is none.
func (a *addition) nearest(f fingerprint) (found likeness, err error) {
	if err := a.loadStories(); err != nil {
		return found, err
	}
	a.stories.sweep(a.time)
	like := a.like(f)
	if len(like) == 0 {
		return found, nil
	}
	slices.SortFunc(like, func(x, y likeness) int {
		return cmp.Or(cmp.Compare(x.distance, y.distance), cmp.Compare(x.arrival, y.arrival))
	})
	text := visible(a.Article.Content)
	read := 0
	for _, l := range like {
		if a.document.lists(a.tables, l.arrival) {
			continue
		}
		if a.articles.Get(number(l.arrival)) == nil {
			continue // another that shares the tables has pruned it
		}
		r, err := a.record(l.arrival)
		if err != nil {
			return found, err
		}
		if !r.hasRoom(a.Keys) {
			continue
		}
		if !contradict(visible(r.Content), text) {
			return l, nil
		}
		if read++; read == mostLike {
			break
		}
	}
	return found, nil
}

// like finds what lies near to a text in the window as the transaction sees it.
func (t *tables) like(f fingerprint) (found []likeness) {
	look := func(arrival uint64, g fingerprint) {
		if g.letters == 0 || t.time.Sub(g.at) > storyWindow {
			return
		}
		if reason, distance := f.same(g); reason != "" {
			found = append(found, likeness{arrival, reason, distance})
		}
	}
	arrivals := t.stories.near(f, t.time)
	t.expectTold(arrivals)
	for _, arrival := range arrivals {
		if _, changed := t.told[arrival]; !changed {
			g, _ := t.toldOf(arrival)
			look(arrival, g)
		}
	}
	for arrival, g := range t.told {
		look(arrival, g)
	}
	return found
}

// nearby gives the places of texts that lie near to one. Four are looked at together:
// hardly any of them does.
func nearby(texts []uint64, text uint64) (found []int) {
	const together = 4
	for i := 0; i < len(texts); i += together {
		if i+together <= len(texts) {
			t := texts[i : i+together : i+together]
			if min(apart(t[0], text), apart(t[1], text), apart(t[2], text), apart(t[3], text)) > nearTitled {
				continue
			}
		}
		for j := i; j < min(i+together, len(texts)); j++ {
			if apart(texts[j], text) <= nearTitled {
				found = append(found, j)
			}
		}
	}
	return found
}

// apart is how many bits of two texts' fingerprints differ.
func apart(a, b uint64) int { return bits.OnesCount64(a ^ b) }

// document is what is listed together with an entry. What its publisher lists side
// by side, he takes for two.
type document struct {
	keys     []string
	arrivals map[uint64]bool // nil until it is asked for
}

// lists tells whether the document lists an article.
func (d *document) lists(t *tables, arrival uint64) bool {
	if d.arrivals == nil {
		d.arrivals = make(map[uint64]bool, len(d.keys))
		for _, key := range d.keys {
			d.arrivals[t.alias(key)] = true
		}
	}
	return d.arrivals[arrival]
}

// add notes that an article is known by a key now.
func (d *document) add(key string, arrival uint64) {
	if d.arrivals != nil && slices.Contains(d.keys, key) {
		d.arrivals[arrival] = true
	}
}
