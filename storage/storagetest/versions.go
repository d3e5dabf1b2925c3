package storagetest

import (
	"fmt"
	"slices"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// titles are those of an article's versions.
func (b *bench) titles(ref string) (titles []string) {
	b.Helper()
	versions, err := b.Versions(ref)
	if err != nil {
		b.Fatal(err)
	}
	for i, v := range versions {
		titles = append(titles, v.Title)
		if i > 0 && !v.Since.After(versions[i-1].Since) {
			b.Errorf("version %d of %s is of %s, the one before of %s", i, ref, v.Since, versions[i-1].Since)
		}
	}
	return titles
}

// revise adds an article again, revised and under another title.
func (b *bench) revise(e storage.Entry, title string) storage.Change {
	b.Helper()
	b.pass(time.Minute)
	e.Print, e.Revision, e.Article.Title = uint64(b.clock.Unix()), b.clock, title
	return b.add("s", e)[0]
}

// versions: what readers saw before an edit is kept.
func versions(b *bench) {
	e := entry(1, "a")
	e.Article.Title = "first"
	b.add("s", e)
	b.revise(e, "second")
	e.Article.Content = "<p>corrected</p>"
	b.revise(e, "second")
	e.Article.Image = "https://example.org/other.png"
	b.revise(e, "second")
	b.reopen()
	got, err := b.Versions(b.get("a").ID)
	if err != nil || len(got) != 4 {
		b.Fatalf("%+v, %v, want four versions", got, err)
	}
	if !got[0].Since.Equal(start) || got[0].Title != "first" || got[1].Title != "second" ||
		got[1].Content == got[2].Content || got[2].Image == got[3].Image || !got[3].Since.Equal(b.clock) {
		b.Errorf("%+v", got)
	}
	// What no reader takes for another article is no version.
	e.Article.Author, e.Article.Categories = "somebody", []string{"elsewhere"}
	b.revise(e, "second")
	if n := len(b.titles("a")); n != 4 {
		b.Errorf("%d versions after another author, want four", n)
	}
}

// versionsBounded: of many versions the first and the newest are kept.
func versionsBounded(b *bench) {
	e := entry(1, "a")
	e.Article.Title = "0"
	b.add("s", e)
	b.add("s", entry(1, "beside"))
	want := []string{"0"}
	for i := range 40 {
		title := fmt.Sprint(i + 1)
		if c := b.revise(e, title); c.Outcome != storage.Edited {
			b.Errorf("edit %s: %+v", title, c)
		}
		if i >= 17 {
			want = append(want, title)
		}
	}
	if got := b.titles("a"); !slices.Equal(got, want) {
		b.Errorf("versions %v, want %v", got, want)
	}
	if got := b.titles("beside"); len(got) != 1 {
		b.Errorf("versions of another article: %v", got)
	}
}

// restless: a text that looks different at every fetch, and was never revised,
// ceases to be news.
func restless(b *bench) {
	e := entry(1, "a")
	e.Revision = start
	b.add("s", e)
	edited := 0
	for i := range 100 {
		b.pass(time.Minute)
		e.Print, e.Article.Content = uint64(i+2), fmt.Sprintf("<p>read %d times</p>", i)
		if b.add("s", e)[0].Outcome == storage.Edited {
			edited++
		}
	}
	if edited == 0 || edited > 24 || len(b.titles("a")) > 24 {
		b.Errorf("%d edits, %d versions", edited, len(b.titles("a")))
	}
	e.Print = 1000
	if s := b.sight("s", e.Identity)[0]; s.Standing == storage.Changed {
		b.Errorf("sighted: %+v: its page would be fetched again and again", s)
	}
	e.Print, e.Revision = 1001, b.clock
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.Changed {
		b.Errorf("revised: %+v", s)
	}
	if c := b.revise(e, "revised"); c.Outcome != storage.Edited || b.get("a").Title != "revised" {
		b.Errorf("revised: %+v", c)
	}
}

// lateText: an article whose page comes late was not corrected.
func lateText(b *bench) {
	e := entry(1, "a")
	text := e.Article.Content
	e.Article.Content = ""
	b.add("s", e)
	b.pass(time.Minute)
	e.Article.Content = text
	if c := b.add("s", e)[0]; c.Outcome != storage.Edited {
		b.Errorf("late: %+v", c)
	}
	short := entry(1, "b")
	short.Verdict.From, short.Verdict.Failed = "feed", "status 503"
	b.add("s", short)
	b.pass(time.Minute)
	short.Verdict.From, short.Verdict.Failed = "rule", ""
	short.Article.Content = "<p>all of the text</p>"
	b.add("s", short)
	for _, key := range []string{"a", "b"} {
		if got := b.titles(key); len(got) != 1 {
			b.Errorf("%s has %d versions, want one", key, len(got))
		}
	}
}

// gone: what the origin takes back is marked, and stays.
func gone(b *bench) {
	e := entry(1, "a")
	e.Verdict.From = "rule"
	fromFeed := entry(1, "feed")
	fromFeed.Verdict.From = "feed"
	b.add("s", e, fromFeed)
	b.pass(time.Minute)
	text := e.Article.Content
	e.Print, e.Gone, e.Article.Content = 2, true, ""
	fromFeed.Print, fromFeed.Gone, fromFeed.Article.Content = 2, true, ""
	b.add("s", e, fromFeed)
	if a := b.get("a"); !a.Withdrawn.Equal(b.clock) || a.Content != text {
		b.Errorf("gone: %+v", a)
	}
	if a := b.get("feed"); !a.Withdrawn.IsZero() {
		b.Errorf("an article of which the page never counted: %+v", a)
	}
	marked := b.clock
	b.pass(time.Minute)
	e.Print, e.Gone, e.Article.Title = 3, false, "renamed" // the page fails in another way
	b.add("s", e)
	if a := b.get("a"); !a.Withdrawn.Equal(marked) {
		b.Errorf("still gone: %+v", a)
	}
	e.Print, e.Article.Content = 4, text
	b.add("s", e)
	if a := b.get("a"); !a.Withdrawn.IsZero() {
		b.Errorf("there again: %+v", a)
	}
}

// remade: what rules of ours make of an article is kept as a version, but is no
// edit, no correction and no news.
func remade(b *bench) {
	e := entry(1, "a")
	e.Article.Stocks, e.Raw = []string{"sz000931"}, article.Raw{Body: "raw", From: "rule", Source: "s"}
	b.add("s", e)
	b.add("s", entry(1, "beside"))
	b.pass(time.Hour)
	b.revise(e, "second")
	other := entry(1, "b")
	other.Raw, other.Article.Stocks = e.Raw, []string{"hk00700"}
	b.add("s", other)
	b.pass(2 * time.Hour)
	read, err := b.Bodies(time.Time{}, 0, 9)
	if err != nil || len(read) != 2 || read[0].Article.Key != "a" || !read[0].Raw.Equal(&e.Raw) {
		b.Fatalf("%+v, %v", read, err)
	}
	if late, err := b.Bodies(start.Add(time.Minute), 0, 9); err != nil || len(late) != 1 || late[0].Article.Key != "b" {
		b.Errorf("since a time: %+v, %v", late, err)
	}
	if none, err := b.Bodies(time.Time{}, read[1].Article.Order, 9); err != nil || len(none) != 0 {
		b.Errorf("after the last: %+v, %v", none, err)
	}
	before := read[0].Article
	remake := func(content string, stocks ...string) int {
		b.Helper()
		m := storage.Remade{Before: b.get("a"), After: b.get("a")}
		m.After.Content, m.After.Stocks, m.After.Title, m.After.Published = content, stocks, "not ours to change", start
		b.pass(time.Minute)
		n, err := b.Remake([]storage.Remade{m})
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	_, at, err := b.Changes(0, 9)
	if err != nil {
		b.Fatal(err)
	}
	if n := remake(before.Content, before.Stocks...); n != 0 || !b.get("a").Changed.Equal(before.Changed) {
		b.Errorf("%d changed by the same rules", n)
	}
	if changed, _, err := b.Changes(at, 9); err != nil || len(changed) != 0 {
		b.Errorf("the same rules changed %v, %v", keysOf(changed), err)
	}
	remake("<p>once</p>", "hk00700")
	if n := remake("<p>remade</p>", "hk00700"); n != 1 {
		b.Errorf("%d changed", n)
	}
	b.reopen()
	now := b.get("a")
	if now.ID != before.ID || now.Title != "second" || now.Content != "<p>remade</p>" || now.Stocks[0] != "hk00700" ||
		!now.Updated.Equal(before.Updated) || !now.Published.Equal(before.Published) || !now.Seen.Equal(before.Seen) || !now.Changed.Equal(b.clock) {
		b.Errorf("%+v", now)
	}
	if changed, _, err := b.Changes(at, 9); err != nil || !slices.Equal(keysOf(changed), []string{"a"}) {
		b.Errorf("changed: %v, %v", keysOf(changed), err)
	}
	versions, err := b.Versions("a")
	if err != nil || len(versions) != 3 || versions[1].Remade || !versions[2].Remade || versions[1].Content != before.Content {
		b.Errorf("%+v, %v", versions, err)
	}
	if c, err := b.Corrections(9); err != nil || len(c) != 1 || c[0].After.Title != "second" {
		b.Errorf("corrections %+v, %v", c, err)
	}
	for code, want := range map[string]int{"sz000931": 0, "hk00700": 2} {
		if got, err := b.NewestOfStock(code, storage.Window{Entries: 9}); err != nil || len(got) != want {
			b.Errorf("%s: %v, %v", code, keysOf(got), err)
		}
	}
	// It is no news: it stands where it would, had it always had the stock.
	if got, err := b.NewestOfStock("hk00700", storage.Window{Entries: 1}); err != nil || !slices.Equal(keysOf(got), []string{"b"}) {
		b.Errorf("as news: %v, %v", keysOf(got), err)
	}
	// Made of what is no more there: nothing.
	stale := storage.Remade{Before: before, After: now}
	stale.After.Content = "<p>stale</p>"
	if n, err := b.Remake([]storage.Remade{stale, {Before: article.Article{Key: "nobody"}}}); err != nil || n != 0 {
		b.Errorf("%d, %v", n, err)
	}
	// Then the origin edits it.
	e.Article.Content = "<p>edited</p>"
	b.revise(e, "second")
	if c, err := b.Corrections(9); err != nil || len(c) != 2 || c[0].Before.Content != "<p>remade</p>" || c[0].After.Content != "<p>edited</p>" {
		b.Errorf("corrections %+v, %v", c, err)
	}
}
