package config

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// prefix of the variables that override keys.
const prefix = "AGGREGATOR_"

// others are variables with our prefix that are not keys.
const others = prefix + "SINA_DATA" // where tests find the real data

// environment is the process's, by name.
type environment map[string]string

// override puts the variables of env into the document, as if written there.
func (d *decoder) override(root *yaml.Node, env environment) {
	known := map[string]string{} // variable to path
	overridable(reflect.TypeFor[Config](), "", known)
	keys := make([]string, 0, len(known))
	for name := range known {
		keys = append(keys, strings.TrimPrefix(name, prefix))
	}
	slices.Sort(keys)
	for _, name := range slices.Sorted(maps.Keys(env)) {
		path, ok := known[name]
		switch {
		case !strings.HasPrefix(name, prefix) || name == others:
		case ok:
			d.at[path] = place{variable: name}
			put(root, strings.Split(path, "."), env[name])
		default:
			hint := ""
			if meant := nearest(strings.TrimPrefix(name, prefix), keys); meant != "" {
				hint = fmt.Sprintf("did you mean %s%s?", prefix, meant)
			}
			d.badAt(place{variable: name}, "", hint, "no such key can be overridden")
		}
	}
}

// overridable collects the scalars, and lists of scalars, below t.
func overridable(t reflect.Type, path string, into map[string]string) {
	for field := range t.Fields() {
		key := field.Tag.Get("yaml")
		at, kind := join(path, key), field.Type
		if kind.Kind() == reflect.Slice {
			kind = kind.Elem()
		}
		text := reflect.PointerTo(kind).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
		switch {
		case text || kind.Kind() != reflect.Struct && kind.Kind() != reflect.Map:
			into[prefix+strings.ToUpper(strings.ReplaceAll(at, ".", "_"))] = at
		case kind == field.Type && kind.Kind() == reflect.Struct:
			overridable(kind, at, into)
		}
	}
}

// put sets the value of a path, replacing what is there. Only mappings on the
// way are kept; anything else there is reported when it is read.
func put(n *yaml.Node, path []string, value string) {
	if n = target(n); n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != path[0] {
			continue
		}
		if len(path) == 1 {
			n.Content[i+1] = &yaml.Node{Kind: yaml.ScalarNode, Value: value}
			return
		}
		if isNull(n.Content[i+1]) {
			n.Content[i+1] = &yaml.Node{Kind: yaml.MappingNode}
		}
		put(n.Content[i+1], path[1:], value)
		return
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path[0]})
	if len(path) == 1 {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
		return
	}
	section := &yaml.Node{Kind: yaml.MappingNode}
	n.Content = append(n.Content, section)
	put(section, path[1:], value)
}
