package config

import (
	"fmt"
	"slices"
	"strings"
)

// required reports an absent or empty value.
func (f *findings) required(path, value string) bool {
	switch {
	case value != "":
		return true
	case f.given(path):
		f.bad(path, "", "must not be empty")
	default:
		f.bad(path, "", "is missing")
	}
	return false
}

func (f *findings) positive(path string, n int64) {
	if n <= 0 {
		f.bad(path, "", "must be more than 0")
	}
}

func (f *findings) oneOf(path, value string, known ...string) bool {
	if slices.Contains(known, value) {
		return true
	}
	hint := ""
	if meant := nearest(value, known); meant != "" {
		hint = fmt.Sprintf("did you mean %s?", meant)
	}
	f.bad(path, hint, "%q is not one of %s", value, strings.Join(known, ", "))
	return false
}

// web reports what is no address of the web. Empty is fine.
func (f *findings) web(path string, a Address) { f.address(path, a, "http", "https") }

// address reports what is no URL of one of the schemes, without showing it: it
// may hold a password.
func (f *findings) address(path string, a Address, schemes ...string) {
	if a == "" {
		return
	}
	u, err := a.parse()
	switch {
	case err != nil && strings.Contains(a.Reveal(), "://"):
		f.bad(path, "", "%s", err)
	case err != nil || !slices.Contains(schemes, u.Scheme):
		f.bad(path, "", "must begin with %s://", strings.Join(schemes, ":// or "))
	case u.Hostname() == "":
		f.bad(path, "", "names no host")
	}
}
