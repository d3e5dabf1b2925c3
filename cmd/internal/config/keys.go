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
	var own, merged []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := target(n.Content[i]), n.Content[i+1]
		switch {
		case key.ShortTag() == "!!merge":
			merged = append(merged, d.merge(value, path, depth-1)...)
		case key.Kind != yaml.ScalarNode || isNull(key):
			d.badAt(place{line: key.Line, column: key.Column}, path, "", "a key must be a text")
		default:
			own = d.add(own, pair{key.Value, n.Content[i], value}, path)
		}
	}
	for _, p := range merged {
		if !has(own, p.key) {
			own = append(own, p)
		}
	}
	return own
}

// add appends p, unless its key is there already.
func (d *decoder) add(pairs []pair, p pair, path string) []pair {
	if i := slices.IndexFunc(pairs, func(q pair) bool { return q.key == p.key }); i >= 0 {
		d.badAt(place{line: p.node.Line, column: p.node.Column}, join(path, p.key), "",
			"the key is there already, in line %d", pairs[i].node.Line)
		return pairs
	}
	return append(pairs, p)
}

// merge returns the keys that the value of a << brings.
func (d *decoder) merge(n *yaml.Node, path string, depth int) []pair {
	from := []*yaml.Node{n}
	if n = target(n); n.Kind == yaml.SequenceNode {
		from = n.Content
	}
	var pairs []pair
	for _, n := range from {
		if d.left--; d.left < 0 {
			break
		}
		if n = target(n); n.Kind != yaml.MappingNode || depth == 0 {
			d.bad(join(path, "<<"), "", "cannot be merged")
			continue
		}
		for _, p := range d.merged(n, path, depth) {
			if !has(pairs, p.key) {
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

func has(pairs []pair, key string) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool { return p.key == key })
}

// unknown reports the keys of pairs that are not known. One that is near a known
// key stands for that key, so that its absence is not reported too.
func (d *decoder) unknown(pairs []pair, known []string, path string) {
	for _, p := range pairs {
		if slices.Contains(known, p.key) {
			continue
		}
		hint := ""
		if meant := nearest(p.key, known); meant != "" {
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
