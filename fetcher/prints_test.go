package fetcher

import (
	"bytes"
	"strings"
	"testing"
)

// TestPrints: of items that come again as they were only the texts are left out; of one
// that differs in a byte nothing is.
func TestPrints(t *testing.T) {
	r, err := NewReader(Source{Kind: "feed", URL: "https://example.org/feed"})
	if err != nil {
		t.Fatal(err)
	}
	read := func(body []byte, known Prints) List {
		t.Helper()
		list, err := r.Read(&Document{URL: "https://example.org/feed", Body: body, Known: known})
		if err != nil || list.Partial != "" {
			t.Fatal(err, list.Partial)
		}
		return list
	}
	feed := cleanFeed()
	first := read(feed, "")
	if n := len(first.Prints.known().items); n != 50 || len(first.Prints) > 50*40 {
		t.Fatalf("prints of %d items in %d bytes", n, len(first.Prints))
	}
	change := func(old, new string) []byte {
		t.Helper()
		if !bytes.Contains(feed, []byte(old)) {
			t.Fatal(old)
		}
		return bytes.Replace(feed, []byte(old), []byte(new), 1)
	}
	atom := []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title>A</title><link href="https://example.org/a"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">text</div></content></entry></feed>`)
	for name, tc := range map[string]struct {
		first, second []byte
		known         int
	}{
		"same":             {feed, feed, 50},
		"other head":       {feed, change("<title>要闻", "<title>新闻"), 50},
		"edited":           {feed, change("释放长期资金", "收回长期资金"), 49},
		"retitled":         {feed, change("第7条", "第七条"), 49},
		"other root":       {feed, change(`version="2.0"`, `version="2.0" xml:base="https://other.example/"`), 0},
		"other enclosure":  {feed, change("<channel>", `<channel xml:base="https://other.example/">`), 0},
		"end within text":  {change("释放", "</item>释放"), change("释放", "</item>释放"), 49},
		"text within text": {change("释放", "</content:encoded><guid>x</guid>释放"), change("释放", "</content:encoded><guid>x</guid>释放"), 50},
		"atom":             {atom, atom, 1},
		"edited atom":      {atom, bytes.Replace(atom, []byte("text"), []byte("word"), 1), 0},
	} {
		t.Run(name, func(t *testing.T) {
			prints := read(tc.first, "").Prints
			whole, got := read(tc.second, ""), read(tc.second, prints)
			if got.Same > 0 && (got.Same != len(whole.Items) || len(got.Items) > 0 || got.Title != whole.Title) {
				t.Errorf("%d are the same, and %d read, of %d; title %q", got.Same, len(got.Items), len(whole.Items), got.Title)
			}
			known := got.Same
			for i, it := range got.Items {
				if it.Known == 0 {
					if w := whole.Items[i]; it.Content != w.Content || it.Summary != w.Summary || it.Title != w.Title || it.ID != w.ID {
						t.Errorf("item %d differs from what is read without prints", i)
					}
					continue
				}
				known++
				if w := whole.Items[i]; it.ID != w.ID || it.Link != w.Link || !it.Published.Equal(w.Published) {
					t.Errorf("item %d is %+v, want %+v", i, it, w)
				}
			}
			if known != tc.known || got.Same+len(got.Items) != len(whole.Items) {
				t.Errorf("%d known of %d, want %d of %d", known, len(got.Items), tc.known, len(whole.Items))
			}
			if got.Prints != whole.Prints {
				t.Error("prints differ from those without any known")
			}
		})
	}
}

// TestBaseOfAnEndlessItem: what an item declares that has lost its end does not hold
// for those after it; nor is one of them known by it when the end has been mended.
func TestBaseOfAnEndlessItem(t *testing.T) {
	r, err := NewReader(Source{Kind: "feed", URL: "https://example.org/feed"})
	if err != nil {
		t.Fatal(err)
	}
	feed := func(end string) []byte {
		return []byte(`<rss><channel><item xml:base="http://b.org/q/"><guid>1</guid><link>1.html</link>` + end +
			`<item><guid>2</guid><link>2.html</link></item><item><guid>3</guid><link>3.html</link></item></channel></rss>`)
	}
	want := []string{"http://b.org/q/1.html", "https://example.org/2.html", "https://example.org/3.html"}
	prints := Prints("")
	for _, end := range []string{"", "</item>"} {
		list, err := r.Read(&Document{URL: "https://example.org/feed", Body: feed(end), Known: prints})
		if err != nil || len(list.Items) != len(want) {
			t.Fatalf("%d items, %v", len(list.Items), err)
		}
		for i, it := range list.Items {
			if it.Link != want[i] {
				t.Errorf("after the end %q item %d leads to %s, want %s", end, i, it.Link, want[i])
			}
		}
		prints = list.Prints
	}
}

// TestPrintsOfEndlessItems: items without ends, each of which could end where the last
// does, or where a known one would, are not searched through over and over.
func TestPrintsOfEndlessItems(t *testing.T) {
	src := []byte("<rss><channel>" + strings.Repeat("<item><title>x</title>", 20000) + strings.Repeat("y", 1<<20) + "</item></channel></rss>")
	known := &knownItems{tag: "item", items: []knownItem{{length: len("<item></item>") << 14}}}
	if found := known.find([]byte(strings.Repeat("<item></item>", 1<<16))); len(found) > 100 {
		t.Errorf("%d items were looked at, each for a known one", len(found))
	}
	if found := (*knownItems)(nil).extents(src, 0, "item"); len(found) > 100 {
		t.Errorf("%d items were looked at, each to its end", len(found))
	}
}
