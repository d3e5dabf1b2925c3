package config

import (
	"fmt"
	"os"
	"reflect"
	"strings"
)

// Load reads the file at path. Variables of environ, as os.Environ gives them,
// override its scalars: AGGREGATOR_LISTEN, AGGREGATOR_FETCH_PER_HOST_CONCURRENCY.
//
// The error is [Mistakes] where the content is wrong; it wraps fs.ErrNotExist
// where there is no file.
func Load(path string, environ ...string) (*Config, error) {
	c, _, err := readFile(path, environ...)
	return c, err
}

func readFile(path string, environ ...string) (*Config, *findings, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	return read(path, data, environ...)
}

// Parse reads the configuration in data; name stands for it in mistakes.
func Parse(name string, data []byte, environ ...string) (*Config, error) {
	c, _, err := read(name, data, environ...)
	return c, err
}

// read also tells where things stand.
func read(name string, data []byte, environ ...string) (*Config, *findings, error) {
	f := &findings{file: name, at: map[string]place{"": {line: 1, column: 1}}, marked: map[string]bool{}}
	root := f.parse(data)
	if root == nil {
		return nil, nil, f.err()
	}
	env := variables(environ)
	c := Default()
	d := &decoder{findings: f, config: c, credential: env.credential, left: len(data) + maxAliased}
	d.override(root, env)
	d.decode(root, reflect.ValueOf(c).Elem(), "")
	c.complete()
	f.check(c)
	if err := f.err(); err != nil {
		return nil, nil, err
	}
	return c, f, nil
}

// variables makes a map of a list of NAME=value.
func variables(environ []string) environment {
	env := environment{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env
}
