package storagetest

import (
	"fmt"
	"slices"
	"time"

	"aggregator/storage"
)

func queries(b *bench) {
	for i, key := range []string{"c", "a", "d", "b"} {
		e := entry(1, key)
		e.Article.Published = start.Add(time.Duration(key[0]-'a') * time.Minute)
		e.Article.Categories = []string{[]string{"even", "odd"}[i%2]}
		e.Article.Content = "<p class=\"Hidden\">中<b>关</b>村 Forum " + key + "</p>"
		b.add([]string{"one", "two"}[i/2], e)
	}
	over := make(chan struct{})
	close(over)
	for _, test := range []struct {
		q    storage.Query
		want string
	}{
		{storage.Query{}, "dcba"},
		{storage.Query{Limit: 2}, "dc"},
		{storage.Query{Category: "odd"}, "ba"},
		{storage.Query{Category: "none"}, ""},
		{storage.Query{Source: "one"}, "ca"},
		{storage.Query{Source: "none"}, ""},
		{storage.Query{Source: "one", Category: "odd"}, "a"},
		{storage.Query{Since: start.Add(time.Minute)}, "dcb"},
		{storage.Query{Since: start.Add(time.Minute + 1)}, "dc"},
		{storage.Query{Until: start.Add(time.Minute)}, "a"},
		{storage.Query{Until: start.Add(time.Minute + 1)}, "ba"},
		{storage.Query{Since: start.Add(time.Minute), Until: start.Add(2 * time.Minute)}, "b"},
		{storage.Query{Search: "中关村 forum"}, "dcba"},
		{storage.Query{Search: "中关村 TITLE", Limit: 1}, "d"},
		{storage.Query{Search: "title of b"}, "b"},
		{storage.Query{Search: "hidden"}, ""},
		{storage.Query{Done: over}, ""},
	} {
		got := ""
		for a, err := range b.Articles(test.q) {
			if err != nil {
				b.Fatal(err)
			}
			got += a.Key
		}
		if got != test.want {
			b.Errorf("%+v: got %q, want %q", test.q, got, test.want)
		}
	}
}

func readAndWrite(b *bench) {
	var entries []storage.Entry
	for i := range 300 {
		e := entry(1, fmt.Sprintf("k%03d", i))
		e.Article.Published = start.Add(time.Duration(i) * time.Minute)
		entries = append(entries, e)
	}
	b.add("s", entries...)
	slices.Reverse(entries)
	i := 0
	for a, err := range b.Articles(storage.Query{}) {
		if err != nil {
			b.Fatal(err)
		}
		if a.Key != entries[i].Name {
			b.Fatalf("article %d is %s, want %s", i, a.Key, entries[i].Name)
		}
		if i%50 == 0 {
			copied := entry(2, a.Key)
			copied.Copy = true
			b.add("t", copied)
		}
		i++
	}
	if i != len(entries) {
		b.Errorf("%d articles, want %d", i, len(entries))
	}
	for range b.Articles(storage.Query{}) {
		break
	}
}
