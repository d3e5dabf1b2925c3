package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrSlug is returned for a slug that a category cannot have.
var ErrSlug = errors.New("slug cannot be given")

// Renaming is a category that got another slug.
type Renaming struct{ Name, Old, New string }

// RenameSlugs gives categories, by their names, the slugs they are to have.
// Their ids stay, and [Store.CategoryBySlug] finds them under their old slugs
// too, until another category is given one of these. Names that no category
// has yet mean nothing. Where a slug is another category's the old one stays,
// and the error tells so; the other renamings are done.
func (s *Store) RenameSlugs(slugs map[string]string) (done []Renaming, err error) {
	// A start that renames nothing must not cost a write.
	var idle bool
	err = s.view(func(t *tables) error {
		wanted, err := t.renamings(slugs)
		idle = len(wanted) == 0
		return err
	})
	if err != nil || idle {
		return nil, err
	}
	var refused []error
	err = s.update(func(t *tables) error {
		wanted, err := t.renamings(slugs)
		if err != nil {
			return err
		}
		done, refused = nil, t.refuse(wanted)
		for _, name := range slices.Sorted(maps.Keys(wanted)) {
			if err := t.rename(wanted[name]); err != nil {
				return err
			}
			done = append(done, wanted[name])
		}
		return nil
	})
	return done, errors.Join(err, errors.Join(refused...))
}

// renamings are those that slugs ask for and that are not done yet, by name.
func (t *tables) renamings(slugs map[string]string) (map[string]Renaming, error) {
	wanted := map[string]Renaming{}
	for name, slug := range slugs {
		number := t.category(name)
		if number == 0 {
			continue
		}
		c, err := t.categoryRecord(number)
		if err != nil {
			return nil, err
		}
		if c.Slug != slug {
			wanted[name] = Renaming{name, c.Slug, slug}
		}
	}
	return wanted, nil
}

// refuse takes out the renamings to a slug that its owner keeps. One taken out
// makes its own category such an owner, so it looks again; two categories may
// well exchange their slugs.
func (t *tables) refuse(wanted map[string]Renaming) (refused []error) {
	for again := true; again; {
		again = false
		for _, name := range slices.Sorted(maps.Keys(wanted)) {
			if err := t.refusal(wanted, wanted[name]); err != nil {
				delete(wanted, name)
				refused, again = append(refused, err), true
			}
		}
	}
	return refused
}

func (t *tables) refusal(wanted map[string]Renaming, r Renaming) error {
	if r.New == "" || r.New != safeName(r.New) || reserved(r.New) {
		return fmt.Errorf("category %s: %w: %q", r.Name, ErrSlug, r.New)
	}
	for name, other := range wanted {
		if name < r.Name && other.New == r.New {
			return fmt.Errorf("category %s: %w: %s is wanted for %s", r.Name, ErrSlug, r.New, name)
		}
	}
	owner, err := t.categoryBySlug(r.New)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if _, moves := wanted[owner.Name]; err == nil && owner.Slug == r.New && !moves {
		return fmt.Errorf("category %s: %w: %s is that of %s", r.Name, ErrSlug, r.New, owner.Name)
	}
	return err
}

// rename leaves the old slug's entry where it is: that is the memory.
func (t *tables) rename(r Renaming) error {
	number := t.category(r.Name)
	c, err := t.categoryRecord(number)
	if err != nil {
		return err
	}
	c.Slug = r.New
	value, err := t.codec.marshal(storedCategory(c))
	if err != nil {
		return err
	}
	n := binary.BigEndian.AppendUint32(nil, number)
	return errors.Join(
		t.categoryTable.Put(append([]byte{'r'}, n...), value),
		t.categoryTable.Put(append([]byte{'s'}, r.New...), n))
}
