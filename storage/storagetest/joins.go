package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// story is a text long enough to be told from others.
func story(words string) string {
	return "<p>" + strings.Repeat(words+"，监管部门表示将继续支持实体经济发展。", 6) + "</p>"
}

// told is an entry that tells a story.
func told(words string, keys ...string) storage.Entry {
	e := entry(1, keys...)
	e.Article.Title, e.Article.Content = words, story(words)
	return e
}

// tell adds an entry, and joins it with the article that tells its story.
func (b *bench) tell(source string, e storage.Entry, document ...string) storage.Change {
	b.Helper()
	b.pass(time.Minute)
	changes, err := b.Add(storage.Batch{Source: source, Entries: []storage.Entry{e}, Similar: true, Document: document})
	if err != nil {
		b.Fatal(err)
	}
	return changes[0]
}

// joined: a new item that tells a stored story adds itself to it, and is that
// article from then on.
func joined(b *bench) {
	first := told("央行今天下调存款准备金率", "a")
	b.tell("s", first)
	copied := told("央行今天下调存款准备金率", "copy", "url-copy")
	copied.Article.Categories = []string{"elsewhere"}
	if c := b.tell("two", copied); c.Outcome != storage.Filed || !c.Joined || c.Article.Key != "a" ||
		!slices.Equal(c.Article.Categories, []string{"news", "elsewhere"}) || !slices.Contains(c.Article.Via, copied.Article.Link) {
		b.Errorf("joined: %+v", c)
	}
	b.counts(1)
	e, err := b.Explain("a")
	if err != nil || len(e.Joins) != 1 || e.Joins[0].Step != storage.ByStory || e.Joins[0].Key != "copy" || e.Joins[0].Source != "two" || e.Joins[0].Reason == "" {
		b.Errorf("explained: %+v, %v", e.Joins, err)
	}
	b.reopen()
	if s := b.sight("two", copied.Identity)[0]; s.Standing != storage.Unchanged {
		b.Errorf("sighted again: %+v", s)
	}
	// What the copy shows later is not how the article looks, whoever says so.
	copied.Print, copied.Revision, copied.Article.Title = 2, b.clock, "the copy's"
	for _, source := range []string{"two", "s", "three"} {
		if s := b.sight(source, copied.Identity)[0]; s.Standing == storage.Changed {
			b.Errorf("%s sights the copy: %+v", source, s)
		}
		b.tell(source, copied)
	}
	if a := b.get("a"); a.Title != first.Article.Title {
		b.Errorf("the copy edited the article: %+v", a)
	}
}

// apart: what is not the same story, or not to be joined, is an article.
func apart(b *bench) {
	b.tell("s", told("央行今天下调存款准备金率0.5个百分点", "a"))
	other := told("央行今天下调存款准备金率0.25个百分点", "figure")
	b.tell("two", other)
	stock := told("央行今天下调存款准备金率0.5个百分点", "stock")
	stock.Article.Stocks = []string{"sh600000"}
	b.tell("two", stock)
	b.tell("s", told("央行今天下调存款准备金率0.5个百分点", "beside"), "a", "beside")
	b.add("two", told("央行今天下调存款准备金率0.5个百分点", "not asked for"))
	b.counts(5)
	b.pass(73 * time.Hour)
	b.tell("two", told("央行今天下调存款准备金率0.5个百分点", "late"))
	b.counts(6)
}

// joinedAtOnce: two copies in one batch are as two in two.
func joinedAtOnce(b *bench) {
	batch := storage.Batch{Source: "s", Similar: true, Entries: []storage.Entry{told("两市股指高开", "a"), told("两市股指高开", "b"), told("欧洲央行维持利率", "c")}}
	changes, err := b.Add(batch)
	if err != nil || changes[0].Outcome != storage.Stored || changes[1].Outcome != storage.Filed || changes[2].Outcome != storage.Stored {
		b.Errorf("%+v, %v", changes, err)
	}
	b.reopen()
	if c := b.tell("s", told("欧洲央行维持利率", "d")); c.Article.Key != "c" {
		b.Errorf("after a restart: %+v", c)
	}
}

