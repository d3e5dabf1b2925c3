package storage

import (
	"errors"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"

	"aggregator/normalize/article"
)

// TestBodiesBesideTheirContent: what a body shares with the content takes no room, and
// what is read with another content, or is damaged, is not taken for a body.
func TestBodiesBesideTheirContent(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	pieces := rapid.SliceOf(rapid.SampledFrom([]string{"<p>", "</p>", "央行", "证监会", "\xff", "a", strings.Repeat("甲乙丙丁", 9000)}))
	rapid.Check(t, func(r *rapid.T) {
		content := strings.Join(pieces.Draw(r, "content"), "")
		raw := article.Raw{Body: strings.Join(pieces.Draw(r, "before"), "") + content + strings.Join(pieces.Draw(r, "after"), ""), URL: "https://example.org/"}
		value, err := c.packRaw(raw, content)
		if err != nil {
			r.Fatal(err)
		}
		if len(value) == 0 {
			return
		}
		if got, err := c.unpackRaw(value, content); err != nil || !got.Equal(&raw) {
			r.Errorf("%v", err)
		}
		if got, err := c.unpackRaw(value, "another "+content); value[0] == derived && !errors.Is(err, ErrDamaged) && !got.Equal(&raw) {
			r.Errorf("with another content: %v, %v", got, err)
		}
		value[rapid.IntRange(1, len(value)-1).Draw(r, "damaged")] ^= 1
		if got, err := c.unpackRaw(value, content); value[0] == derived && !errors.Is(err, ErrDamaged) {
			r.Errorf("damaged: %v, %v", got, err)
		}
	})
	var b strings.Builder
	for i := range 2000 {
		b.WriteRune(rune(0x4e00 + i*7919%20000))
	}
	value, err := c.packRaw(article.Raw{Body: "<div>" + b.String() + "</div>"}, b.String())
	if err != nil || len(value) > 100 {
		t.Errorf("%d bytes for what is the same but for a tag, %v", len(value), err)
	}
}

// TestBodiesOfSchema10 are read as they were written.
func TestBodiesOfSchema10(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Repeat("央行决定降准。", 20)
	want := article.Raw{Body: "<p>" + content + "</p>", URL: "https://example.org/"}
	dictionary := s2.MakeDictManual([]byte(content), 0)
	value, err := c.marshalBy(storeRaw(want), func(b []byte) []byte {
		return summed(alike, append(make([]byte, headSize), dictionary.Encode(nil, b)...), b)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.unpackRaw(value, content); err != nil || !got.Equal(&want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := c.unpackRaw(value, "short"); !errors.Is(err, ErrDamaged) {
		t.Errorf("with too short a content: %v", err)
	}
}
