package daemon

import (
	_ "embed"
	"slices"
)

// IconPath is where the picture lies that readers show beside a feed's title
// (RFC 4287 §4.2.5).
const IconPath = "/icon.png"

//go:embed icon.png
var icon []byte

// Icon is that picture, a square PNG.
func Icon() []byte { return slices.Clone(icon) }
