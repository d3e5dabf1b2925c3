// Package diff tells how one text became another, for people: in words where
// the script has words, in characters where it has none, as Chinese.
//
// [Texts] compares, [Short] leaves out what did not change, [String] writes it
// in one line. The result depends on nothing but the texts, and the work is
// bounded: of texts that have little in common it is not the shortest one.
package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Op is what became of a part.
type Op int

const (
	Kept Op = iota
	Removed
	Added
)

// Part is a piece of text with one fate.
type Part struct {
	Op   Op
	Text string
}

// maxBytes bounds the texts that are compared; beyond, only their beginnings are.
const maxBytes = 1 << 20

// Texts gives the parts that make up both texts: before of those that were kept
// and removed, after of those that were kept and added. What was removed comes
// before what was added in its place.
func Texts(before, after string) []Part {
	a, b := tokens(cut(before)), tokens(cut(after))
	var parts []Part
	done := 0
	for _, d := range lcs.DiffLines(a, b) {
		parts = add(parts, Kept, a[done:d.Start])
		parts = add(parts, Removed, a[d.Start:d.End])
		parts = add(parts, Added, b[d.ReplStart:d.ReplEnd])
		done = d.End
	}
	return join(add(parts, Kept, a[done:]))
}

func cut(text string) string {
	if len(text) <= maxBytes {
		return text
	}
	n := maxBytes
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func add(parts []Part, op Op, tokens []string) []Part {
	if len(tokens) == 0 {
		return parts
	}
	return append(parts, Part{op, strings.Join(tokens, "")})
}

// tokens splits a text into words, numbers, characters of scripts that set no
// blanks between words, and everything else one by one.
func tokens(text string) (list []string) {
	for len(text) > 0 {
		n := token(text)
		list = append(list, text[:n])
		text = text[n:]
	}
	return list
}

// token gives the length of the first token.
func token(text string) int {
	first, n := utf8.DecodeRuneInString(text)
	word := wordy(first)
	for n < len(text) {
		c, size := utf8.DecodeRuneInString(text[n:])
		next, _ := utf8.DecodeRuneInString(text[n+size:])
		joins := word && (wordy(c) || (c == '.' || c == ',' || c == '\'') && wordy(next))
		if !joins && !unicode.Is(unicode.M, c) {
			break
		}
		n += size
	}
	return n
}

// wordy tells whether a character is part of a word.
func wordy(c rune) bool {
	return (unicode.IsLetter(c) || unicode.IsDigit(c)) &&
		!unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// shortKept is how many characters two changes lie apart at most to be told as
// one: a phrase in which every other character is another reads as another
// phrase.
const shortKept = 2

// join makes one change of changes that lie close together.
func join(parts []Part) []Part {
	var out []Part
	var removed, added strings.Builder
	flush := func() {
		for _, p := range []Part{{Removed, removed.String()}, {Added, added.String()}} {
			if p.Text != "" {
				out = append(out, p)
			}
		}
		removed.Reset()
		added.Reset()
	}
	for i, p := range parts {
		between := i > 0 && i < len(parts)-1 && utf8.RuneCountInString(p.Text) <= shortKept && !strings.Contains(p.Text, "\n")
		switch {
		case p.Op == Removed:
			removed.WriteString(p.Text)
		case p.Op == Added:
			added.WriteString(p.Text)
		case between:
			removed.WriteString(p.Text)
			added.WriteString(p.Text)
		default:
			flush()
			out = append(out, p)
		}
	}
	flush()
	return out
}

// Short keeps of what did not change only that many characters beside each
// change, and an ellipsis for the rest; nothing where nothing changed.
func Short(parts []Part, around int) []Part {
	if len(parts) == 1 && parts[0].Op == Kept {
		return nil
	}
	out := make([]Part, 0, len(parts))
	for i, p := range parts {
		if p.Op == Kept {
			p.Text = shorten(p.Text, around, i > 0, i < len(parts)-1)
		}
		out = append(out, p)
	}
	return out
}

// shorten keeps the head of a text that follows a change, and its tail where one
// comes after it.
func shorten(text string, around int, head, tail bool) string {
	runes := []rune(text)
	from, to := 0, len(runes)
	if head {
		from = min(around, len(runes))
	}
	if tail {
		to = max(len(runes)-around, 0)
	}
	if to <= from+1 { // an ellipsis would be no shorter
		return text
	}
	return string(runes[:from]) + "…" + string(runes[to:])
}

// String writes parts in one line, as wdiff does: [-removed-]{+added+}.
func String(parts []Part) string {
	marks := map[Op][2]string{Removed: {"[-", "-]"}, Added: {"{+", "+}"}}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(marks[p.Op][0] + p.Text + marks[p.Op][1])
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
