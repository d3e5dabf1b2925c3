package config

import "strings"

// kind is what sources of one kind take.
type kind struct {
	preset    bool     // URL and rules are built in: endpoint and params adjust them
	described bool     // items and fields are described by the owner
	params    []string // that must be given
}

// kinds are all there are.
var kinds = map[string]kind{
	"feed":      {},
	"json":      {described: true},
	"html":      {described: true},
	"sina-roll": {preset: true, params: []string{"pageid", "lid"}},
	"sina-live": {preset: true},
}

// kindNames in the order they are told in.
const kindNames = "feed json html sina-roll sina-live"

func isSina(kind string) bool { return strings.HasPrefix(kind, "sina-") }
