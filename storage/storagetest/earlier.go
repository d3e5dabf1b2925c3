package storagetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// ten stores ten articles, the later, the older by their origin. The fourth is
// withdrawn, and the second comes into another category at last.
func (b *bench) ten() {
	for i := range 10 {
		e := entry(1, fmt.Sprint("k", i))
		e.Article.Published = start.Add(-time.Duration(i) * time.Minute)
		e.Article.Categories = []string{[]string{"even", "odd"}[i%2]}
		e.Article.Content = "<p class=\"Hidden\">中<b>关</b>村 Forum</p>"
		if i == 7 {
			e.Article.Content = "<p>中村 R&amp;D</p>"
		}
		if i == 3 {
			e.Article.Withdrawn = b.clock
		}
		b.add("one", e)
		b.pass(time.Second)
	}
	late := entry(2, "k1")
	late.Copy, late.Article.Categories = true, []string{"even"}
	b.add("two", late)
}

// backwards reads on until nothing is left: the keys of each page.
func (b *bench) backwards(page func(before uint64) ([]article.Article, uint64, error)) string {
	var pages []string
	for next, more := uint64(0), true; more; more = next > 0 {
		found, n, err := page(next)
		if err != nil {
			b.Fatal(err)
		}
		var keys []string
		for _, a := range found {
			keys = append(keys, a.Key)
		}
		pages = append(pages, strings.Join(keys, " "))
		next = n
	}
	return strings.Join(pages, ", ")
}

// earlier: a reader who goes back page by page meets each article once, though more
// come meanwhile, by when they came and within a page by when they were published.
func earlier(b *bench) {
	b.ten()
	for _, tt := range []struct {
		run   storage.Run
		limit int
		want  string
	}{
		{storage.Run{}, 99, "k0 k1 k2 k4 k5 k6 k7 k8 k9"},
		{storage.Run{}, 4, "k6 k7 k8 k9, k1 k2 k4 k5, k0"},
		{storage.Run{Category: "odd"}, 2, "k7 k9, k1 k5"},
		{storage.Run{Category: "even"}, 2, "k1 k8, k4 k6, k0 k2"},
		{storage.Run{Source: "one"}, 6, "k4 k5 k6 k7 k8 k9, k0 k1 k2"},
		{storage.Run{Category: "none"}, 2, ""},
	} {
		got := b.backwards(func(before uint64) ([]article.Article, uint64, error) {
			return b.Earlier(tt.run, before, tt.limit)
		})
		if got != tt.want {
			b.Errorf("%+v by %d: got %q, want %q", tt.run, tt.limit, got, tt.want)
		}
	}
	n := 0
	got := b.backwards(func(before uint64) ([]article.Article, uint64, error) {
		found, next, err := b.Earlier(storage.Run{}, before, 4)
		b.add("one", entry(1, fmt.Sprint("new", n)))
		n++
		return found, next, err
	})
	if want := "k6 k7 k8 k9, k1 k2 k4 k5, k0"; got != want {
		b.Errorf("while more come: got %q, want %q", got, want)
	}
}

// search: words are found whatever their case, across tags and in references, page by
// page; when the time is over before it began, nothing is lost.
func search(b *bench) {
	b.ten()
	for _, tt := range []struct {
		text  string
		limit int
		want  string
	}{
		{"中关村", 99, "k9 k8 k6 k5 k4 k2 k1 k0"},
		{"forum 中关村", 3, "k9 k8 k6, k5 k4 k2, k1 k0"},
		{"中村", 9, "k7"},
		{"r&d", 9, "k7"},
		{"title　OF k5", 9, "k5"},
		{"hidden", 9, ""},
		{"关中", 9, ""},
	} {
		got := b.backwards(func(before uint64) ([]article.Article, uint64, error) {
			return b.Search(b.Context(), tt.text, before, tt.limit)
		})
		if got != tt.want {
			b.Errorf("%q by %d: got %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
	over, cancel := context.WithCancel(b.Context())
	cancel()
	found, next, err := b.Search(over, "中关村", 0, 9)
	if len(found) > 0 || next == 0 || err != nil {
		b.Errorf("without time: got %v, to go on from %d, %v", found, next, err)
	}
}
