package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportPosts continues a real archive, older formats included: all of it is
// read, nothing of it is new when the source lists it again, and what it holds
// keeps its names and times.
func TestImportPosts(t *testing.T) {
	posts := readPosts(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	err := os.WriteFile(config, fmt.Appendf(nil, `
database: %[1]s/a.db
fetch: {allow_private: [127.0.0.0/8], per_host: {concurrency: 8, interval: 0s}}
sources:
  - name: sina-china
    kind: sina-roll
    endpoint: %[2]s/api/roll/get
    params: {pageid: 155, lid: 1686}
    categories: [金融, 新浪财经, 新浪财经－国內]
    author: 新浪财经
`, dir, sinaOf(t, posts).URL), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, said := command(t, exitOK, "--config", config, "import", filepath.Join(realData(t), "posts"))
	if want := fmt.Sprintf("%d articles imported, 0 were there already\n", len(posts)+2); said != want {
		t.Errorf("import says %q, want %q", said, want)
	}
	before := exported(t, config)
	if len(before) != len(posts)+2 {
		t.Errorf("%d files exported, want %d", len(before), len(posts)+2)
	}
	fetched, _ := command(t, exitOK, "--config", config, "fetch", "--once")
	if !strings.Contains(fetched, fmt.Sprintf("%d items, 0 new", len(posts))) {
		t.Errorf("fetch says %q, want nothing new", fetched)
	}
	after := exported(t, config)
	for name, file := range before {
		if after[name] != file {
			t.Errorf("%s is after the fetch\n%s\nwas\n%s", name, after[name], file)
		}
		if !strings.Contains(file, "categories: \n - 金融\n - 新浪财经\n - 新浪财经－国內\n") || !strings.Contains(file, "author: 新浪财经\n") {
			t.Errorf("%s: head is\n%.500s", name, file)
		}
	}
	command(t, exitOK, "--config", config, "db", "check")
}

// exported are the files that export writes now, by their names.
func exported(t *testing.T, config string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	command(t, exitOK, "--config", config, "export", dir)
	names, err := filepath.Glob(filepath.Join(dir, "*/*/*/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string, len(names))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(data)
	}
	return files
}
