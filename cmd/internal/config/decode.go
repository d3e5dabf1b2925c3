package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// decoder fills a Config from YAML nodes. It is ours because the library's
// strict mode stops at the first mistake of a mapping and tells no path.
type decoder struct {
	*findings
	config     *Config
	credential func(name string) (string, error)
	parts      *parts // the sources, where they are not in the tree
	left       int    // values that may still be read
	leave      string // a key that is not read
	places     bool   // where the keys of sources stand is to be told in the end
	fields     map[reflect.Type][]field
	named      map[string]int    // sources
	words      map[string]string // see once
	passing    bool              // a source is read whose places are told no more,
	passed     []string          // and these are its paths
}

// maxAliased is how many values a file may have more than bytes, which only
// aliases can bring about.
const maxAliased = 1 << 15

// singular marks lists that may be written as a single value.
type singular interface{ singular() }

func (Schedules) singular() {}
func (Patterns) singular()  {}
func (Selectors) singular() {}

// heir is an element that takes its defaults from what is read already, and is
// checked at once when it is read: nobody asks any more where its keys stand.
type heir interface {
	inherit(*Config)
	settle(d *decoder, path string, n int)
}

// decode reads the node of path into v, which holds the default. A null leaves it.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, path string) {
	if d.spent() {
		return
	}
	d.note(n, path)
	if d.parts != nil && d.parts.node == n {
		d.partList(v, path)
		return
	}
	if n = target(n); isNull(n) {
		return
	}
	switch text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); {
	case ok:
		d.text(n, text, path)
	case v.Kind() == reflect.Struct:
		d.section(n, v, path)
	case v.Kind() == reflect.Slice:
		d.list(n, v, path)
	case v.Kind() == reflect.Map:
		d.table(n, v, path)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), path)
	default:
		d.plain(n, v, path)
	}
}

// spent counts a value, and reports once when there are too many.
func (d *decoder) spent() bool {
	if d.left--; d.left == -1 {
		d.bad("", "", "aliases repeat too much")
	}
	return d.left < 0
}

// note remembers where path stands. What has no line is of the environment, and
// noted by override.
func (d *decoder) note(n *yaml.Node, path string) {
	if n.Line > 0 {
		d.at[path] = place{line: n.Line, column: n.Column}
		if d.passing {
			d.passed = append(d.passed, path)
		}
	}
}

// section reads a mapping into a struct, in the order of the struct, so that
// sources come after what they inherit.
func (d *decoder) section(n *yaml.Node, v reflect.Value, path string) {
	pairs, ok := d.pairs(n, path)
	if !ok {
		return
	}
	if d.fields[v.Type()] == nil {
		d.fields[v.Type()] = keyed(v.Type())
	}
	fields, own := d.fields[v.Type()], false
	for _, field := range fields {
		for _, p := range pairs {
			if p.key != field.key {
				continue
			}
			at := join(path, p.key)
			if at == d.leave {
				continue
			}
			if common := field.Index[:len(field.Index)-1]; len(common) > 0 && !own {
				detach(v.FieldByIndex(common))
				own = true
			}
			d.decode(p.value, v.FieldByIndex(field.Index), at)
		}
	}
	d.unknown(pairs, fields, path)
}

// field is one of a struct that has a key.
type field struct {
	reflect.StructField
	key string
}

// keyed are the fields of a struct, and of one that is embedded in it, that have keys.
func keyed(t reflect.Type) (fields []field) {
	for _, f := range reflect.VisibleFields(t) {
		if key := f.Tag.Get("yaml"); key != "" {
			fields = append(fields, field{f, key})
		}
	}
	return fields
}

// detach makes a copy of what a pointer has in common with others.
func detach(pointer reflect.Value) {
	own := reflect.New(pointer.Type().Elem())
	own.Elem().Set(pointer.Elem())
	pointer.Set(own)
}

// list reads a sequence, or one value where that may stand for a list.
func (d *decoder) list(n *yaml.Node, v reflect.Value, path string) {
	values := n.Content
	_, single := v.Interface().(singular)
	switch {
	case n.Kind == yaml.ScalarNode && n.Line == 0:
		values = split(n)
	case n.Kind == yaml.ScalarNode && single:
		values = []*yaml.Node{n}
	case n.Kind != yaml.SequenceNode:
		want := "a list"
		if single {
			want = "a single value or a list"
		}
		d.bad(path, "", "want %s, not %s", want, describe(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(values), len(values)))
	heirs := reflect.PointerTo(v.Type().Elem()).Implements(reflect.TypeFor[heir]())
	if heirs { // they are many, and take more room as nodes than when they are read
		n.Content = nil
	}
	for i, value := range values {
		element := fmt.Sprintf("%s[%d]", path, i)
		if n == value {
			element = path
		}
		if heirs {
			values[i] = nil
		}
		d.element(value, v.Index(i), element, i)
	}
}

// partList reads a list that was cut out, part by part.
func (d *decoder) partList(v reflect.Value, path string) {
	v.Set(reflect.MakeSlice(v.Type(), d.parts.count, d.parts.count))
	n := 0
	for _, part := range d.parts.all {
		elements := part.nodes()
		if elements == nil {
			d.bad(path, "", "a part of the list is none by itself")
			return
		}
		for _, value := range elements {
			d.element(value, v.Index(n), fmt.Sprintf("%s[%d]", path, n), n)
			n++
		}
	}
}

// element reads a value that, unlike a section's, cannot be left out.
func (d *decoder) element(n *yaml.Node, v reflect.Value, path string, i int) {
	heir, ok := v.Addr().Interface().(heir)
	if ok {
		heir.inherit(d.config)
		d.passing = !d.places
	}
	d.decode(n, v, path)
	if isNull(target(n)) {
		d.bad(path, "", "is empty")
	}
	if ok {
		heir.settle(d, path, i)
		d.forget()
	}
}

// forget forgets where the keys of a source stand.
func (d *decoder) forget() {
	for _, path := range d.passed {
		delete(d.at, path)
	}
	d.passed, d.passing = d.passed[:0], false
}

// table reads a mapping with keys of the owner's choice.
func (d *decoder) table(n *yaml.Node, v reflect.Value, path string) {
	pairs, ok := d.pairs(n, path)
	if !ok {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range pairs {
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(p.value, value, join(path, p.key))
		v.SetMapIndex(reflect.ValueOf(p.key), value)
	}
}

// split makes a list of a variable's a,b,c.
func split(n *yaml.Node) []*yaml.Node {
	var nodes []*yaml.Node
	for part := range strings.SplitSeq(n.Value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			nodes = append(nodes, &yaml.Node{Kind: yaml.ScalarNode, Value: part})
		}
	}
	return nodes
}
