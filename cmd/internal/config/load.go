package config

import (
	"fmt"
	"os"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Text is a configuration file that was read, of which more or less may be asked.
type Text struct {
	findings *findings // of its syntax
	root     *yaml.Node
	size     int
}

// Read reads the file at path. The error wraps fs.ErrNotExist where there is none;
// what is wrong with its content is told later.
func Read(path string) (*Text, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return newText(path, data), nil
}

func newText(name string, data []byte) *Text {
	f := &findings{file: name, at: map[string]place{"": {line: 1, column: 1}}, marked: map[string]bool{}}
	return &Text{f, f.parse(data), len(data)}
}

// Load reads the file at path. Variables of environ, as os.Environ gives them,
// override its scalars: AGGREGATOR_LISTEN, AGGREGATOR_FETCH_PER_HOST_CONCURRENCY.
//
// The error is [Mistakes] where the content is wrong; it wraps fs.ErrNotExist
// where there is no file.
func Load(path string, environ ...string) (*Config, error) {
	t, err := Read(path)
	if err != nil {
		return nil, err
	}
	return t.Load(environ...)
}

// Parse reads the configuration in data; name stands for it in mistakes.
func Parse(name string, data []byte, environ ...string) (*Config, error) {
	return newText(name, data).Load(environ...)
}

// Load is the function of that name for a text that was read. It can be called once: its
// sources are let go of as they are read.
func (t *Text) Load(environ ...string) (*Config, error) {
	c, _, err := t.checked(environ, false)
	return c, err
}

// checked also tells where things stand; of the keys of sources, which are many,
// only if places is set.
func (t *Text) checked(environ []string, places bool) (*Config, *findings, error) {
	env := variables(environ)
	c, f := t.decoded(env, decoder{credential: env.credential, places: places})
	if c != nil {
		f.check(c)
		for i := range f.mistakes {
			f.mistakes[i].Text = c.hide(f.mistakes[i].Text)
		}
	}
	if err := f.err(); err != nil {
		return nil, nil, err
	}
	return c, f, nil
}

// decoded reads what can be read; nil where that is nothing.
func (t *Text) decoded(env environment, d decoder) (*Config, *findings) {
	if t.root == nil {
		return nil, t.findings
	}
	f := t.findings.clone()
	c := Default()
	d.findings, d.config, d.left, d.keys, d.named, d.words = f, c, t.size+maxAliased, map[reflect.Type][]string{}, map[string]int{}, map[string]string{}
	d.override(t.root, env)
	d.decode(t.root, reflect.ValueOf(c).Elem(), "")
	c.complete()
	return c, f
}

// Peek reads where things are, whatever mistakes the text has and
// whatever credentials are not at hand: the running daemon has read it before it
// was edited, and as another user. What it returns is to be asked for no more than
// the paths of control socket and database.
func (t *Text) Peek(environ ...string) (*Config, error) {
	c, f := t.decoded(variables(environ), decoder{credential: func(string) (string, error) { return "", nil }, leave: "sources"})
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
