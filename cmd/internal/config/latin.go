package config

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gosimple/slug"
)

// Latin writes a name in letters that addresses have, in pinyin if need be.
func Latin(name string) string {
	// The transliteration knows every character but the first.
	return slug.Make(strings.ReplaceAll(name, "一", " yi "))
}

// Slug is the one that a category is to have: that of the configuration, or one
// made of its name.
func (c *Config) Slug(category string) string {
	return cmp.Or(c.Categories[category].Slug, Latin(category))
}

// Claims tells whether the configuration gives a slug to a saved search, or to
// another category: one made of a name must leave it alone.
func (c *Config) Claims(slug, category string) bool {
	for _, s := range c.Feeds.Saved {
		if s.Slug == slug {
			return true
		}
	}
	for name, other := range c.Categories {
		if name != category && other.Slug == slug {
			return true
		}
	}
	return false
}

// Doubts are what the configuration in data leaves to chance, although it is valid:
// slugs made of the names of categories that another feed has, or wants. Which of
// them has it depends on what came first.
func Doubts(name string, data []byte, environ ...string) (Mistakes, error) {
	c, f, err := newText(name, data).checked(environ, true)
	if err != nil {
		return nil, err
	}
	f.checkMade(c)
	f.sort()
	return f.mistakes, nil
}

// checkMade looks at the slugs that are made of names.
func (f *findings) checkMade(c *Config) {
	made := map[string]string{} // to category
	for i, s := range c.Sources {
		for j, name := range s.Categories {
			if c.Categories[name].Slug != "" || made[madeSlug(name)] == name {
				continue
			}
			path, slug := fmt.Sprintf("sources[%d].categories[%d]", i, j), madeSlug(name)
			const hint = "give it a slug of its own under categories"
			switch first := made[slug]; {
			case reservedSlug(slug):
				f.bad(path, hint, "the name of %s makes the slug %s, which is reserved for a feed of our own: it gets one such as %s-2", name, slug, slug)
			case c.Claims(slug, name):
				f.bad(path, hint, "the name of %s makes the slug %s, which is given to another feed: it gets one such as %s-2, or hides that one where it was stored before", name, slug, slug)
			case first != "":
				f.bad(path, hint, "the name of %s makes the slug %s, as that of %s does: who comes later gets one such as %s-2", name, slug, first, slug)
			default:
				made[slug] = name
			}
		}
	}
}

// madeSlug is what the store makes of a name.
func madeSlug(name string) string { return cmp.Or(Latin(name), "category") }
