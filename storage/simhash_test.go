package storage

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"
)

// TestRead: one pass finds what is found letter by letter, bit by bit and number by
// number.
func TestRead(t *testing.T) {
	pieces := []string{"中关村", "的一是", "不了在人", "有我他这", "一", "\u9fff", "a", "É", "é", "😀", " ", "。", "\xe4\xb8", "\xff", "1", "23", "0.5", "%", "-", ".", "１", "٣", "\u3000", "\n"}
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 600).Draw(r, "text"), "")
		letters := lettersOf(text)
		var weight [64]int
		for i := 1; i < len(letters); i++ {
			gram := uint64(letters[i-1])<<32 | uint64(letters[i])
			if gram*0xd6e8feb86659fd93>>61 != 0 {
				continue
			}
			gram = xxhash.Sum64(binary.LittleEndian.AppendUint64(nil, gram))
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
		var numbers []uint32
		for _, n := range strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsDigit(c) && !strings.ContainsRune(".%-", c) }) {
			if n = strings.Trim(n, ".-"); n != "" {
				numbers = append(numbers, uint32(xxhash.Sum64String(n)))
			}
		}
		slices.Sort(numbers)
		got := read(text)
		if got.letters != len(letters) || got.majority() != want || !slices.Equal(got.numbers, numbers) {
			r.Errorf("%q: %d letters, %x, numbers %x; want %d, %x, %x", text, got.letters, got.majority(), got.numbers, len(letters), want, numbers)
		}
	})
}
