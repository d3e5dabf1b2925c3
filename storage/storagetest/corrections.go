package storagetest

import (
	"fmt"
	"strings"
	"time"
)

// corrections: edits and withdrawals come newest first, each with what readers
// saw before and after, and keep their names.
func corrections(b *bench) {
	edit := func(key, title string) {
		b.pass(time.Minute)
		e := entry(uint64(b.clock.Unix()), key)
		e.Article.Title = title
		b.add("s", e)
	}
	for i := range 30 {
		edit(fmt.Sprint("a", i), "first")
	}
	if got, err := b.Corrections(9); err != nil || len(got) != 0 {
		b.Errorf("of new articles: %v, %v", got, err)
	}
	edit("a1", "second")
	edit("a2", "second")
	edit("a1", "third")
	// Another column is no correction, though it is a later change.
	copied := entry(9, "a2")
	copied.Copy, copied.Article.Categories = true, []string{"other"}
	b.pass(time.Minute)
	b.add("t", copied)
	is := func(limit int, want string) []uint64 {
		b.Helper()
		got, err := b.Corrections(limit)
		if err != nil {
			b.Fatal(err)
		}
		var text []string
		var numbers []uint64
		for _, c := range got {
			if c.At.IsZero() || c.Withdrawn != (c.After.Title == "") {
				b.Errorf("%+v", c)
			}
			text = append(text, strings.TrimSpace(c.Article.Key+" "+c.Before.Title+" "+c.After.Title))
			numbers = append(numbers, c.Number)
		}
		if got := strings.Join(text, "; "); got != want {
			b.Errorf("%d: got %q, want %q", limit, got, want)
		}
		return numbers
	}
	is(1, "a1 second third")
	is(2, "a1 second third; a2 first second")
	before := is(9, "a1 second third; a2 first second; a1 first second")
	b.reopen()
	gone := entry(99, "a2")
	b.pass(time.Minute)
	gone.Article.Title, gone.Article.Withdrawn = "second", b.clock
	b.add("s", gone)
	after := is(9, "a2; a1 second third; a1 first second")
	if after[1] != before[0] || after[2] != before[2] {
		b.Errorf("numbers %v were %v", after, before)
	}
}
