package storagetest

import (
	"slices"
	"strings"
	"time"

	"aggregator/storage"
)

func newOnce(b *bench) {
	e := entry(1, "a", "url-a")
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.New || s.Listed {
		b.Errorf("before: %+v, want new", s)
	}
	c := b.add("s", e)[0]
	if c.Outcome != storage.Stored || c.Article.Key != "a" || c.Article.ID != "tag:example.net,2026:a" ||
		c.Article.Source != "s" || !c.Article.Seen.Equal(b.clock) {
		b.Errorf("added: %+v", c)
	}
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.Unchanged || !s.Listed {
		b.Errorf("after: %+v, want unchanged and listed", s)
	}
	b.pass(time.Hour)
	if again := b.add("s", e)[0]; again.Outcome != storage.Same || again.Article.ID != c.Article.ID ||
		!again.Article.Changed.Equal(c.Article.Changed) {
		b.Errorf("added again: %+v", again)
	}
	b.counts(1)
}

func restart(b *bench) {
	e := entry(1, "a", "url-a")
	e.Article.Enclosures = nil
	stored := b.add("s", e)[0].Article
	b.reopen()
	if b.Authority() != "example.net,2026" {
		b.Errorf("authority %q", b.Authority())
	}
	for _, ref := range []string{stored.Key, stored.ID} {
		if got := b.get(ref); got.ID != stored.ID || got.Title != stored.Title || got.Print() != stored.Print() {
			b.Errorf("Article(%s) = %+v, want %+v", ref, got, stored)
		}
	}
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.Unchanged {
		b.Errorf("after restart: %+v, want unchanged", s)
	}
}

func merged(b *bench) {
	first := b.add("one", entry(1, "a", "url-a"))[0].Article
	b.pass(time.Hour)
	copied := entry(7, "other-id", "url-a")
	s := b.sight("two", copied.Identity)[0]
	if s.Standing != storage.Copy || s.Listed {
		b.Fatalf("sighted %+v, want copy", s)
	}
	copied.Copy = true
	copied.Article.Categories = []string{"markets", "news"}
	c := b.add("two", copied)[0]
	if c.Outcome != storage.Filed || c.Article.ID != first.ID || c.Article.Source != "one" || c.Article.Title != first.Title {
		b.Errorf("copied: %+v", c)
	}
	got := b.get("a")
	if !slices.Equal(got.Categories, []string{"news", "markets"}) || !slices.Equal(got.Via, []string{"https://example.org/other-id"}) {
		b.Errorf("categories %v, via %v", got.Categories, got.Via)
	}
	if s := b.sight("two", copied.Identity)[0]; s.Standing != storage.Unchanged || !s.Listed {
		b.Errorf("then: %+v, want unchanged", s)
	}
	b.counts(1)
}

func bothNew(b *bench) {
	one, two := entry(1, "a"), entry(2, "a")
	two.Article.Title = "another title"
	two.Article.Categories = []string{"markets"}
	first := b.add("one", one)[0].Article
	c := b.add("two", two)[0]
	if c.Outcome != storage.Filed || c.Article.ID != first.ID || c.Article.Title != first.Title {
		b.Errorf("second: %+v", c)
	}
	b.counts(1)
}

