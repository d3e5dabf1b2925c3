package storagetest

import (
	"errors"
	"slices"

	"aggregator/storage"
)

// filed stores an article in each of some categories.
func filed(b *bench, categories ...string) {
	b.Helper()
	e := entry(1, "in "+categories[0])
	e.Article.Categories = categories
	b.add("s", e)
}

func renamed(b *bench) {
	filed(b, "news", "markets")
	id := "tag:example.net,2026:feed/news"
	for _, slug := range []string{"first", "second", "second", "news"} {
		if _, err := b.RenameSlugs(map[string]string{"news": slug, "nobody": "x"}); err != nil {
			b.Fatal(err)
		}
		b.reopen()
		want := storage.Category{Name: "news", Slug: slug, ID: id}
		for _, known := range []string{"news", slug} {
			if got, err := b.CategoryBySlug(known); err != nil || got != want {
				b.Errorf("%s: %+v, %v, want %+v", known, got, err, want)
			}
		}
	}
	done, err := b.RenameSlugs(map[string]string{"markets": "boerse"})
	if err != nil || !slices.Equal(done, []storage.Renaming{{Name: "markets", Old: "markets", New: "boerse"}}) {
		b.Errorf("renamed %v, %v", done, err)
	}
	if done, err = b.RenameSlugs(map[string]string{"markets": "boerse"}); err != nil || done != nil {
		b.Errorf("renamed again: %v, %v", done, err)
	}
	filed(b, "first", "boerse") // no new category gets an address that readers know
	if got, err := b.CategoryBySlug("first"); err != nil || got.Name != "news" {
		b.Errorf("first: %+v, %v", got, err)
	}
}

func exchanged(b *bench) {
	filed(b, "a", "b", "c")
	if _, err := b.RenameSlugs(map[string]string{"a": "b", "b": "a"}); err != nil {
		b.Fatal(err)
	}
	addresses(b, map[string]string{"a": "b", "b": "a", "c": "c"})
	done, err := b.RenameSlugs(map[string]string{"a": "c", "b": "b", "c": "../c"})
	if !errors.Is(err, storage.ErrSlug) || len(done) != 0 {
		b.Errorf("renamed %v, %v, want nothing and ErrSlug", done, err)
	}
	done, err = b.RenameSlugs(map[string]string{"a": "x", "b": "x", "c": "d"})
	if !errors.Is(err, storage.ErrSlug) || len(done) != 2 {
		b.Errorf("renamed %v, %v, want two and ErrSlug", done, err)
	}
	addresses(b, map[string]string{"a": "x", "b": "a", "c": "d"})
	if _, err := b.RenameSlugs(map[string]string{"b": "c"}); err != nil { // c's old one
		b.Error(err)
	}
	addresses(b, map[string]string{"a": "x", "b": "c", "c": "d"})
}

// addresses checks the slugs of categories by their names.
func addresses(b *bench, want map[string]string) {
	b.Helper()
	for name, slug := range want {
		if got, err := b.CategoryBySlug(slug); err != nil || got.Name != name || got.Slug != slug || got.ID != "tag:example.net,2026:feed/"+name {
			b.Errorf("%s: got %+v, %v, want that of %s", slug, got, err, name)
		}
	}
}
