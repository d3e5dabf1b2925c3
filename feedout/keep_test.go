package feedout

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"
)

// TestMemory: of many feeds few are kept, the ones last asked for, and what was
// dropped comes back the same, its time included.
func TestMemory(t *testing.T) {
	loads := map[string]int{}
	now := time.Date(2026, time.March, 5, 0, 0, 0, 0, time.UTC)
	shown := 3
	p := New(loader{feed: func(_ context.Context, slug string) (*Feed, error) {
		loads[slug]++
		f := sample(3)
		f.Articles = f.Articles[3-shown:]
		return f, nil
	}}, Options{Memory: 200 << 10, Now: func() time.Time { return now }})
	first := get(t, p, "/feeds/s0.atom")
	shown, now = 2, now.Add(time.Hour) // the newest article left: the time is now
	p.Changed("s0")
	second := get(t, p, "/feeds/s0.atom")
	if !second.Modified.Equal(now) || second.ETag == first.ETag {
		t.Fatalf("changed at %s, want %s", second.Modified, now)
	}
	now = now.Add(time.Hour)
	for i := range 50 {
		get(t, p, fmt.Sprintf("/feeds/s%d.atom", i+1))
		get(t, p, "/feeds/s1.atom")
	}
	if p.kept > 200<<10 || p.kept < 50<<10 {
		t.Errorf("%d bytes are kept", p.kept)
	}
	if loads["s1"] != 1 {
		t.Errorf("the feed in use was rendered %d times", loads["s1"])
	}
	again := get(t, p, "/feeds/s0.atom")
	if loads["s0"] != 3 {
		t.Fatalf("the first feed was rendered %d times", loads["s0"])
	}
	if again == second || !bytes.Equal(again.Body, second.Body) || again.ETag != second.ETag || !again.Modified.Equal(second.Modified) {
		t.Errorf("rendered again it is another: %s %s, want %s %s", again.ETag, again.Modified, second.ETag, second.Modified)
	}
}

// TestThousands: of thousands of feeds, read one after the other, again and
// again, only what fits is kept, and each comes back as it was.
func TestThousands(t *testing.T) {
	const feeds, memory = 3000, 4 << 20
	p := New(loader{feed: func(_ context.Context, slug string) (*Feed, error) {
		f := sample(2)
		f.Title = slug
		return f, nil
	}}, Options{Memory: memory})
	var tags [feeds]mark
	for round := range 2 {
		for i := range feeds {
			doc := get(t, p, fmt.Sprintf("/feeds/s%d.atom", i))
			now := mark{doc.ETag, doc.Modified}
			if round > 0 && now != tags[i] {
				t.Fatalf("s%d was %v, is %v", i, tags[i], now)
			}
			tags[i] = now
			if p.kept > memory {
				t.Fatalf("%d bytes are kept", p.kept)
			}
		}
	}
	held := 0
	for _, s := range p.slots {
		if s.doc != nil {
			held += len(s.doc.Body)
		}
	}
	if held > memory || held < memory/4 {
		t.Errorf("%d bytes of documents are held", held)
	}
}
