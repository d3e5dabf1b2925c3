package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// pair is one key of a mapping.
type pair struct {
	key   string
	node  *yaml.Node // of the key
	value *yaml.Node
}

// maxMerge is how deep << may lead.
const maxMerge = 8

// pairs returns the keys of a mapping with those of its merge keys, which its
// own come before.
func (d *decoder) pairs(n *yaml.Node, path string) ([]pair, bool) {
	if n.Kind != yaml.MappingNode {
		d.bad(path, "", "want a mapping of keys to values, not %s", describe(n))
		return nil, false
	}
	return d.merged(n, path, maxMerge), true
}

func (d *decoder) merged(n *yaml.Node, path string, depth int) []pair {
	var pairs []pair
	var merges []*yaml.Node
	lines := map[string]int{} // of the keys that are there
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := target(n.Content[i]), n.Content[i+1]
		line, double := lines[key.Value]
		switch at := (place{line: key.Line, column: key.Column}); {
		case key.ShortTag() == "!!merge":
			merges = append(merges, value)
		case key.Kind != yaml.ScalarNode || isNull(key):
			d.badAt(at, path, "", "a key must be a text")
		case double:
			d.badAt(at, join(path, key.Value), "", "the key is there already, in line %d", line)
		default:
			lines[key.Value] = key.Line
			pairs = append(pairs, pair{key.Value, key, value})
		}
	}
	for _, value := range merges {
		for _, p := range d.merge(value, path, depth-1) {
			if _, ok := lines[p.key]; !ok {
				lines[p.key] = p.node.Line
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

// merge returns the keys that the value of a << brings: those of a mapping, or
// of a list of mappings.
func (d *decoder) merge(n *yaml.Node, path string, depth int) []pair {
	from := []*yaml.Node{n}
	if list := target(n); list.Kind == yaml.SequenceNode {
		from = list.Content
	}
	var pairs []pair
	for _, n := range from {
		mapping := target(n)
		if d.spent() {
			break
		}
		if mapping.Kind != yaml.MappingNode || depth == 0 {
			d.badAt(place{line: n.Line, column: n.Column}, join(path, "<<"), "", "cannot be merged")
			continue
		}
		pairs = append(pairs, d.merged(mapping, path, depth)...)
	}
	return pairs
}

// unknown reports the keys of pairs that are not known. One that is near a known
// key stands for that key, so that its absence is not reported too.
func (d *decoder) unknown(pairs []pair, fields []field, path string) {
	for _, p := range pairs {
		if slices.ContainsFunc(fields, func(f field) bool { return f.key == p.key }) {
			continue
		}
		var keys []string
		for _, f := range fields {
			keys = append(keys, f.key)
		}
		hint := ""
		if meant := nearest(p.key, keys); meant != "" {
			hint = fmt.Sprintf("did you mean %s?", meant)
			d.marked[join(path, meant)] = true
		}
		d.badAt(place{line: p.node.Line, column: p.node.Column}, join(path, p.key), hint, "unknown key")
	}
}

// join makes the path of a key.
func join(path, key string) string {
	if key == "" || strings.ContainsAny(key, ".[]\" \t\r\n") {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// target follows an alias.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Line > 0 && n.ShortTag() == "!!null"
}
