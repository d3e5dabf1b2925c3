package config

import (
	"encoding"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// text reads a scalar into a type that reads itself.
func (d *decoder) text(n *yaml.Node, v encoding.TextUnmarshaler, path string) {
	if n.Kind != yaml.ScalarNode || !strings.HasPrefix(n.ShortTag(), "!!") {
		d.bad(path, "", "want a single value, not %s", describe(n))
		return
	}
	value, err := n.Value, error(nil)
	switch v.(type) {
	case *Secret, *Address:
		value, err = d.expand(value)
	}
	if err == nil {
		err = v.UnmarshalText([]byte(value))
	}
	if err != nil {
		d.bad(path, hintOf(v, value), "%s", err)
	}
}

// hintOf asks a type what people get wrong about it.
func hintOf(v any, value string) string {
	if h, ok := v.(interface{ hint(string) string }); ok {
		return h.hint(value)
	}
	return ""
}

// plain reads a scalar into a string, a number or a truth value. What YAML takes
// for something else is refused: a title 2024 or an author no is written in quotes.
func (d *decoder) plain(n *yaml.Node, v reflect.Value, path string) {
	want, hint := "a text", ""
	switch v.Kind() {
	case reflect.Int:
		want = "a whole number"
	case reflect.Bool:
		want = "true or false"
	default:
		if n.Line == 0 || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
			v.SetString(d.once(n.Value, path))
			return
		}
		if n.Kind == yaml.ScalarNode {
			hint = "put it in quotes"
		}
	}
	if v.Kind() == reflect.String || n.Kind != yaml.ScalarNode || n.Decode(v.Addr().Interface()) != nil {
		d.bad(path, hint, "want %s, not %s", want, describe(n))
		return
	}
	if v.Kind() == reflect.Int && v.Int() < 0 {
		d.bad(path, "", "must not be negative")
	}
}

// once gives words that many sources have, which are those of lists and kinds, as one text.
func (d *decoder) once(word, path string) string {
	if !strings.HasSuffix(path, "]") && !strings.HasSuffix(path, ".kind") {
		return word
	}
	if known, ok := d.words[word]; ok {
		return known
	}
	d.words[word] = word
	return word
}

// describe names what stands in the file, shortly.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	value := n.Value
	if runes := []rune(value); len(runes) > 40 {
		value = string(runes[:40]) + "…"
	}
	switch tag := n.ShortTag(); tag {
	case "!!str":
		return "the text " + quote(value)
	case "!!int", "!!float":
		return "the number " + value
	case "!!bool", "!!null":
		return value
	case "!!timestamp":
		return "the date " + value
	default:
		return "a value tagged " + tag
	}
}
