package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

func edits(b *bench) {
	b.add("one", entry(1, "a"))
	copied := entry(2, "a")
	copied.Copy = true
	b.add("two", copied)

	// Its own source shows something else.
	e := entry(3, "a")
	e.Article.Title = "edited"
	if s := b.sight("one", e.Identity)[0]; s.Standing != storage.Changed || !s.Listed {
		b.Errorf("own: %+v, want changed", s)
	}
	b.pass(time.Minute)
	if c := b.add("one", e)[0]; c.Outcome != storage.Edited || c.Article.Title != "edited" || !c.Article.Changed.Equal(b.clock) {
		b.Errorf("own: %+v", c)
	}
	// Another source shows something else: that is noted and no more.
	e.Print, e.Article.Title = 4, "not edited"
	if s := b.sight("two", e.Identity)[0]; s.Standing != storage.Copy || !s.Listed {
		b.Errorf("other: %+v, want copy", s)
	}
	if c := b.add("two", e)[0]; c.Outcome != storage.Same || c.Article.Title != "edited" {
		b.Errorf("other: %+v", c)
	}
	if s := b.sight("two", e.Identity)[0]; s.Standing != storage.Unchanged {
		b.Errorf("other then: %+v, want unchanged", s)
	}
	// Unless the origin's clock says that it is newer.
	old := entry(5, "a")
	old.Revision = start
	b.add("one", old)
	e.Print, e.Revision = 6, start.Add(time.Second)
	if s := b.sight("two", e.Identity)[0]; s.Standing != storage.Changed {
		b.Errorf("newer: %+v, want changed", s)
	}
	if s := b.sight("three", e.Identity)[0]; s.Standing != storage.Changed || s.Listed {
		b.Errorf("newer, not listed: %+v, want changed", s)
	}
	if c := b.add("two", e)[0]; c.Outcome != storage.Edited || c.Article.Title != "not edited" || c.Article.Source != "one" {
		b.Errorf("newer: %+v", c)
	}
}

func olderRevision(b *bench) {
	e := entry(1, "a")
	e.Revision = start
	b.add("s", e)
	e.Print, e.Revision, e.Article.Title = 2, start.Add(-time.Hour), "stale"
	if s := b.sight("s", e.Identity)[0]; s.Standing == storage.Changed {
		b.Errorf("older: %+v", s)
	}
	if c := b.add("s", e)[0]; c.Outcome != storage.Same || c.Article.Title == "stale" {
		b.Errorf("older: %+v", c)
	}
}

func textStays(b *bench) {
	e := entry(1, "a")
	e.Article.Content, e.Article.Image = "", ""
	b.add("s", e)
	// Another source's text fills the gap, and takes nothing from anybody.
	e.Article.Content, e.Article.Image, e.Article.Stocks = "<p>text</p>", "https://example.org/a.png", []string{"sh600000"}
	if c := b.add("two", e)[0]; c.Outcome != storage.Edited || c.Article.Content != "<p>text</p>" {
		b.Errorf("filled: %+v", c)
	}
	e.Print = 2
	e.Article.Title, e.Article.Content, e.Article.Image, e.Article.Stocks = "edited", "", "", nil
	c := b.add("s", e)[0]
	if c.Outcome != storage.Edited || c.Article.Title != "edited" || c.Article.Content != "<p>text</p>" ||
		c.Article.Image == "" || len(c.Article.Stocks) != 1 {
		b.Errorf("page failed: %+v", c)
	}
}

