package fetcher

import (
	"slices"
	"strings"
)

// NoArchive tells whether the document's X-Robots-Tag asks robots, or this one
// by name, to keep no copy of it.
func (d *Document) NoArchive() bool {
	return slices.ContainsFunc(d.Header.Values("X-Robots-Tag"), func(value string) bool {
		name, rest, named := strings.Cut(value, ":")
		if name = strings.TrimSpace(name); named && !strings.ContainsAny(name, ", ") && !isDirective(name) {
			if !strings.EqualFold(name, "aggregator") {
				return false
			}
			value = rest
		}
		for directive := range strings.SplitSeq(value, ",") {
			if d := strings.ToLower(strings.TrimSpace(directive)); d == "noarchive" || d == "none" {
				return true
			}
		}
		return false
	})
}

// isDirective tells the directives that have a value after a colon from the
// names of robots.
func isDirective(name string) bool {
	name = strings.ToLower(name)
	return name == "unavailable_after" || strings.HasPrefix(name, "max-")
}
