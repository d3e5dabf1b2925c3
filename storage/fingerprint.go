package storage

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aggregator/normalize/article"
	"aggregator/normalize/article/diff"

	"github.com/cespare/xxhash/v2"
)

// storyWindow is how long after an article another may tell its story again.
const storyWindow = 72 * time.Hour

const (
	// minStory is how many letters a text needs to be told from others: of
	// shorter ones, most are the same sentence about another day.
	minStory = 80
	// nearText is how far the texts of one story lie apart at most, in bits of
	// 64, and nearTitled how far where the titles are equal.
	nearText, nearTitled = 10, 14
)

// fingerprint is what is left of an article to tell whether another one tells
// the same story.
type fingerprint struct {
	at      time.Time // when it was first seen
	text    uint64    // simhash, after Charikar 2002
	letters int
	title   string // its letters
	// words is the title without its digits.
	words   uint64
	numbers []uint32 // hashes of those in the text, sorted, repeated as there
	stocks  uint64
}

// newFingerprint reads an article; false where it has too little text.
func newFingerprint(a *article.Article) (fingerprint, bool) {
	text, title := readContent(a.Content), lettersOf(a.Title)
	f := fingerprint{
		at: a.Seen, letters: text.letters, text: text.majority(),
		title:   string(title),
		numbers: text.numbers, stocks: xxhash.Sum64String(strings.Join(slices.Sorted(slices.Values(article.Union(nil, a.Stocks...))), " ")),
	}
	f.words = xxhash.Sum64String(string(slices.DeleteFunc(title, unicode.IsDigit)))
	return f, f.letters >= minStory
}

// same tells why two articles are one story, and how far their texts lie apart;
// "" where they are not. It rather misses a copy than joins two stories: a
// reader who sees a story twice is annoyed, one who never sees it is deceived.
func (f fingerprint) same(g fingerprint) (reason string, distance int) {
	if !f.fits(g.letters, g.stocks) || !holds(f.numbers, g.numbers) && !holds(g.numbers, f.numbers) {
		return "", 0
	}
	if f.words == g.words && !strings.HasSuffix(f.title, g.title) && !strings.HasSuffix(g.title, f.title) {
		return "", 0 // titles that differ in a number alone, and not by one set before them
	}
	distance = apart(f.text, g.text)
	switch {
	case f.title == g.title && distance <= nearTitled:
		return "equal title, close text", distance
	case distance <= nearText:
		return "near-identical text", distance
	}
	return "", distance
}

// fits tells whether a text of so many letters, about such stocks, may be the same story.
func (f fingerprint) fits(letters int, stocks uint64) bool {
	longer, shorter := max(f.letters, letters), min(f.letters, letters)
	return f.stocks == stocks && longer-shorter <= longer/4
}

// contradict tells whether one text has other words in places where the other
// has its own. Papers that copy a story leave out sentences and add some; reports
// that are written by a pattern say the same of another company, and their
// fingerprints lie as close.
func contradict(a, b string) bool {
	length, replaced := 0, 0
	parts := diff.Texts(a, b)
	for i, p := range parts {
		n := utf8.RuneCountInString(p.Text)
		length += n
		if p.Op == diff.Added && i > 0 && parts[i-1].Op == diff.Removed && !closing(parts, i-1) {
			replaced += min(n, utf8.RuneCountInString(parts[i-1].Text))
		}
	}
	return replaced > 2+length/100
}

// closing tells whether what was removed and added is how the two texts end, from
// the start of a sentence on. A paper that takes over a story drops the last
// sentences and sets its own; what a story is about stands before.
func closing(parts []diff.Part, i int) bool {
	if i == 0 {
		return false
	}
	rest := 0
	for _, p := range parts[i+2:] {
		rest += utf8.RuneCountInString(p.Text)
	}
	before := strings.TrimRight(parts[i-1].Text, " ")
	last, _ := utf8.DecodeLastRuneInString(before)
	return rest <= 3 && strings.ContainsRune("。！？!?；\n", last)
}

// holds tells whether all of the numbers of less are in more, as often as in
// less: a paper adds a sentence of its own and changes no figure.
func holds(more, less []uint32) bool {
	for _, n := range less {
		i, found := slices.BinarySearch(more, n)
		if !found {
			return false
		}
		more = more[i+1:]
	}
	return true
}
