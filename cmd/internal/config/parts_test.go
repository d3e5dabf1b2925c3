package config

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParts: sources written as a block are read part by part, and are what they are when
// the text is read as a whole.
func TestParts(t *testing.T) {
	reference, err := os.ReadFile(repository)
	if err != nil {
		t.Fatal(err)
	}
	var many strings.Builder
	many.WriteString("site: {title: 很多}\r\nsources: # and many\r\n")
	for i := range 3*together + 1 {
		fmt.Fprintf(&many, "  # number %d\r\n  -\r\n    name: s%d\r\n\r\n    url: http://%d.example/\r\n", i, i, i)
	}
	many.WriteString("# the end\r\nlisten: 127.0.0.1:1\r\n")
	for name, text := range map[string]string{
		"the reference": string(reference),
		"many":          many.String(),
		"not indented":  "sources:\n- {name: a, url: 'http://a.example/'}\n- name: b\n  url: http://b.example/\nlisten: 127.0.0.1:1",
		"anchors":       "sources:\n  - &a {name: a, url: 'http://a.example/'}\n  - {<<: *a, name: b}\n",
		"texts of many lines": "sources:\n  - name: a\n    url: http://a.example/\n    categories: [x]\n    title: |-\n      - name: x\n\n      - sources:\n" +
			"  - name: b\n    url: http://b.example/\n    title: \"of\n      two lines\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			if read, err := alike(text); err != nil || !read {
				t.Errorf("read in parts: %t, error %v", read, err)
			}
		})
	}
}

// TestWhole: what is no list of sources, or not one of a block, is read as a whole, and so
// is whatever has mistakes, which tell where they are.
func TestWhole(t *testing.T) {
	const two = "  - {name: a, url: 'http://a.example/'}\n  - {name: b, url: 'http://b.example/'}\n"
	for name, test := range map[string]struct{ text, mistake string }{
		"brackets":             {text: "sources: [{name: a, url: 'http://a.example/'}]\n"},
		"anchor elsewhere":     {text: "site: {title: &t T}\nsources:\n" + two + "  - {name: c, title: *t, url: 'http://c.example/'}\n"},
		"anchor set again":     {text: "database: &d one.db\nsources:\n  - {name: &d two, url: 'http://a.example/'}\nlisten: 127.0.0.1:1\nsite: {title: *d}\n"},
		"anchor, other type":   {"fetch: {max_pages: &n 5}\nsources:\n  - {name: a, url: 'http://a.example/', limit: &n 100}\nfeeds: {entries: *n, max_entries: 50}\n", "feeds.max_entries: must not be less than entries, which is 100"},
		"directive":            {"%TAG !! tag:x,2000:\n---\nsources:\n  - {name: a, url: 'http://a.example/', limit: !!int \"5\"}\n", "sources[0].limit: want a whole number"},
		"anchor used later":    {text: "sources:\n  - {name: &n a, url: 'http://a.example/'}\nsite: {title: *n}\n"},
		"within a text":        {text: "site:\n  title: \"a\nsources:\n- b\n\n\"\nsources : [{name: a, url: 'http://a.example/'}]\n"},
		"unknown key":          {"sources:\n" + two + "  - {name: c, url: 'http://c.example/', tilte: x}\n", "f:4:41: sources[2].tilte: unknown key (did you mean title?)"},
		"element within text":  {"sources:\n  - name: \"a\n  - b\"\n    url: http://a.example/\n", `f:2:11: sources[0].name: "a - b" cannot be part of an address`},
		"twice":                {"sources:\n" + two + "sources:\n" + two, "f:4:1: sources: the key is there already, in line 1"},
		"tab":                  {"sources:\n  - name: a\n\turl: http://a.example/\n", "f:3:1: not YAML"},
		"not enough blanks":    {"sources:\n" + two + " - {name: c, url: 'http://c.example/'}\n", "f:4:2: not YAML"},
		"second document":      {"sources:\n" + two + "---\nlisten: 127.0.0.1:1\n", "a second document"},
		"same name, far apart": {"sources:\n" + two + strings.Repeat("  # and\n", 100) + "  - {name: a, url: 'http://c.example/'}\n", "f:104:12: sources[2].name: a is the name of sources[0] already"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f", []byte(test.text))
			if test.mistake == "" && err != nil || test.mistake != "" && (err == nil || !strings.Contains(err.Error(), test.mistake)) {
				t.Errorf("error %v, want %q", err, test.mistake)
			}
			if _, err := alike(test.text); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPeekDoesWithoutSources: where the database is can be told whatever is wrong with
// the sources.
func TestPeekDoesWithoutSources(t *testing.T) {
	c, err := newText("f", []byte("sources:\n  - {name: [\n  - {name: b}\ndatabase: other.db\n")).Peek()
	if err != nil || c.Database != "other.db" {
		t.Errorf("database %v, error %v", c, err)
	}
}

// alike compares what a text is when it is read in parts and as a whole. It tells whether
// it could be read in parts.
func alike(text string) (inParts bool, err error) {
	t := newText("f", []byte(text))
	if t.parted == nil {
		return false, nil
	}
	parted, _, err := t.parted.checked(len(text), nil, false)
	if err != nil { // it is read as a whole
		return false, nil
	}
	whole, _, err := t.whole().checked(len(text), nil, false)
	if err != nil {
		return false, fmt.Errorf("the whole is not valid: %w", err)
	}
	if diff := cmp.Diff(whole, parted, exact); diff != "" {
		return false, fmt.Errorf("read as a whole, in parts:\n%s", diff)
	}
	return true, nil
}

func FuzzParts(f *testing.F) {
	for _, text := range []string{
		"sources:\n  - name: a\n    url: http://a.example/\n  - name: b\n    url: http://b.example/\nlisten: :1\n",
		"sources:\n- {name: a, url: 'http://a.example/'}\n- {name: b, url: \"http://b.example/\"} # x\n",
		"sources:\n  - name: a\n    url: http://a.example/\n    title: >+\n      x\n\n  # y\n\n  - <<: &x {name: b, url: 'http://b.example/'}\n  - <<: *x\n    name: c\n",
	} {
		f.Add(text)
		f.Add("%TAG !! tag:x,2000:\n---\nsite: &a {title: &b x}\n" + text + "database: *b\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := alike(text); err != nil {
			t.Error(err)
		}
	})
}
