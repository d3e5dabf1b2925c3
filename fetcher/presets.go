package fetcher

import (
	_ "embed"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v4"
)

// Preset is a built-in source kind: rules for an API whose users should not
// have to describe it.
type Preset struct {
	Kind  string   `yaml:"kind"`  // json or html
	Site  string   `yaml:"site"`  // whose extraction rule its articles' pages follow
	Zone  string   `yaml:"zone"`  // of its civil times
	Needs []string `yaml:"needs"` // params it cannot do without
	Rules `yaml:",inline"`
}

//go:embed presets.yaml
var presetsYAML []byte

// Presets returns the presets by their names, which are source kinds.
var Presets = sync.OnceValue(func() map[string]Preset {
	var presets map[string]Preset
	if err := yaml.Load(presetsYAML, &presets, yaml.WithKnownFields()); err != nil {
		panic(fmt.Sprintf("presets.yaml: %v", err)) // a test reads it
	}
	return presets
})
