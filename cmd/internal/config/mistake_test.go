package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMistakes reads the cases of testdata/mistakes.txt: after a line of ===, a
// file, and after a line of --- what is wrong with it, all of it.
func TestMistakes(t *testing.T) {
	data, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range strings.Split(string(data), "===\n")[1:] {
		file, want, found := strings.Cut(text, "---\n")
		if !found {
			t.Fatalf("case %d has no mistakes", i+1)
		}
		var got string
		if _, err := Parse("config.yaml", []byte(file)); err != nil {
			got = strings.ReplaceAll(err.Error(), "config.yaml:", "") + "\n"
		}
		if got != want {
			t.Errorf("case %d:\n%s\ngot:\n%s\nwant:\n%s", i+1, file, got, want)
		}
	}
}

// TestUnreadable has the files that are no text a test file could hold.
func TestUnreadable(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"empty", "", "x:1:1: the file is empty (the least is a list of sources; see config.yaml)"},
		{"comments only", "# nothing\n", "x:1:1: the file is empty (the least is a list of sources; see config.yaml)"},
		{"null", "null\n", "x:1:1: sources: is missing: nothing would be fetched (write a list of sources, or [] for none)"},
		{"two documents", "sources: []\n---\nlisten: :80\n", "x:2:1: a second document (write one document, without ---)"},
		{"an empty second document", "sources: []\n---\n", "x:2:1: a second document (write one document, without ---)"},
		{"broken second document", "sources: []\n---\n]\n", "x:3:1: not YAML: did not find expected node content"},
		{"tab", "sources: []\nsite:\n\ttitle: x\n", "x:3:1: not YAML: found character that cannot start any token (YAML does not allow tabs for indentation)"},
		{"GBK", "site:\n  title: \xd0\xc2\xc0\xcb\n", "x:2:10: not UTF-8 (save the file as UTF-8)"},
		{"control character", "sources: []\nlisten: \x01\n", "x:2:9: control character U+0001"},
		{"not YAML", "{\n", "x:2:1: not YAML: did not find expected node content"},
		{"unknown alias", "listen: *a\n", "x:1:9: not YAML: unknown anchor 'a' referenced"},
		{"endless merge", "site: &a\n  <<: *a\nsources: []\n", "x:2:7: site.<<: cannot be merged"},
		{"web page", "<html>\n<body>\n", "x:1:1: want a mapping of keys to values, not the text \"<html> <body>\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("x", []byte(test.file))
			var ms Mistakes
			if !errors.As(err, &ms) || !strings.Contains("\n"+err.Error()+"\n", "\n"+test.want+"\n") {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestReadable(t *testing.T) {
	for _, file := range []string{
		"\ufeffsources: []\n", "---\nsources: []\n", "sources: []\n...\n", "sources: []\r\nlisten: :80\r\n",
		"sources: []\n# \u00a0 \u3000 \U0001f4f0\n", "sources: []\nlisten:\nfetch:\n",
		"sources: [{name: a, url: 'http://a.example/'}]\ncategories:\n",
	} {
		if _, err := Parse("x", []byte(file)); err != nil {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestAliasesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("sources:\n- &a {name: a, url: 'http://a.example/', headers: {")
	for i := range 90 {
		fmt.Fprintf(&b, "X-%d: y, ", i)
	}
	b.WriteString("}}\n" + strings.Repeat("- *a\n", 1000))
	_, err := Parse("x", []byte(b.String()))
	if err == nil || !strings.Contains(err.Error(), "x:1:1: aliases repeat too much") {
		t.Errorf("got %.200v", err)
	}
}

func TestAliasesAndMerges(t *testing.T) {
	c, err := Parse("x", []byte(`
sources:
  - &first
    name: first
    url: https://a.example/
    categories: &path [a, b]
    limit: 5
  - <<: *first
    name: second
    categories: *path
`))
	if err != nil {
		t.Fatal(err)
	}
	if s := c.Sources[1]; s.Name != "second" || s.Limit != 5 || len(s.Categories) != 2 || s.URL != "https://a.example/" {
		t.Errorf("got %+v", s)
	}
}

func TestNoFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "absent.yaml"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{repository, "testdata/mistakes.txt"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(data), "===\n") {
			f.Add([]byte(part))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("x", data)
		var ms Mistakes
		switch {
		case (c == nil) == (err == nil):
			t.Fatalf("got %v and %v", c, err)
		case err != nil && !errors.As(err, &ms):
			t.Fatalf("got %T", err)
		case err == nil:
			for _, s := range c.Enabled() {
				s.Fetcher()
				s.Normalize(c)
				c.Schedule(s)
			}
		}
		for _, m := range ms {
			if m.File == "x" && (m.Line < 1 || m.Column < 1) {
				t.Errorf("no position: %s", m)
			}
		}
	})
}
