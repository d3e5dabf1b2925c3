package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

func allOrNothing(b *bench) {
	unknown := entry(1, "b")
	unknown.Copy = true
	for name, bad := range map[string]storage.Entry{"no identity": {}, "copy of nothing": unknown} {
		_, err := b.Add(storage.Batch{Source: "s", Entries: []storage.Entry{entry(1, "a"), bad}, State: &storage.Source{ETag: "x"}})
		if err == nil {
			b.Errorf("%s: no error", name)
		}
	}
	b.counts(0)
	if src, err := b.Source("s"); err != nil || src.ETag != "" || src.Articles != 0 {
		b.Errorf("source %+v, %v", src, err)
	}
	if _, err := b.Add(storage.Batch{Entries: []storage.Entry{entry(1, "a")}}); err == nil {
		b.Error("no error for a batch without a source")
	}
}

func counted(b *bench) {
	state := storage.Source{
		Name: "s", URL: "https://example.org/feed", ETag: `W/"x"`, Hash: 7, LastFetch: start, LastSuccess: start,
		Error: "late", ErrorSince: start, Failures: 3, Due: start.Add(time.Hour),
	}
	b.add("s", entry(1, "a"))
	b.add("s", entry(1, "a"), entry(1, "b"))
	if _, err := b.Add(storage.Batch{Source: "s", Entries: []storage.Entry{entry(1, "c")}, State: &state}); err != nil {
		b.Fatal(err)
	}
	state.Articles = 3
	if got, err := b.Source("s"); err != nil || got != state {
		b.Errorf("source %+v, %v, want %+v", got, err, state)
	}
	if err := b.PutSource(storage.Source{Name: "s", ETag: "y"}); err != nil {
		b.Fatal(err)
	}
	if err := b.PutSource(storage.Source{Name: "r"}); err != nil {
		b.Fatal(err)
	}
	b.reopen()
	want := []storage.Source{{Name: "r"}, {Name: "s", ETag: "y", Articles: 3}}
	if got, err := b.Sources(); err != nil || !slices.Equal(got, want) {
		b.Errorf("sources %+v, %v, want %+v", got, err, want)
	}
	if got, err := b.Source("never"); err != nil || got != (storage.Source{Name: "never"}) {
		b.Errorf("never seen: %+v, %v", got, err)
	}
	if err := b.PutSource(storage.Source{}); err == nil {
		b.Error("no error for a record without a name")
	}
}

