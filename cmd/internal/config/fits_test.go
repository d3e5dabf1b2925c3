package config

import (
	"encoding/json"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

func schemaObject(t *testing.T) object {
	var schema object
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// fits reports where a document does not fit a schema, as far as ours go.
func fits(t *testing.T, schema object, n *yaml.Node, path string) {
	t.Helper()
	kind := map[string]string{"!!map": "object", "!!seq": "array", "!!str": "string",
		"!!int": "integer", "!!bool": "boolean", "!!float": "number"}[n.ShortTag()]
	types, many := schema["type"].([]any)
	if !many {
		types = []any{schema["type"]}
	}
	if !slices.Contains(types, any(kind)) && !(kind == "integer" && slices.Contains(types, any("number"))) {
		t.Errorf("%s is %s, the schema wants %v", path, kind, types)
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, any(n.Value)) {
		t.Errorf("%s is %s, the schema wants one of %v", path, n.Value, enum)
	}
	for i, child := range n.Content {
		switch {
		case kind == "array":
			fits(t, schema["items"].(object), child, path+"[]")
		case i%2 == 1:
			key := n.Content[i-1].Value
			properties, _ := schema["properties"].(object)
			if property, ok := properties[key].(object); ok {
				fits(t, property, child, path+"."+key)
			} else if rest, ok := schema["additionalProperties"].(object); ok {
				fits(t, rest, child, path+"."+key)
			} else {
				t.Errorf("%s.%s is not in the schema", path, key)
			}
		}
	}
}
