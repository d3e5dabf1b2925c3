package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// slugs are part of addresses that readers subscribe to and people type.
var slugs = regexp.MustCompile(`^[a-z0-9]+(?:[_-][a-z0-9]+)*$`)

const longestSlug = 64

// checkSlugs reports slugs that cannot be, or that two feeds have: categories
// and saved searches share /feeds/SLUG.atom.
func (f *findings) checkSlugs(c *Config) {
	taken := map[string]string{} // slug to path
	for _, name := range slices.Sorted(maps.Keys(c.Categories)) {
		if path := join("categories", name); strings.TrimSpace(name) == "" {
			f.bad(path, "", "a category needs a name")
		} else if slug := c.Categories[name].Slug; slug != "" {
			f.checkSlug(join(path, "slug"), slug, taken)
		}
	}
	for i, saved := range c.Feeds.Saved {
		if saved.Slug != "" {
			f.checkSlug(fmt.Sprintf("feeds.saved[%d].slug", i), saved.Slug, taken)
		}
	}
}

func (f *findings) checkSlug(path, slug string, taken map[string]string) {
	switch first := taken[slug]; {
	case reservedSlug(slug):
		f.bad(path, "", "%s is reserved for a feed of our own", slug)
	case !slugs.MatchString(slug) || len(slug) > longestSlug:
		f.bad(path, "write lower-case letters and digits, with - between words", "%q cannot be part of an address", slug)
	case first != "":
		f.bad(path, "", "%s is the slug of %s already", slug, strings.TrimSuffix(first, ".slug"))
	default:
		taken[slug] = path
	}
}

func reservedSlug(slug string) bool {
	return slices.Contains([]string{"all", "corrections", "health", "stock", "source"}, slug)
}