func opaque(b *bench) {
	want := []storage.Source{
		{Name: "s", ETag: "\"\xff\xfe\"", LastModified: "yesterday\x00", URL: "here"},
		{Name: "nobody"},
		{Name: "same", URL: "here", Configured: "here"},
		{Name: "none", Configured: "here"},
	}
	names := make([]string, len(want))
	for i, src := range want {
		if names[i] = src.Name; src.Name == "nobody" {
			continue
		}
		if err := b.PutSource(src); err != nil {
			b.Fatal(err)
		}
	}
	if got, err := b.SourcesNamed(names); err != nil || !slices.Equal(got, want) {
		b.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, src := range want {
		if got, err := b.Source(src.Name); err != nil || got != src {
			b.Errorf("got %+v, %v, want %+v", got, err, src)
		}
	}
}

// overtaken: what the store counts of a source stays, though its state was read before.
func overtaken(b *bench) {
	b.add("s", entry(1, "a"))
	state := func() *storage.Source {
		return b.state("s").Source
	}
	for n, rec := range []*storage.Source{state(), state()} {
		b.add("s", entry(1, []string{"b", "c"}[n]))
		rec.Failures, rec.Articles = n+1, 99
		if err := b.PutSource(*rec); err != nil {
			b.Fatal(err)
		}
		if got := state(); got.Articles != uint64(n+2) || got.Failures != n+1 {
			b.Errorf("%d articles and %d failures, want %d and %d", got.Articles, got.Failures, n+2, n+1)
		}
	}
	rec := state()
	rec.ETag, rec.Articles = "x", 99
	if err := b.PutSource(*rec); err != nil {
		b.Fatal(err)
	}
	if got := state(); got.Articles != 3 || got.ETag != "x" {
		b.Errorf("got %d articles, ETag %s, want 3, x", got.Articles, got.ETag)
	}
}

// prints are stored with a record, which does without them.
func prints(b *bench) {
	want := func(want string) {
		b.Helper()
		if got, err := b.Prints("s"); err != nil || got != want {
			b.Errorf("prints %q, %v, want %q", got, err, want)
		}
	}
	want("")
	first, second, none := "\x00\xff of the first", "of the second", ""
	if _, err := b.Add(storage.Batch{Source: "s", Entries: []storage.Entry{entry(1, "a")}, State: &storage.Source{Prints: &first}}); err != nil {
		b.Fatal(err)
	}
	want(first)
	bad := storage.Batch{Source: "s", Entries: []storage.Entry{{}}, State: &storage.Source{Prints: &second}}
	if _, err := b.Add(bad); err == nil {
		b.Error("no error for an item without identity")
	}
	if src, err := b.Source("s"); err != nil || src.Prints != nil {
		b.Errorf("record %+v, %v", src, err)
	} else if err := b.PutSource(src); err != nil {
		b.Fatal(err)
	}
	b.reopen()
	want(first)
	for _, p := range []*string{&second, &none} {
		if err := b.PutSource(storage.Source{Name: "s", Prints: p}); err != nil {
			b.Fatal(err)
		}
		want(*p)
	}
}

func categories(b *bench) {
	path := []string{"news", "all", "news!", "新闻", "stock", "新闻2"}
	e := entry(1, "a")
	e.Article.Categories = path
	b.add("s", e)
	other := entry(1, "b")
	other.Article.Categories = []string{"later", "news"}
	b.add("s", other)
	b.reopen()
	got, err := b.Categories()
	if err != nil || len(got) != 7 {
		b.Fatalf("categories %+v, %v", got, err)
	}
	slugs := []string{"news", "all-2", "news-2", "category", "stock-2", "2", "later"}
	for i, name := range append(path, "later") {
		c := got[i]
		if c.Name != name || c.Slug != slugs[i] || c.ID != "tag:example.net,2026:feed/"+c.Slug {
			b.Errorf("category %d: %+v, want %s at %s", i, c, name, slugs[i])
		}
		if found, err := b.CategoryBySlug(c.Slug); err != nil || found != c.Category {
			b.Errorf("by slug: %+v, %v", found, err)
		}
		if want := map[bool]int{true: 2, false: 1}[name == "news"]; c.Articles != want {
			b.Errorf("%s: %d articles, want %d", name, c.Articles, want)
		}
	}
}

func retries(b *bench) {
	wish := func(key string, wait time.Duration, attempts int) storage.Entry {
		e := entry(1, key)
		e.Retry = &storage.Retry{Item: []byte(key), Attempts: attempts, Due: start.Add(wait)}
		return e
	}
	b.add("s", wish("a", 2*time.Minute, 1), wish("b", time.Minute, 2), wish("c", time.Hour, 1))
	b.add("t", wish("a", time.Minute, 1))
	due := func(limit int) (items string) {
		for _, r := range b.retries("s", start.Add(10*time.Minute), limit) {
			items += fmt.Sprintf("%s%d%v ", r.Item, r.Attempts, r.Keys)
		}
		return items
	}
	if got := due(0) + due(1); got != "b2[b] a1[a] b2[b] " {
		b.Errorf("due: %s", got)
	}
	b.add("s", wish("b", time.Hour, 3), entry(1, "c"))
	copied := entry(2, "a")
	copied.Copy = true
	b.add("s", copied)
	if got := due(0); got != "a1[a] " {
		b.Errorf("then: %s", got)
	}
	b.add("s", entry(3, "a"))
	if got := due(0); got != "" {
		b.Errorf("at last: %s", got)
	}
}

func changes(b *bench) {
	b.add("s", entry(1, "a"), entry(1, "b"), entry(1, "c"))
	page, at, err := b.Changes(0, 2)
	if err != nil || !slices.Equal(keysOf(page), []string{"a", "b"}) {
		b.Fatalf("changes %v, %v", keysOf(page), err)
	}
	if err := b.SetPosition("archive", at); err != nil {
		b.Fatal(err)
	}
	e := entry(2, "a")
	e.Article.Title = "edited"
	same := entry(2, "b")
	b.add("s", e, same)
	b.reopen()
	if at, err = b.Position("archive"); err != nil {
		b.Fatal(err)
	}
	page, last, err := b.Changes(at, 10)
	if err != nil || !slices.Equal(keysOf(page), []string{"c", "a"}) || page[1].Title != "edited" {
		b.Errorf("changes %v, %v, want c and a", keysOf(page), err)
	}
	if page, again, err := b.Changes(last, 10); err != nil || len(page) != 0 || again != last {
		b.Errorf("no more: %v, %d, %v", keysOf(page), again, err)
	}
	if at, err := b.Position("nobody"); err != nil || at != 0 {
		b.Errorf("position of nobody: %d, %v", at, err)
	}
}

func clockBack(b *bench) {
	b.add("s", entry(1, "a"))
	b.pass(-1000 * time.Hour)
	b.add("s", entry(1, "b"))
	b.reopen()
	b.add("s", entry(1, "c"))
	page, _, err := b.Changes(0, 10)
	if err != nil || !slices.Equal(keysOf(page), []string{"a", "b", "c"}) {
		b.Errorf("changes %v, %v", keysOf(page), err)
	}
	newestIs(b.T, "newest", "bc")(b.Newest("news", storage.Window{Entries: 2}))
	e := entry(2, "a")
	e.Article.Title = "edited"
	if a := b.add("s", e)[0].Article; a.Updated.Before(start.Add(-time.Hour)) {
		b.Errorf("updated stepped back to %v", a.Updated)
	}
}

func manyWriters(b *bench) {
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			source := fmt.Sprint("source ", w)
			for i := range 10 {
				e := entry(1, fmt.Sprint("common-", i), fmt.Sprint("url-", i))
				if _, err := b.Add(storage.Batch{Source: source, Entries: []storage.Entry{e}, State: &storage.Source{Failures: i}}); err != nil {
					b.Error(err)
				}
				if s, err := b.Sight(source, []article.Identity{e.Identity}); err != nil || s[0].Standing != storage.Unchanged {
					b.Errorf("sighted %+v, %v", s, err)
				}
				if _, err := b.Newest("news", storage.Window{Entries: 5}); err != nil {
					b.Error(err)
				}
				// One that fails takes nobody along.
				if _, err := b.Add(storage.Batch{Source: source, Entries: []storage.Entry{{Identity: article.Identity{Keys: []string{"none"}}, Copy: true}}}); err == nil {
					b.Error("no error for a copy of nothing")
				}
			}
		})
	}
	all.Wait()
	b.counts(10)
	sources, err := b.Sources()
	total := uint64(0)
	for _, s := range sources {
		total += s.Articles
	}
	if err != nil || len(sources) != 8 || total != 10 {
		b.Errorf("%d sources brought %d articles, %v", len(sources), total, err)
	}
}