func neverJoined(b *bench) {
	// A key that two items have tells nothing of either.
	x, y := entry(1, "x", "shared"), entry(1, "y", "shared")
	s := b.sight("s", x.Identity, y.Identity)
	if !slices.Equal(s[0].Keys, []string{"x"}) || !slices.Equal(s[1].Keys, []string{"y"}) {
		b.Errorf("keys %v and %v", s[0].Keys, s[1].Keys)
	}
	if c := b.add("s", x, y); c[1].Outcome != storage.Stored {
		b.Errorf("second of a document: %+v", c[1])
	}
	// Nor does one that leads to the article of another item.
	b.add("s", entry(1, "a", "url-a"))
	mine, other := entry(1, "a", "url-new"), entry(1, "b", "url-a", "url-b")
	s = b.sight("s", mine.Identity, other.Identity)
	if s[0].Standing != storage.Unchanged || s[1].Standing != storage.New || !slices.Equal(s[1].Keys, []string{"b", "url-b"}) {
		b.Errorf("sighted %+v", s)
	}
	if c := b.add("s", mine, other); c[0].Article.ID == c[1].Article.ID {
		b.Errorf("joined: %+v", c)
	}
	// Alone it would have been the same article.
	if s := b.sight("t", entry(1, "c", "url-a").Identity); s[0].Standing != storage.Copy {
		b.Errorf("alone: %+v, want a copy", s[0])
	}
	b.counts(4)
}

func listedTwice(b *bench) {
	e, again := entry(1, "a", "url-1"), entry(2, "a", "url-2")
	s := b.sight("s", e.Identity, again.Identity)
	if s[0].Standing != storage.New || s[1].Standing != storage.New || !slices.Equal(s[0].Keys, s[1].Keys) {
		b.Errorf("sighted %+v", s)
	}
	c := b.add("s", e, again)
	if c[0].Outcome != storage.Stored || c[1].Article.ID != c[0].Article.ID {
		b.Errorf("added %+v", c)
	}
	b.counts(1)
}

func longKeys(b *bench) {
	long := strings.Repeat("很长的地址/", 10000)
	one, two := entry(1, long+"1"), entry(1, long+"2")
	b.add("s", one, two)
	b.counts(2)
	if s := b.sight("t", one.Identity, two.Identity); s[0].Standing != storage.Copy || s[1].Standing != storage.Copy {
		b.Errorf("sighted %+v", s)
	}
}

func names(b *bench) {
	want := map[string]string{
		"a": "a", "b": "a-2", "c": "a-3", "d": "etc-passwd", "e": "x", "f": "A.b_c-1",
	}
	proposed := map[string]string{
		"a": "a", "b": "a", "c": "a", "d": "../etc/passwd", "e": "x/", "f": "A.b_c-1",
	}
	for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
		e := entry(1, key)
		e.Name = proposed[key]
		if got := b.add("s", e)[0].Article.Key; got != want[key] {
			b.Errorf("name %q became %q, want %q", e.Name, got, want[key])
		}
	}
	nameless := entry(1, "新闻")
	if c := b.add("s", nameless)[0]; c.Article.Key == "" || b.get(c.Article.Key).Title != nameless.Article.Title {
		b.Errorf("nameless: %+v", c)
	}
	var indexes []storage.Entry
	for range 120 {
		e := entry(1, strings.Repeat("i", len(indexes)+1))
		e.Name = "index"
		indexes = append(indexes, e)
	}
	seen := map[string]bool{}
	for _, c := range b.add("s", indexes...) {
		if seen[c.Article.Key] {
			b.Errorf("%s twice", c.Article.Key)
		}
		seen[c.Article.Key] = true
	}
}

func skipped(b *bench) {
	e := entry(1, "a", "url-a")
	e.Skip = true
	if c := b.add("s", e)[0]; c.Outcome != storage.Same {
		b.Errorf("skipped: %+v", c)
	}
	b.counts(0)
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.Unchanged || !s.Listed {
		b.Errorf("then: %+v, want unchanged and listed", s)
	}
	e.Print, e.Skip = 2, false
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.New {
		b.Errorf("changed: %+v, want new", s)
	}
	if c := b.add("s", e)[0]; c.Outcome != storage.Stored {
		b.Errorf("wanted after all: %+v", c)
	}
	e.Print, e.Skip = 3, true
	b.add("s", e)
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.Unchanged {
		b.Errorf("skipped again: %+v", s)
	}
	if got := b.get("a"); got.Title != e.Article.Title {
		b.Errorf("the article is gone: %+v", got)
	}
}
