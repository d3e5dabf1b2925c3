package storage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aggregator/normalize/article"
)

// TestNearby: none that is near is passed over, however many there are.
func TestNearby(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.Uint64().Draw(r, "text")
		texts := rapid.SliceOf(rapid.OneOf(rapid.Uint64(), rapid.Map(rapid.Uint64(), func(n uint64) uint64 { return text ^ n&0x7fff }))).Draw(r, "texts")
		var want []int
		for i, other := range texts {
			if apart(text, other) <= nearTitled {
				want = append(want, i)
			}
		}
		if got := nearby(texts, text); !slices.Equal(got, want) {
			r.Errorf("%v, want %v", got, want)
		}
	})
}

// BenchmarkStory is what it takes to tell whether a new article of 6 KB repeats one of
// 25,000.
func BenchmarkStory(b *testing.B) {
	var text strings.Builder
	for i := range 2000 {
		text.WriteRune(rune(0x4e00 + i*7919%20000))
		if i%12 == 0 {
			fmt.Fprintf(&text, "%d%%，", i)
		}
	}
	a := article.Article{Title: "央行决定降准", Content: "<p>" + text.String() + "</p>"}
	b.Run("fingerprint", func(b *testing.B) {
		for b.Loop() {
			newFingerprint(&a)
		}
	})
	b.Run("like", func(b *testing.B) {
		var s stories
		for i := range uint64(25000) {
			s.put(i+1, fingerprint{text: i * 0x9e3779b97f4a7c15, letters: 100})
		}
		for i := uint64(0); b.Loop(); i++ {
			s.near(fingerprint{text: i * 0xd6e8feb86659fd93, letters: 100}, time.Time{})
		}
	})
}
