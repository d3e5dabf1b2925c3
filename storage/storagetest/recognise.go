package storagetest

import (
	"fmt"
	"slices"
	"time"

	"aggregator/storage"
)

// looks are what a document shows of articles under their titles.
func looks(titles ...string) (list []storage.Look) {
	for _, title := range titles {
		list = append(list, storage.Look{Title: title, Published: start.Add(-time.Hour)})
	}
	return list
}

func (b *bench) recognise(what string, list []storage.Look, want ...string) {
	b.Helper()
	got, err := b.Recognise("s", list)
	if err != nil || !slices.Equal(got, want) {
		b.Errorf("%s: %q, %v, want %q", what, got, err, want)
	}
}

// recognised: many articles of a source that come under other keys are known by
// their looks; a few, or others, are not.
func recognised(b *bench) {
	for i := range 6 {
		b.add("s", entry(1, fmt.Sprint("a", i)))
	}
	b.add("other", entry(1, "elsewhere"))
	again := entry(1, "again")
	again.Article.Title = "title of a5"
	b.add("s", again)

	b.recognise("moved", looks("title of a0", "title of a1", "title of a2", "unknown"), "a0", "a1", "a2", "")
	b.recognise("too few", looks("title of a0", "title of a1"), "", "")
	b.recognise("mostly new", looks("title of a0", "title of a1", "title of a2", "n1", "n2", "n3", "n4"), "", "", "", "", "", "", "")
	b.recognise("of another source, and a title of two", looks("title of a0", "title of a1", "title of a2", "title of elsewhere", "title of a5"), "a0", "a1", "a2", "", "")
	b.recognise("a title twice", looks("title of a0", "title of a1", "title of a2", "title of a3", "title of a3"), "a0", "a1", "a2", "", "")
	other := looks("title of a0", "title of a1", "title of a2", "title of a3", "title of a4")
	other[0].Published = start.Add(-50 * time.Hour)
	other[1].Text = "something else altogether, at some length"
	b.recognise("another day, another text", other, "", "", "a2", "a3", "a4")

	column := looks("title of a0", "title of a1", "title of a2", "title of a3")
	for i := range column {
		column[i].Text, column[i].Published = "", column[i].Published.Add(20*time.Hour)
	}
	b.recognise("a column, whose titles come again with no text", column, "", "", "", "")

	e := entry(2, "new id", "new url")
	e.Of, e.Copy = "a0", true
	if c := b.add("s", e)[0]; c.Outcome != storage.Filed || c.Article.Key != "a0" {
		b.Errorf("%+v", c)
	}
	if s := b.sight("s", e.Identity)[0]; s.Standing != storage.Unchanged {
		b.Errorf("%+v", s)
	}
	x, err := b.Explain("a0")
	if err != nil || len(x.Joins) != 1 || x.Joins[0].Step != storage.ByLooks || x.Joins[0].Key != "new id" {
		b.Errorf("%+v, %v", x.Joins, err)
	}
	e.Print, e.Of, e.Copy, e.Article.Title = 3, "", false, "edited"
	if c := b.add("s", e)[0]; c.Outcome != storage.Edited || c.Article.Key != "a0" {
		b.Errorf("%+v", c)
	}
}
