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
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, data, environ...)
}

// Parse reads the configuration in data; name stands for it in mistakes.
func Parse(name string, data []byte, environ ...string) (*Config, error) {
	c, _, err := checked(name, data, environ...)
	return c, err
}

// checked also tells where things stand.
func checked(name string, data []byte, environ ...string) (*Config, *findings, error) {
	env := variables(environ)
	c, f := read(name, data, env, env.credential)
	if c != nil {
		f.check(c)
	}
	if c != nil {
		for i := range f.mistakes {
			f.mistakes[i].Text = c.hide(f.mistakes[i].Text)
		}
	}
	if err := f.err(); err != nil {
		return nil, nil, err
	}
	return c, f, nil
}

// read reads what can be read; nil where that is nothing.
func read(name string, data []byte, env environment, credential func(name string) (string, error)) (*Config, *findings) {
	f := &findings{file: name, at: map[string]place{"": {line: 1, column: 1}}, marked: map[string]bool{}}
	root := f.parse(data)
	if root == nil {
		return nil, f
	}
	c := Default()
	d := &decoder{findings: f, config: c, credential: credential, left: len(data) + maxAliased}
	d.override(root, env)
	d.decode(root, reflect.ValueOf(c).Elem(), "")
	c.complete()
	return c, f
}

// Peek reads where things are from the file at path, whatever mistakes it has and
// whatever credentials are not at hand: the running daemon has read it before it
// was edited, and as another user. What it returns is to be asked for no more than
// the paths of control socket and database.
func Peek(path string, environ ...string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c, f := read(path, data, variables(environ), func(string) (string, error) { return "", nil })
	if c == nil {
		return nil, f.err()
	}
	return c, nil
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
