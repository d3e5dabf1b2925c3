package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write schema.json anew")

// object is a JSON object; encoding/json sorts its keys, which keeps the file stable.
type object = map[string]any

// TestSchema keeps the schema what the types say. It is made here rather than in
// a command because nothing but the types' own comments is needed for it.
func TestSchema(t *testing.T) {
	comments := map[string]string{}
	fieldComments(t, "config.go", comments)
	fieldComments(t, "source.go", comments)
	root := schemaOf(reflect.ValueOf(Default()).Elem(), comments)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "aggregator configuration"
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(root); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.json", want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(Schema(), want.Bytes()) {
		t.Error("schema.json is not what the types say: run go test -run Schema -update")
	}
}

// fieldComments adds the comments of a file by Type.Field.
func fieldComments(t *testing.T, name string, comments map[string]string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if fields, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range fields.Fields.List {
				if len(field.Names) == 0 {
					continue // embedded
				}
				name := field.Names[0].Name
				comments[spec.Name.Name+"."+name] = strings.Join(strings.Fields(field.Doc.Text()), " ")
			}
		}
		return true
	})
}

// required are the keys without a default.
var required = map[string][]string{
	"Config": {"sources"}, "Saved": {"slug"}, "Source": {"name"},
}

// choices are the words a key takes.
var choices = map[string][]string{
	"Source.Kind": kinds(), "Source.Body": {"clean", "verbatim"},
	"Dedup.Scope": {"all", "source"}, "Feeds.Formats": {"atom", "rss", "json"},
}

// schemaOf describes a struct whose values are the defaults.
func schemaOf(v reflect.Value, comments map[string]string) object {
	properties := object{}
	for _, field := range keyed(v.Type()) {
		name, v := v.Type().Name()+"."+field.Name, v.FieldByIndex(field.Index)
		property := valueSchema(v, comments)
		property["description"] = comments[name]
		if len(field.Index) > 1 {
			property["description"] = comments["Details."+field.Name]
		}
		if words := choices[name]; words != nil && property["items"] != nil {
			property["items"].(object)["enum"] = words
		} else if words != nil {
			property["enum"] = words
		}
		if field.Type.Kind() != reflect.Struct && !v.IsZero() {
			property["default"] = v.Interface()
		}
		properties[field.Tag.Get("yaml")] = property
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if keys := required[v.Type().Name()]; keys != nil {
		s["required"] = keys
	}
	return s
}

func valueSchema(v reflect.Value, comments map[string]string) object {
	switch v.Interface().(type) {
	case Duration, Bytes:
		return object{"type": []string{"string", "integer"}}
	case Secret:
		return object{"type": []string{"string", "number", "boolean"}}
	case Zone, Private, Address, Selector, Schedule:
		return object{"type": "string"}
	case Schedules, Patterns, Selectors:
		return object{"type": []string{"string", "array"}, "items": object{"type": "string"}}
	case []Source:
		var s Source
		s.inherit(Default())
		return object{"type": "array", "items": schemaOf(reflect.ValueOf(s), comments)}
	}
	switch v.Kind() {
	case reflect.Struct:
		return schemaOf(v, comments)
	case reflect.Slice:
		return object{"type": "array", "items": valueSchema(reflect.Zero(v.Type().Elem()), comments)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": valueSchema(reflect.Zero(v.Type().Elem()), comments)}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer", "minimum": 0}
	}
	return object{"type": "string"}
}
