package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Frame is what stands round the articles of a store: under what its feeds are
// known to their readers, and of which articles it knows that they are no more.
type Frame struct {
	Authority  string
	Categories []Addressed // in the order of their first use
	// Names are the Keys of articles that were pruned, Keys what they were
	// recognised by.
	Names, Keys []string
}

// Addressed is a category with the slugs that it had before.
type Addressed struct {
	Category
	Former []string
}

// Frame gives the frame of the store.
func (s *Store) Frame() (f Frame, err error) {
	f.Authority = s.Authority()
	err = s.view(func(t *tables) error {
		f.Names = slices.Collect(toNowhere(t.names))
		f.Keys = slices.Collect(toNowhere(t.aliases))
		f.Categories, err = t.addressed()
		return err
	})
	if err != nil {
		return Frame{}, fmt.Errorf("frame: %w", err)
	}
	return f, nil
}

func (t *tables) addressed() (all []Addressed, err error) {
	c := t.categoryTable.Cursor()
	for k, v := c.Seek([]byte{'r'}); bytes.HasPrefix(k, []byte{'r'}); k, v = c.Next() {
		cat, err := t.decodeCategory(v)
		if err != nil {
			return nil, err
		}
		all = append(all, Addressed{cat, t.formerSlugs(cat, k[1:])})
	}
	return all, nil
}

func (t *tables) formerSlugs(cat Category, number []byte) (former []string) {
	c := t.categoryTable.Cursor()
	for k, v := c.Seek([]byte{'s'}); bytes.HasPrefix(k, []byte{'s'}); k, v = c.Next() {
		if slug := string(k[1:]); bytes.Equal(v, number) && slug != cat.Slug {
			former = append(former, slug)
		}
	}
	return former
}

// RestoreFrame makes of a store what another one was, before [Store.Restore] gives
// it the articles of that. The authority, and what is no more, is taken over by one
// that has no article yet, and the categories that are not known. A slug or an id
// that is taken is made anew, as at a category's first use. Of categories whose ID
// and slug nobody knows the names are enough: their order is that of the lists of
// feeds, and who comes first has the shorter slug.
func (s *Store) RestoreFrame(f Frame) error {
	authority := ""
	err := s.update(func(t *tables) error {
		authority = ""
		if k, _ := t.articles.Cursor().First(); k == nil {
			if k, _ := t.categoryTable.Cursor().First(); k == nil {
				authority = f.Authority
			}
			if err := t.buryAll(f); err != nil {
				return err
			}
		}
		if authority != "" {
			if err := t.meta.Put([]byte("authority"), []byte(authority)); err != nil {
				return err
			}
		}
		for _, c := range f.Categories {
			if err := t.restoreCategory(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("restore frame: %w", err)
	}
	if authority != "" {
		s.authority.Store(&authority)
	}
	return nil
}

// buryAll notes articles that were pruned elsewhere as if they had been here.
func (t *tables) buryAll(f Frame) error {
	order, err := t.tick()
	if err == nil && len(f.Names)+len(f.Keys) > 0 {
		t.noGraves.Store(false)
		err = t.meta.Put([]byte(gravesKey), []byte{0})
	}
	if err != nil {
		return err
	}
	for _, name := range f.Names {
		if name == "" || t.names.Get([]byte(name)) != nil {
			continue
		}
		if err := t.names.Put([]byte(name), grave(order, nil)); err != nil {
			return err
		}
	}
	for _, key := range f.Keys {
		if key == "" || t.aliases.Get(aliasKey(key)) != nil {
			continue
		}
		if err := t.aliases.Put(aliasKey(key), grave(order, nil)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) restoreCategory(c Addressed) error {
	if c.Name == "" || t.category(c.Name) != 0 {
		return nil
	}
	if c.Slug == "" || c.Slug != safeName(c.Slug) || t.slugTaken(c.Slug, c.Name) || !strings.HasPrefix(c.ID, "tag:") {
		_, err := t.ownCategory(c.Name)
		return err
	}
	others, err := t.addressed()
	if err != nil || slices.ContainsFunc(others, func(o Addressed) bool { return o.ID == c.ID }) {
		_, own := t.ownCategory(c.Name)
		return errors.Join(err, own)
	}
	n, err := t.enterCategory(c.Category)
	for _, slug := range c.Former {
		if err == nil && slug == safeName(slug) && slug != "" && !t.slugTaken(slug, c.Name) {
			err = t.categoryTable.Put(append([]byte{'s'}, slug...), binary.BigEndian.AppendUint32(nil, n))
		}
	}
	return err
}
