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

// TestPatternIsNotRead: of what a site writes by one pattern, so that only the numbers
// differ, hardly any fingerprint is read in full for the next one.
func TestPatternIsNotRead(t *testing.T) {
	var text strings.Builder
	for i := range 300 {
		text.WriteRune(rune(0x4e00 + i*7919%20000))
	}
	now := time.Now()
	pattern := func(i int) fingerprint {
		f, _ := newFingerprint(&article.Article{Title: fmt.Sprintf("两融余额%d元", i), Seen: now,
			Content: fmt.Sprintf("<p>%s，余额%d元，买入%d元，偿还%d元，净额%d元，占比%d。</p>", text.String(), 100000+i*7, 200000+i*13, 300000+i*17, i*19+5, i)})
		return f
	}
	var s stories
	read := 0
	for i := range 2000 {
		f := pattern(i)
		read += len(s.near(f, now))
		s.put(uint64(i+1), f)
	}
	if read > 2000 {
		t.Errorf("%d are read", read)
	}
	if copies := s.near(pattern(7), now); !slices.Contains(copies, 8) {
		t.Errorf("%v are near to a copy", copies)
	}
}

// BenchmarkStory is what it takes to find out which of 25,000 articles a new one of 6 KB
// may repeat.
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
	b.Run("near", func(b *testing.B) {
		var s stories
		for i := range uint64(25000) {
			s.put(i+1, fingerprint{text: i * 0x9e3779b97f4a7c15, letters: 100})
		}
		for i := uint64(0); b.Loop(); i++ {
			s.near(fingerprint{text: i * 0xd6e8feb86659fd93, letters: 100}, time.Time{})
		}
	})
}
