package config

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// Text is a configuration file that was read, of which more or less may be asked.
type Text struct {
	name string
	data []byte
	// parted is what was found without the sources; nil where they are not to be cut out.
	parted *tree
	whole  func() *tree
}

// tree is a text that was parsed; its root is nil where that cannot be.
type tree struct {
	findings *findings // of its syntax
	root     *yaml.Node
	parts    *parts // cut out of it; nil for none
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
	t := &Text{name: name, data: data}
	t.whole = sync.OnceValue(func() *tree { return t.parse(data) })
	if !t.findings().readable(data) {
		return t
	}
	if rest, parts := cut(data); parts != nil {
		if parted := t.parse(rest); len(parted.findings.mistakes) == 0 && parts.in(parted.root) {
			parted.parts, t.parted = parts, parted
		}
	}
	return t
}

func (t *Text) findings() *findings {
	return &findings{file: t.name, at: map[string]place{"": {line: 1, column: 1}}, marked: map[string]bool{}}
}

func (t *Text) parse(data []byte) *tree {
	f := t.findings()
	return &tree{findings: f, root: f.parse(data)}
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
// only if places is set. Mistakes are those of the whole: what is wrong with a part may
// be no fault of the text.
func (t *Text) checked(environ []string, places bool) (*Config, *findings, error) {
	if t.parted != nil && !places {
		if c, f, err := t.parted.checked(len(t.data), environ, places); err == nil {
			return c, f, nil
		}
	}
	return t.whole().checked(len(t.data), environ, places)
}

func (t *tree) checked(size int, environ []string, places bool) (*Config, *findings, error) {
	env := variables(environ)
	c, f := t.decoded(env, decoder{credential: env.credential, places: places, left: size + maxAliased})
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
func (t *tree) decoded(env environment, d decoder) (*Config, *findings) {
	if t.root == nil {
		return nil, t.findings
	}
	f := t.findings.clone()
	c := Default()
	d.findings, d.config, d.parts, d.fields, d.named, d.words = f, c, t.parts, map[reflect.Type][]field{}, map[string]int{}, map[string]string{}
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
	from := t.parted
	if from == nil {
		from = t.whole()
	}
	c, f := from.decoded(variables(environ), decoder{credential: func(string) (string, error) { return "", nil }, leave: "sources", left: len(t.data) + maxAliased})
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