func notFound(b *bench) {
	b.add("s", entry(1, "a"))
	for _, ref := range []string{"", "b", "tag:example.net,2026:b", "tag:example.org,2026:a", "tag:"} {
		if _, err := b.Article(ref); !errors.Is(err, storage.ErrNotFound) {
			b.Errorf("Article(%q): %v", ref, err)
		}
	}
	for _, key := range []string{"", "a", "b"} {
		if _, err := b.Raw(key); !errors.Is(err, storage.ErrNotFound) {
			b.Errorf("Raw(%q): %v", key, err)
		}
	}
	if _, err := b.CategoryBySlug("x"); !errors.Is(err, storage.ErrNotFound) {
		b.Errorf("CategoryBySlug: %v", err)
	}
}

// explained: what chose an article's body is stored with it, and changes only
// where a body is taken over.
func explained(b *bench) {
	verdict := func(from string, score int) article.Verdict {
		return article.Verdict{From: from, Candidates: []article.Candidate{{From: "feed", Score: 3, Why: "has no more to read"}, {From: from, Score: score}}}
	}
	check := func(when string, want article.Verdict) storage.Explanation {
		b.Helper()
		got, err := b.Explain("a")
		if err != nil || !got.Verdict.Equal(want) {
			b.Errorf("%s: %+v, %v, want %+v", when, got.Verdict, err, want)
		}
		return got
	}
	e := entry(1, "a", "url-a")
	e.Verdict = article.Verdict{From: "feed", Refused: article.Blocked, Failed: "status 503"}
	e.Retry = &storage.Retry{Attempts: 1, Due: start.Add(time.Hour)}
	e.Revision = start
	b.add("s", e)
	copied := entry(2, "copy", "url-a")
	copied.Copy = true
	b.add("other", copied)
	b.reopen()
	got := check("stored", e.Verdict)
	if !slices.Equal(got.Sources, []string{"s", "other"}) || !slices.Equal(got.Keys, []string{"a", "url-a", "copy"}) ||
		got.Article.Title != e.Article.Title || !got.Revision.Equal(start) {
		b.Errorf("explained: %+v", got)
	}
	if want := (storage.PendingPage{Source: "s", Attempts: 1, Due: start.Add(time.Hour)}); len(got.Retries) != 1 || got.Retries[0] != want {
		b.Errorf("retries %+v, want %+v", got.Retries, want)
	}

	e.Verdict, e.Retry = verdict("rule", 70), nil // the page came, and says the same
	if c := b.add("s", e)[0]; c.Outcome != storage.Same {
		b.Errorf("another verdict on the same text is news: %+v", c)
	}
	if got := check("judged anew", e.Verdict); len(got.Retries) > 0 {
		b.Errorf("retries %+v, want none", got.Retries)
	}
	failed := entry(3, "a")
	failed.Article.Title, failed.Article.Content, failed.Verdict = "edited", "", verdict("feed", 5)
	b.add("s", failed)
	check("page failed", e.Verdict)
	e.Article.Content, e.Print, e.Verdict = "<p>edited</p>", 4, verdict("readability", 90)
	b.add("unbelieved", e)
	check("another source's edit", verdict("rule", 70))
	b.add("s", e)
	check("edited", e.Verdict)
	if _, err := b.Explain("nothing"); !errors.Is(err, storage.ErrNotFound) {
		b.Errorf("Explain(nothing): %v", err)
	}
}