func times(b *bench) {
	undated, updated := entry(1, "undated"), entry(1, "updated")
	undated.Article.Published = time.Time{}
	updated.Article.Published, updated.Article.Updated = time.Time{}, start.Add(-time.Minute)
	c := b.add("s", undated, updated)
	if a := c[0].Article; !a.Published.Equal(b.clock) || !a.Updated.Equal(b.clock) {
		b.Errorf("undated: published %v, updated %v", a.Published, a.Updated)
	}
	if a := c[1].Article; !a.Published.Equal(updated.Article.Updated) {
		b.Errorf("updated only: published %v", a.Published)
	}
	for _, test := range []struct {
		name       string
		told, want time.Duration // after the clock
	}{
		{"told", -time.Minute, -time.Minute},
		{"not told", -1000 * time.Hour, 0},
		{"in the future", time.Hour, 0},
	} {
		b.pass(time.Hour)
		e := entry(uint64(b.clock.Unix()), "undated")
		e.Article.Title = test.name
		e.Article.Published, e.Article.Updated = start.Add(-99*time.Hour), b.clock.Add(test.told)
		a := b.add("s", e)[0].Article
		if !a.Updated.Equal(b.clock.Add(test.want)) || !a.Published.Equal(start) || !a.Seen.Equal(start) {
			b.Errorf("%s: updated %v, published %v, seen %v", test.name, a.Updated, a.Published, a.Seen)
		}
	}
}

func stocks(b *bench) {
	w := storage.Window{Entries: 10}
	e := entry(1, "a")
	e.Article.Stocks = []string{"sz000931", "hk00700"}
	b.add("s", e)
	e.Print, e.Article.Title, e.Article.Stocks = 2, "edited", []string{"hk00700", "usAAPL"}
	b.add("s", e)
	for code, want := range map[string][]string{"sz000931": {}, "hk00700": {"a"}, "usAAPL": {"a"}, "us": {}} {
		got, err := b.NewestOfStock(code, w)
		if err != nil || !slices.Equal(keysOf(got), want) {
			b.Errorf("%s: %v, %v, want %v", code, keysOf(got), err, want)
		}
	}
}

func raws(b *bench) {
	e := entry(1, "a")
	e.Raw = article.Raw{
		Body: "<div>\x00as it came\xff</div>", From: "rule", Source: "s", URL: "https://example.org/a",
		Base: "https://example.org/", Image: "/a.png", Stocks: []string{"sz000931"},
	}
	kept := func(when string, want article.Raw) {
		b.Helper()
		if got, err := b.Raw("a"); err != nil || !got.Equal(&want) {
			b.Errorf("%s: Raw = %+v, %v", when, got, err)
		}
	}
	b.add("s", e)
	kept("new", e.Raw)
	copied := entry(2, "a")
	copied.Copy, copied.Raw = true, article.Raw{Body: "another's"}
	b.add("two", copied)
	kept("after a copy", e.Raw)
	failed := e
	failed.Print, failed.Article.Content, failed.Raw = 3, "", article.Raw{Body: "the list's words", From: "feed"}
	b.add("s", failed)
	kept("after a page that failed", e.Raw)
	e.Print, e.Article.Content, e.Raw.Body = 4, "<p>edited</p>", "edited"
	b.add("s", e)
	kept("after an edit", e.Raw)
	e.Print, e.Article.Content, e.Raw = 5, "<p>not to be archived</p>", article.Raw{}
	b.add("s", e)
	if raw, err := b.Raw("a"); !errors.Is(err, storage.ErrNotFound) {
		b.Errorf("the body of an earlier text is kept: %+v, %v", raw, err)
	}
}

// rawsBeside: a body is stored by what it shares with the content that was made of it,
// and is the same whatever becomes of that.
func rawsBeside(b *bench) {
	e := told("央行今天下调存款准备金率", "a")
	e.Raw = article.Raw{Body: "<div>" + e.Article.Content + "</div>\n", From: "rule", Source: "s"}
	kept := func(when string) {
		b.Helper()
		if got, err := b.Raw("a"); err != nil || !got.Equal(&e.Raw) {
			b.Errorf("%s: Raw = %+v, %v", when, got, err)
		}
		if all, err := b.Bodies(time.Time{}, 0, 9); err != nil || len(all) != 1 || !all[0].Raw.Equal(&e.Raw) {
			b.Errorf("%s: Bodies = %+v, %v", when, all, err)
		}
		if err := b.Check(); err != nil {
			b.Errorf("%s: %v", when, err)
		}
	}
	b.add("s", e)
	kept("new")
	for _, content := range []string{"", "<p>short</p>", story("证监会昨天公布新规"), e.Article.Content, strings.Repeat(story("证监会"), 1000)} {
		m := storage.Remade{Before: b.get("a"), After: b.get("a")}
		m.After.Content = content
		b.pass(time.Minute)
		if n, err := b.Remake([]storage.Remade{m}); err != nil || n != 1 {
			b.Fatal(n, err)
		}
		kept(fmt.Sprintf("remade as %d bytes", len(content)))
	}
	b.pass(time.Hour)
	e.Print, e.Article.Content = 2, story("证监会今天公布新规")
	e.Raw.Body = strings.Repeat(e.Article.Content, 500)
	b.add("s", e)
	kept("edited")
	b.reopen()
	kept("after a restart")
}

