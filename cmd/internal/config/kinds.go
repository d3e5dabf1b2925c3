package config

import (
	"maps"
	"slices"
	"sync"

	"aggregator/fetcher"
)

// kinds are the source kinds there are: three to describe anything with, and
// the presets. sina-live is read from the preset of that name.
var kinds = sync.OnceValue(func() []string {
	all := []string{"feed", "json", "html", "sina-roll", "sina-live"}
	for _, name := range slices.Sorted(maps.Keys(fetcher.Presets())) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
})

// described tells whether the owner describes the items of a kind.
func described(kind string) bool { return kind == "json" || kind == "html" }

// built tells whether URL and rules of a kind are built in.
func built(kind string) bool { return kind != "feed" && !described(kind) }

// fieldNames are the fields of an item that a source of kind json or html describes.
var fieldNames = []string{
	"id", "link", "title", "published", "updated", "summary", "content",
	"author", "origin", "image", "tags", "stocks", "withdrawn",
}
