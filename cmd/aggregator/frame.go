package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v4"

	"aggregator/cmd/internal/config"
	"aggregator/storage"
)

// frameName is the file that export --extra writes beside those of the articles.
// Site generators leave files alone whose names begin so.
const frameName = "_store.yaml"

// frameFile is what is in it.
type frameFile struct {
	Authority  string          `yaml:"authority"`
	Categories []frameCategory `yaml:"categories"`
	Forgotten  []string        `yaml:"forgotten,omitempty"`
	Names      []string        `yaml:"forgotten_names,omitempty"`
}

type frameCategory struct {
	Name   string   `yaml:"name"`
	Slug   string   `yaml:"slug"`
	ID     string   `yaml:"id"`
	Former []string `yaml:"former,omitempty"`
}

// exportFrame writes the frame of a store; of some of its articles, that of their
// categories.
func (p *program) exportFrame(s *storage.Store, dir string, whole bool, categories []string) error {
	f, err := s.Frame()
	if err != nil {
		return err
	}
	file := frameFile{Authority: f.Authority, Forgotten: f.Keys, Names: f.Names}
	if !whole {
		file.Forgotten, file.Names = nil, nil
	}
	for _, c := range f.Categories {
		if whole || slices.Contains(categories, c.Name) {
			file.Categories = append(file.Categories, frameCategory{c.Name, c.Slug, c.ID, c.Former})
		}
	}
	data, err := yaml.Marshal(file)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := p.File(filepath.Join(dir, frameName), data); err != nil {
		return &failure{code: exitCannotRun, err: fmt.Errorf("export: %w", err)}
	}
	return nil
}

func (im *importer) readFrame(data []byte) error {
	var file frameFile
	if err := yaml.Unmarshal(data, &file); err != nil {
		return err
	}
	f := &im.frame
	if file.Authority != "" && !config.IsAuthority(file.Authority) {
		return fmt.Errorf("authority: %q is not a tagging entity of RFC 4151", file.Authority)
	}
	if im.cfg.Site.TagAuthority == "" { // else its owner says what it is to be
		f.Authority = cmp.Or(f.Authority, file.Authority)
	}
	f.Keys, f.Names = append(f.Keys, file.Forgotten...), append(f.Names, file.Names...)
	for _, c := range file.Categories {
		f.Categories = append(f.Categories, storage.Addressed{Category: storage.Category{Name: c.Name, Slug: c.Slug, ID: c.ID}, Former: c.Former})
	}
	return nil
}

// frameOf is the frame that was told, and the categories of the entries, in the order
// in which these tell that the first came into each.
func (im *importer) frameOf(entries []storage.Entry) storage.Frame {
	f := im.frame
	for _, name := range firstFiled(entries) {
		f.Categories = append(f.Categories, storage.Addressed{Category: storage.Category{Name: name}})
	}
	return f
}
