package fetcher_test

import (
	"strings"
	"testing"

	"aggregator/fetcher"
)

var plainFeed = fetcher.Source{Name: "s", Kind: "feed", URL: "https://example.org/f"}

// TestBrokenFeeds are the defects of PITFALLS G2 to G10, one each.
func TestBrokenFeeds(t *testing.T) {
	rss := func(items string) string {
		return `<rss version="2.0"><channel><title>t</title>` + items + `</channel></rss>`
	}
	const a, b = `<item><title>a</title><guid>1</guid></item>`, `<item><title>b</title><guid>2</guid></item>`
	for _, test := range []struct {
		name, body, titles string
		partial            bool
	}{
		{"truncated", `<rss version="2.0"><channel>` + a + b + `<item><title>ha`, "a b", true},
		{"item without an end", rss(`<item><title>a</title><guid>1</guid>` + b + b), "a b b", false},
		{"control characters", rss(strings.Replace(a, ">a<", ">\x0ba&#11;&#xFFFE;<", 1)), "a", false},
		{"junk before the root", "warning: x\n" + rss(a), "a", false},
		{"wrong Atom namespace", `<feed xmlns="https://www.w3.org/2005/Atom"><entry><id>1</id><title>a</title></entry></feed>`, "a", false},
		{"item in CDATA", rss(`<item><title>a</title><description><![CDATA[<item>]]></description></item>`), "a", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := newReader(t, plainFeed).Read(document("https://example.org/f", test.body))
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, it := range list.Items {
				titles = append(titles, it.Title)
			}
			if got := strings.Join(titles, " "); got != test.titles || (list.Partial != "") != test.partial {
				t.Errorf("got %q, partial %q; want %q, partial %v", got, list.Partial, test.titles, test.partial)
			}
		})
	}
}

func TestDeepFeedIsRefused(t *testing.T) {
	body := `<rss version="2.0"><channel>` + strings.Repeat("<x>", 100000)
	_, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
	if err == nil || !strings.Contains(err.Error(), "at byte") {
		t.Errorf("got %v", err)
	}
}

func TestItemsOverTheLimitAreTold(t *testing.T) {
	body := `<rss version="2.0"><channel>` + strings.Repeat("<item><title>x</title></item>", 5000) + `</channel></rss>`
	list, err := newReader(t, plainFeed).Read(document("https://example.org/f", body))
	if err != nil || len(list.Items) != 2000 || list.Note == "" || list.Partial != "" {
		t.Errorf("%d items, note %q, partial %q, %v", len(list.Items), list.Note, list.Partial, err)
	}
}
