package config

import (
	"os"
	"strings"
	"testing"
)

var added = []NewSource{
	{Name: "a", Title: "A: b # c", Kind: "feed", URL: "https://a.example/?x=1&y={z}", Categories: []string{"金融", "a, b"}},
	{Name: "b", Kind: "feed", URL: "https://b.example/"},
}

func TestAppend(t *testing.T) {
	plain := []NewSource{{Name: "new", Title: "New: one", Kind: "feed", URL: "https://new.example/", Categories: []string{"x, y"}}}
	const text = "  - name: new\n    title: 'New: one'\n    kind: feed\n    url: https://new.example/\n    categories: ['x, y']\n"
	for name, tt := range map[string]struct{ before, after string }{
		"at the end":      {"sources:\n  - {name: a, url: 'https://a.example/'}\n", "sources:\n  - {name: a, url: 'https://a.example/'}\n" + text},
		"no line end":     {"sources:\n  - name: a\n    url: https://a.example/", "sources:\n  - name: a\n    url: https://a.example/\n" + text},
		"before another":  {"sources:\n  - name: a\n    url: https://a.example/\n    categories:\n      - x\n# remark\n\ncategories: {}\n", "sources:\n  - name: a\n    url: https://a.example/\n    categories:\n      - x\n" + text + "# remark\n\ncategories: {}\n"},
		"a text in lines": {"sources:\n  - name: a\n    url: https://a.example/\n    title: >-\n      two\n      lines\nlisten: :80\n", "sources:\n  - name: a\n    url: https://a.example/\n    title: >-\n      two\n      lines\n" + text + "listen: :80\n"},
		"not indented":    {"sources:\n- name: a\n  url: https://a.example/\nlisten: :80\n", "sources:\n- name: a\n  url: https://a.example/\n" + strings.ReplaceAll(text[2:], "\n  ", "\n") + "listen: :80\n"},
		"none":            {"sources: [] # none yet\nlisten: :80\n", "sources: # none yet\n" + text + "listen: :80\n"},
		"none at the end": {"sources: []", "sources:\n" + text},
	} {
		got, err := Append("x", []byte(tt.before), plain)
		if err != nil || string(got) != tt.after {
			t.Errorf("%s: %v\ngot:\n%s\nwant:\n%s", name, err, got, tt.after)
		}
	}
}

// TestAppendToTheReference: comments, examples and what follows stay.
func TestAppendToTheReference(t *testing.T) {
	data, err := os.ReadFile(repository)
	if err != nil {
		t.Fatal(err)
	}
	more := []NewSource{{Name: "new", Title: "A: b # c", Kind: "feed", URL: "https://a.example/?x=1&y=2", Categories: []string{"金融"}}}
	got, err := Append("x", data, more)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("x", got)
	if err != nil {
		t.Fatal(err)
	}
	if last := c.Sources[len(c.Sources)-1]; last.Name != "new" || last.Title != "A: b # c" || last.URL != "https://a.example/?x=1&y=2" {
		t.Errorf("%+v", last)
	}
	i := strings.Index(string(got), "  - name: new\n")
	if i < 0 || len(got)-len(data) > 200 || !strings.HasPrefix(string(data), string(got[:i])) {
		t.Error("more than the source has changed")
	}
}

func TestAppendRefusals(t *testing.T) {
	for name, file := range map[string]string{
		"brackets":     "sources: [{name: a, url: 'https://a.example/'}]\n",
		"wrong file":   "sources: [\n",
		"a name twice": "sources:\n  - {name: b, url: 'https://a.example/'}\n",
	} {
		if got, err := Append("x", []byte(file), added[1:]); err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
	// A URL with a placeholder that nothing fills is no valid source.
	if _, err := Append("x", []byte("sources: []\n"), added); err == nil {
		t.Error("a placeholder is taken")
	}
}
