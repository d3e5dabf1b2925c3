package daemon

import (
	"aggregator/normalize/article"
)

// Split makes articles of what was joined with one for its story: of the item
// with the key, or of all for no key. The feeds show it.
func (d *Daemon) Split(ref, key string) ([]article.Article, error) {
	from, err := d.store.Article(ref)
	if err != nil {
		return nil, err
	}
	split, err := d.store.Split(ref, key)
	if err != nil {
		return nil, err
	}
	slugs := []string{"source", "stock"} // of all: others may list it too
	var names []string
	for _, a := range append([]article.Article{from}, split...) {
		names = article.Union(names, a.Categories...)
	}
	if err := d.announce(names, slugs); err != nil {
		return split, err
	}
	return split, d.archive.write()
}
