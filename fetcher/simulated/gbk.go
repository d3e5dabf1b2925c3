package simulated

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"
)

// gb2312 holds the characters of the GB 2312 plane, 94 a row, as GBK decodes
// them; U+FFFD where there is none.
//
//go:embed charset/gb2312.txt
var gb2312 string

// gbk encodes text as the oldest pages are encoded. It knows the characters of
// GB 2312 only, and writes others as character references, as their editors did.
type gbk map[rune][2]byte

func newGBK() gbk {
	g := make(gbk, 94*94)
	row := byte(0xa1)
	for line := range strings.Lines(gb2312) {
		cell := byte(0xa1)
		for _, r := range strings.TrimRight(line, "\n") {
			if r != utf8.RuneError {
				g[r] = [2]byte{row, cell}
			}
			cell++
		}
		row++
	}
	return g
}

func (g gbk) encode(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		} else if pair, ok := g[r]; ok {
			out = append(out, pair[0], pair[1])
		} else {
			out = fmt.Appendf(out, "&#%d;", r)
		}
	}
	return out
}