// joinedWithoutEnd: a story that is told again and again fills one article after
// the other, and each telling is known the next time.
func joinedWithoutEnd(b *bench) {
	for range 2 {
		for i := range 150 {
			b.tell("s", told("央行今天下调存款准备金率", fmt.Sprint("copy", i), fmt.Sprint("url", i)))
		}
	}
	if n, err := b.Count(); err != nil || n < 2 || n > 10 {
		b.Errorf("%d articles, %v", n, err)
	}
	for i := range 150 {
		if s := b.sight("s", told("央行今天下调存款准备金率", fmt.Sprint("copy", i), fmt.Sprint("url", i)).Identity)[0]; s.Standing != storage.Unchanged {
			b.Errorf("copy %d: %+v", i, s)
		}
	}
}

// split: a join is undone for good.
func split(b *bench) {
	b.tell("s", told("央行今天下调存款准备金率", "a"))
	copied := told("央行今天下调存款准备金率", "copy", "url-copy")
	copied.Article.Categories = []string{"elsewhere"}
	copied.Raw = article.Raw{Body: copied.Article.Content + "as it came", From: "rule", Source: "two"}
	b.tell("two", copied)
	b.pass(time.Minute)
	if bodies, err := b.Bodies(time.Time{}, 0, 9); err != nil || len(bodies) != 0 {
		b.Errorf("bodies of articles: %+v, %v", bodies, err)
	}
	got, err := b.Split("a", "copy")
	if err != nil || len(got) != 1 || got[0].ID == b.get("a").ID || got[0].Title != copied.Article.Title || got[0].Content != copied.Article.Content {
		b.Fatalf("%+v, %v", got, err)
	}
	if bodies, err := b.Bodies(time.Time{}, 0, 9); err != nil || len(bodies) != 1 || !bodies[0].Raw.Equal(&copied.Raw) || bodies[0].Article.Key != got[0].Key {
		b.Errorf("bodies of what was split: %+v, %v", bodies, err)
	}
	b.reopen()
	b.counts(2)
	a, own := b.get("a"), b.get(got[0].Key)
	if !slices.Equal(a.Categories, []string{"news"}) || len(a.Via) != 0 || !slices.Equal(own.Categories, []string{"elsewhere"}) || own.Source != "two" {
		b.Errorf("a %+v, copy %+v", a, own)
	}
	if newest, err := b.Newest("elsewhere", storage.Window{Entries: 9}); err != nil || !slices.Equal(keysOf(newest), []string{own.Key}) {
		b.Errorf("elsewhere: %v, %v", keysOf(newest), err)
	}
	if s := b.sight("two", copied.Identity)[0]; s.Standing != storage.Unchanged {
		b.Errorf("the copy's own source: %+v", s)
	}
	for _, source := range []string{"two", "s", "three"} {
		copied.Print++
		b.tell(source, copied)
	}
	b.counts(2)
	if _, err := b.Split("a", ""); !errors.Is(err, storage.ErrNotFound) {
		b.Errorf("split again: %v", err)
	}
}

// byAddress: that an item came under another's address is told.
func byAddress(b *bench) {
	b.add("s", entry(1, "a", "url"))
	b.add("s", entry(1, "a", "url"))
	b.add("two", entry(1, "a", "url"))
	b.add("three", entry(1, "b", "url"))
	e, err := b.Explain("a")
	if err != nil || len(e.Joins) != 1 || e.Joins[0].Step != storage.ByAddress || e.Joins[0].Key != "b" || e.Joins[0].Source != "three" {
		b.Errorf("%+v, %v", e.Joins, err)
	}
}

// copiesForget: the body of a copy goes with those of its days, and with its article.
func copiesForget(b *bench) {
	for i, words := range []string{"央行今天下调存款准备金率", "两市股指高开"} {
		b.tell("s", told(words, fmt.Sprint("a", i)))
		copied := told(words, fmt.Sprint("copy", i))
		copied.Raw = article.Raw{Body: copied.Article.Content + "as it came", From: "rule", Source: "two"}
		b.tell("two", copied)
		b.pass(5 * 24 * time.Hour)
	}
	r := storage.Retention{Raw: 7 * 24 * time.Hour, Keep: func(string) bool { return true }}
	if p := b.prune(r); p.Bodies != 1 || p.Articles != 0 {
		b.Errorf("by age: %+v", p)
	}
	r.MaxAge = time.Hour
	b.prune(r)
	b.counts(0)
}
