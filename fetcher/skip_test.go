package fetcher_test

import (
	"testing"
	"time"

	"aggregator/fetcher"
)

// TestSkip: a feed that asks to be left alone at night and on Sundays is.
func TestSkip(t *testing.T) {
	body := `<rss version="2.0"><channel><skipHours><hour>22</hour><hour>23</hour><hour>24</hour><hour>x</hour></skipHours><skipDays><day>sunday</day></skipDays><item><title>a</title></item></channel></rss>`
	list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-26T21:59:59Z":      "2026-11-26T21:59:59Z",
		"2026-11-26T22:10:00Z":      "2026-11-27T01:00:00Z",
		"2026-11-28T23:30:00Z":      "2026-11-30T01:00:00Z", // Saturday night, then Sunday, then midnight
		"2026-11-27T05:30:00+08:00": "2026-11-26T21:30:00Z",
	} {
		from, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := list.Skip.After(from).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: got %s, want %s", at, got, want)
		}
	}
	if all := fetcher.Skip(0).After(time.Unix(0, 0)); !all.Equal(time.Unix(0, 0)) {
		t.Errorf("nothing to skip: %s", all)
	}
}
