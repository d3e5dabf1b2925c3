package storage

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// FuzzDelta: what is made of a source is read with it, and bytes that are no delta are
// refused, or make no more than they may.
func FuzzDelta(f *testing.F) {
	f.Add([]byte(""), []byte(""), []byte{})
	f.Add([]byte("<p>央行决定降准。</p>"), []byte("<div><p class=a>央行决定降准。</p></div>"), []byte{9, 1, 'a', 8, 1})
	f.Add(bytes.Repeat([]byte("12345678"), 40), bytes.Repeat([]byte("12345678"), 90), []byte{8, 0, 8, 0})
	f.Add([]byte("one two three four five six"), []byte("four five six one two three"), []byte{255, 255, 255, 255, 15, 0, 8, 0})
	f.Fuzz(func(t *testing.T, source, target, strange []byte) {
		delta := appendDelta(nil, source, target)
		got, err := applyDelta(source, delta, len(target))
		if err != nil || !bytes.Equal(got, target) {
			t.Errorf("%q of %q: %q, %v", target, source, got, err)
		}
		if len(target) > 0 {
			if _, err := applyDelta(source, delta, len(target)-1); err == nil {
				t.Errorf("%d bytes where there may be one less", len(target))
			}
		}
		if got, err := applyDelta(source, strange, 100); err == nil && len(got) > 100 {
			t.Errorf("%d bytes of %x", len(got), strange)
		}
	})
}

// paragraphs is a content, and a body of which it is what is left.
func paragraphs(n int) (content, body []byte) {
	for i := range n {
		content, body = append(content, "<p>"...), append(body, `<p style="text-indent:2em">`...)
		for j := range 60 {
			c := rune(0x4e00 + (i*60+j)*7919%20000)
			content, body = utf8.AppendRune(content, c), utf8.AppendRune(body, c)
		}
		content, body = append(content, "</p>"...), append(body, "</p>\n"...)
	}
	return content, body
}

// TestDeltaIsSmall: a body costs what it has more than its content.
func TestDeltaIsSmall(t *testing.T) {
	content, body := paragraphs(40)
	delta, more := len(appendDelta(nil, content, body)), len(body)-len(content)
	if delta > more+40*8 {
		t.Errorf("%d bytes for %d more in 40 paragraphs", delta, more)
	}
}

func BenchmarkDelta(b *testing.B) {
	content, body := paragraphs(35)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		appendDelta(make([]byte, 0, len(body)/8), content, body)
	}
}
