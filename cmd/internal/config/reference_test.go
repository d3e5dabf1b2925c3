package config

import (
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"
)

// repository is the repository's config.yaml.
const repository = "../../../config.yaml"

var exact = cmp.Options{
	cmp.Comparer(func(a, b Zone) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b Private) bool { return a == b }),
	cmp.Comparer(func(a, b Schedule) bool { return a.String() == b.String() }),
	cmpopts.IgnoreUnexported(Config{}),
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() }),
}

func TestReferenceShowsTheDefaults(t *testing.T) {
	got, err := Load(repository)
	if err != nil {
		t.Fatal(err)
	}
	got.Sources, got.Categories = nil, nil
	got.Fetch.AllowPrivate, got.Feeds.Saved = nil, nil // written as []
	if diff := cmp.Diff(Default(), got, exact); diff != "" {
		t.Errorf("config.yaml differs from the defaults:\n%s", diff)
	}
}

func TestReferenceSources(t *testing.T) {
	c, err := Load(repository)
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{{"155", "1686"}, {"155", "1690"}, {"164", "1693"}, {"384", "2519"},
		{"384", "2671"}, {"384", "2672"}, {"384", "2674"}, {"153", "2516"}, {"152", ""}}
	var got [][2]string
	for _, s := range c.Enabled() {
		params := s.Fetcher().Params
		got = append(got, [2]string{params["pageid"] + params["zhibo_id"], params["lid"]})
		for _, name := range s.Categories {
			if c.Categories[name].Slug == "" {
				t.Errorf("category %s of %s has no slug", name, s.Name)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// inactive are the settings of config.yaml that are not in use; prose has one
// blank after its #.
var inactive = regexp.MustCompile(`(?m)^#((?:   ?)?(?:  )*(?:- )?[A-Za-z_]+:|      - )`)

func TestReferenceExamples(t *testing.T) {
	data, err := os.ReadFile(repository)
	if err != nil {
		t.Fatal(err)
	}
	// The example of a saved search stands where the default does.
	data = regexp.MustCompile(`(?m)^  saved: \[\]$`).ReplaceAll(data, nil)
	data = inactive.ReplaceAll(data, []byte("$1"))
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/example", []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse("config.yaml", data, "CREDENTIALS_DIRECTORY="+dir)
	if err != nil {
		t.Fatalf("with its examples in use, config.yaml is wrong:\n%v", err)
	}
	for _, name := range []string{"sina-live", "example", "example-all", "mirror", "example-json", "example-html"} {
		if c.SourceNamed(name) == nil {
			t.Errorf("no example %s", name)
		}
	}
	if len(c.Feeds.Saved) != 1 {
		t.Error("no example of a saved search")
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	paths(document(&root), reflect.TypeFor[Config](), "", written)
	for _, path := range all(reflect.TypeFor[Config](), "") {
		if path != "." && !written[path] {
			t.Errorf("config.yaml does not show %s", path)
		}
	}
	fits(t, schemaObject(t), document(&root), "")
}

// all returns the paths of every key of a type, without indices.
func all(t reflect.Type, path string) []string {
	var out []string
	for _, field := range keyed(t) {
		at := path + "." + field.Tag.Get("yaml")
		out = append(out, at)
		if inner := section(field.Type); inner != nil {
			out = append(out, all(inner, at)...)
		}
	}
	return out
}

// section returns the struct with keys that t is or holds.
func section(t reflect.Type) reflect.Type {
	if kind := t.Kind(); kind == reflect.Slice || kind == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && t.NumField() > 0 && t.Field(0).Tag.Get("yaml") != "" {
		return t
	}
	return nil
}

// paths collects the paths of the keys in a document, without indices.
func paths(n *yaml.Node, t reflect.Type, path string, into map[string]bool) {
	switch {
	case n.Kind == yaml.SequenceNode:
		for _, element := range n.Content {
			paths(element, t, path, into)
		}
	case n.Kind == yaml.MappingNode && t != nil && t.Kind() == reflect.Map:
		for i := 1; i < len(n.Content); i += 2 {
			paths(n.Content[i], section(t), path, into)
		}
	case n.Kind == yaml.MappingNode && t != nil:
		if inner := section(t); inner != nil {
			t = inner
		}
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i].Value
			into[path+"."+key] = true
			for _, field := range keyed(t) {
				if field.Tag.Get("yaml") == key && section(field.Type) != nil {
					paths(n.Content[i+1], field.Type, path+"."+key, into)
				}
			}
		}
	}
}
