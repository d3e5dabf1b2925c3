package storage

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
)

// Category is a category's record: its id never changes, and its address not by
// itself.
type Category struct {
	Name string
	Slug string
	ID   string // tag: URI of its feed
}

// CategoryCount is a category and how many articles are in it.
type CategoryCount struct {
	Category
	Articles int
}

type storedCategory struct {
	Name string `cbor:"1,keyasint"`
	Slug string `cbor:"2,keyasint"`
	ID   string `cbor:"3,keyasint"`
}

// Categories gives all categories in order of their first use.
func (s *Store) Categories() (all []CategoryCount, err error) {
	err = s.view(func(t *tables) error {
		c := t.categoryTable.Cursor()
		for k, v := c.Seek([]byte{'r'}); bytes.HasPrefix(k, []byte{'r'}); k, v = c.Next() {
			cat, err := t.decodeCategory(v)
			if err != nil {
				return err
			}
			n := t.categoryCount(binary.BigEndian.Uint32(k[1:]))
			all = append(all, CategoryCount{cat, n})
		}
		return nil
	})
	return all, err
}

// CategoryBySlug gives the category that is published under slug, or was before
// it was renamed: then its Slug is another.
func (s *Store) CategoryBySlug(slug string) (cat Category, err error) {
	err = s.view(func(t *tables) error {
		cat, err = t.categoryBySlug(slug)
		return err
	})
	return cat, err
}

func (t *tables) categoryBySlug(slug string) (Category, error) {
	n := t.categoryTable.Get(append([]byte{'s'}, slug...))
	if len(n) != 4 {
		return Category{}, fmt.Errorf("category %s: %w", slug, ErrNotFound)
	}
	return t.categoryRecord(binary.BigEndian.Uint32(n))
}

func (t *tables) categoryRecord(n uint32) (Category, error) {
	return t.decodeCategory(t.categoryTable.Get(binary.BigEndian.AppendUint32([]byte{'r'}, n)))
}

func (t *tables) decodeCategory(value []byte) (Category, error) {
	var c storedCategory
	err := t.codec.unmarshal(value, &c)
	return Category(c), err
}

// category gives the number of a category, or 0.
func (t *tables) category(name string) uint32 {
	n := t.categoryTable.Get(append([]byte{'n'}, name...))
	if len(n) != 4 {
		return 0
	}
	return binary.BigEndian.Uint32(n)
}

// ownCategory gives the number of a category, registered now at its first use.
func (t *tables) ownCategory(name string) (uint32, error) {
	if n := t.category(name); n != 0 {
		return n, nil
	}
	slug := t.freeSlug(name)
	return t.enterCategory(Category{name, slug, "tag:" + t.Authority() + ":feed/" + slug})
}

// enterCategory gives a category the next number.
func (t *tables) enterCategory(c Category) (uint32, error) {
	seq, err := next(t.categoryTable)
	if err != nil {
		return 0, err
	}
	value, err := t.codec.marshal(storedCategory(c))
	if err != nil {
		return 0, err
	}
	n := binary.BigEndian.AppendUint32(nil, uint32(seq))
	for _, e := range [][2][]byte{
		{append([]byte{'r'}, n...), value},
		{append([]byte{'n'}, c.Name...), n},
		{append([]byte{'s'}, c.Slug...), n},
	} {
		if err := t.categoryTable.Put(e[0], e[1]); err != nil {
			return 0, fmt.Errorf("category %q: %w", c.Name, err)
		}
	}
	return uint32(seq), nil
}

// freeSlug makes the proposed slug safe in addresses, and unique.
func (t *tables) freeSlug(name string) string {
	slug := name
	if t.slug != nil {
		slug = t.slug(name)
	}
	if slug = safeName(slug); slug == "" {
		slug = "category"
	}
	free := slug
	for n := 2; t.slugTaken(free, name); n++ {
		free = slug + "-" + strconv.Itoa(n)
	}
	return free
}

// slugTaken tells whether a slug is another feed's, stored or not.
func (t *tables) slugTaken(slug, name string) bool {
	return reserved(slug) || t.claimed != nil && t.claimed(slug, name) ||
		t.categoryTable.Get(append([]byte{'s'}, slug...)) != nil
}

// reserved are the slugs of feeds that are no category's.
func reserved(slug string) bool {
	return slices.Contains([]string{"all", "corrections", "health", "stock", "source"}, slug)
}

func countKey(n uint32) []byte { return binary.BigEndian.AppendUint32([]byte{'a'}, n) }
