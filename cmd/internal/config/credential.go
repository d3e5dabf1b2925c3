package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// reference is a secret kept in a file of its own.
var reference = regexp.MustCompile(`\$\{credential:([^}]*)\}`)

// expand puts the credentials that text refers to in their places.
func (d *decoder) expand(text string) (string, error) {
	if strings.Contains(reference.ReplaceAllString(text, ""), "${") {
		return "", errors.New("holds a ${ that is not ${credential:NAME}")
	}
	var first error
	expanded := reference.ReplaceAllStringFunc(text, func(ref string) string {
		value, err := d.credential(reference.FindStringSubmatch(ref)[1])
		first = errors.Join(first, err)
		return value
	})
	return expanded, first
}

// credential reads a file of $CREDENTIALS_DIRECTORY, as systemd's
// LoadCredential= makes it, without the line's end.
func (e environment) credential(name string) (string, error) {
	dir := e["CREDENTIALS_DIRECTORY"]
	switch {
	case dir == "":
		return "", fmt.Errorf("the credential %s is not at hand: CREDENTIALS_DIRECTORY is not set", name)
	case !filepath.IsLocal(name) || filepath.Base(name) != name:
		return "", fmt.Errorf("%q cannot be the name of a credential", name)
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	var failure *fs.PathError
	if errors.As(err, &failure) {
		return "", fmt.Errorf("read credential %s: %w", name, failure.Err)
	}
	return strings.TrimRight(string(data), "\r\n"), err
}
