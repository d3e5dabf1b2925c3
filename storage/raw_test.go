package storage

import (
	"errors"
	"strings"
	"testing"

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
	defer c.close()
	pieces := rapid.SliceOf(rapid.SampledFrom([]string{"<p>", "</p>", "央行", "证监会", "\xff", "a", strings.Repeat("甲乙丙丁", 9000)}))
	rapid.Check(t, func(r *rapid.T) {
		content := strings.Join(pieces.Draw(r, "content"), "")
		raw := article.Raw{Body: []byte(strings.Join(pieces.Draw(r, "before"), "") + content + strings.Join(pieces.Draw(r, "after"), "")), URL: "https://example.org/"}
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
		if got, err := c.unpackRaw(value, "another "+content); value[0] == alike && !errors.Is(err, ErrDamaged) && !got.Equal(&raw) {
			r.Errorf("with another content: %v, %v", got, err)
		}
		value[rapid.IntRange(1, len(value)-1).Draw(r, "damaged")] ^= 1
		if got, err := c.unpackRaw(value, content); value[0] == alike && !errors.Is(err, ErrDamaged) {
			r.Errorf("damaged: %v, %v", got, err)
		}
	})
	var b strings.Builder
	for i := range 2000 {
		b.WriteRune(rune(0x4e00 + i*7919%20000))
	}
	value, err := c.packRaw(article.Raw{Body: []byte("<div>" + b.String() + "</div>")}, b.String())
	if err != nil || len(value) > 100 {
		t.Errorf("%d bytes for what is the same but for a tag, %v", len(value), err)
	}
}