func windows(b *bench) {
	for i, key := range []string{"a", "b", "c", "d", "e"} {
		e := entry(1, key)
		e.Article.Published = start.Add(-time.Duration(i) * time.Minute) // the later, the older
		b.add("s", e)
		b.pass(time.Hour)
	}
	for _, test := range []struct {
		w    storage.Window
		want string
	}{
		{storage.Window{}, ""},
		{storage.Window{Entries: 2}, "de"},
		{storage.Window{Entries: 9}, "abcde"},
		{storage.Window{Entries: 1, Age: 2 * time.Hour}, "cde"},
		{storage.Window{Entries: 4, Age: 2 * time.Hour}, "bcde"},
		{storage.Window{Entries: 1, Age: 9 * time.Hour, Max: 3}, "cde"},
		{storage.Window{Entries: 5, Max: 1}, "e"},
	} {
		newestIs(b.T, "news", test.want)(b.Newest("news", test.w))
		newestIs(b.T, "all", test.want)(b.Newest("", test.w))
		newestIs(b.T, "source", test.want)(b.NewestOfSource("s", test.w))
	}
	b.pass(1000 * time.Hour)
	newestIs(b.T, "much later", "cde")(b.Newest("", storage.Window{Entries: 1, Age: 2 * time.Hour}))
	gone := entry(2, "e")
	gone.Article.Withdrawn = b.clock
	b.add("s", gone)
	newestIs(b.T, "withdrawn", "cd")(b.Newest("news", storage.Window{Entries: 2}))
	newestIs(b.T, "unknown", "")(b.Newest("nothing of the kind", storage.Window{Entries: 2}))
}

// newestIs wants articles with one-letter keys.
func newestIs(t *testing.T, what, want string) func([]article.Article, error) {
	return func(got []article.Article, err error) {
		t.Helper()
		letters := ""
		for _, a := range got {
			letters += a.Key
		}
		if err != nil || letters != want {
			t.Errorf("%s: got %q, %v, want %q", what, letters, err, want)
		}
	}
}

func lateCopy(b *bench) {
	b.add("one", entry(1, "a"))
	for _, key := range []string{"b", "c", "d"} {
		b.pass(time.Hour)
		e := entry(1, key)
		e.Article.Categories = []string{"news", "markets"}
		b.add("one", e)
	}
	b.pass(time.Hour)
	late := entry(1, "a")
	late.Copy, late.Article.Categories = true, []string{"markets"}
	b.add("two", late)
	newestIs(b.T, "where it came late", "ad")(b.Newest("markets", storage.Window{Entries: 2}))
	newestIs(b.T, "with all others", "abcd")(b.Newest("markets", storage.Window{Entries: 9}))
	newestIs(b.T, "where it was", "cd")(b.Newest("news", storage.Window{Entries: 2}))
	newestIs(b.T, "the late source", "a")(b.NewestOfSource("two", storage.Window{Entries: 2}))
	for _, q := range []storage.Query{{Category: "markets"}, {Source: "one"}} {
		n := 0
		for _, err := range b.Articles(q) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 4 {
			b.Errorf("%+v: %d articles, want 4", q, n)
		}
	}
}
