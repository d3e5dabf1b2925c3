package storage

import (
	"math/bits"
	"testing"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"
)

// TestSimhash: the fingerprints in old files were made letter by letter and bit by
// bit, as here.
func TestSimhash(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		letters := []rune(rapid.StringOfN(rapid.RuneFrom([]rune("中关村的一是不了在人有我他这a1é😀")), 0, 3000, -1).Draw(r, "letters"))
		var weight [64]int
		for i := 1; i < len(letters); i++ {
			gram := xxhash.Sum64String(string(letters[i-1 : i+1]))
			if gram%8 != 0 {
				continue
			}
			gram = bits.RotateLeft64(gram*0x9e3779b97f4a7c15, 32)
			for b := range weight {
				weight[b] += int(gram>>b&1)*2 - 1
			}
		}
		var want uint64
		for b, w := range weight {
			if w > 0 {
				want |= 1 << b
			}
		}
		if got := simhash(letters); got != want {
			r.Errorf("%d letters: %x, want %x", len(letters), got, want)
		}
	})
}

func TestSumShort(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 2*utf8.UTFMax+1).Draw(r, "bytes")
		if got, want := sumShort(b), xxhash.Sum64(b); got != want {
			r.Errorf("%x: %x, want %x", b, got, want)
		}
	})
}
