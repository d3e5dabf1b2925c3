package config

import (
	_ "embed"
	"slices"
)

// The schema is made from the types and their comments by
//
//	go test ./cmd/internal/config -run Schema -update
//
//go:embed schema.json
var schema []byte

// Schema returns the JSON schema of the configuration file, for editors.
func Schema() []byte { return slices.Clone(schema) }
