package main

import (
	"path/filepath"
	"testing"

	"aggregator/cmd/internal/config"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestSavedSlugs: a category whose name in pinyin is the slug of a saved search, or
// that the configuration gives to another category, gets another slug, whatever
// comes first.
func TestSavedSlugs(t *testing.T) {
	cfg, err := config.Parse("config.yaml", []byte(`
sources: []
database: `+filepath.Join(t.TempDir(), "a.db")+`
feeds: {saved: [{slug: gong, any: [x]}, {slug: gong-2, any: [y]}, {slug: jin-2, any: [z]}]}
categories: {工: {slug: work}, 银: {slug: yi}, 宫: {slug: gong-4}}
`))
	if err != nil {
		t.Fatal(err)
	}
	db, err := openDatabase(func() *config.Config { return cfg }, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	_, err = db.store.Add(storage.Batch{Source: "a", Entries: []storage.Entry{{
		Identity: article.Identity{Keys: []string{"k"}, Name: "k"},
		Article:  article.Article{Title: "x", Categories: []string{"共", "工", "公", "金", "今", "一", "银", "宫", "All"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	all, err := db.store.Categories()
	for _, c := range all {
		got[c.Name] = c.Slug
	}
	for name, want := range map[string]string{
		"共": "gong-3", "工": "work", "公": "gong-5", "宫": "gong-4", "金": "jin", "今": "jin-3", "一": "yi-2", "银": "yi", "All": "all-2",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if err != nil {
		t.Error(err)
	}
}
