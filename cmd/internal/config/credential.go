package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
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
		d.config.keep(value)
		return value
	})
	return expanded, first
}

// shortest is how long a secret is at least that is looked for in texts: less is a
// part of every other word.
const shortest = 4

func (c *Config) keep(secret string) {
	if len(secret) < shortest {
		return
	}
	all := append(c.Secrets(), secret, url.QueryEscape(secret), url.PathEscape(secret))
	c.secrets = func() []string { return all }
}

// Secrets are what came from credentials, in the forms that addresses have them in:
// nothing that is shown may hold one.
func (c *Config) Secrets() []string {
	if c.secrets == nil {
		return nil
	}
	return c.secrets()
}

// hide takes the secrets out of a text.
func (c *Config) hide(text string) string {
	for _, s := range c.Secrets() {
		text = strings.ReplaceAll(text, s, hidden)
	}
	return text
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
