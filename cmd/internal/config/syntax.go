package config

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// parse reads the one document in data, or reports why there is none.
func (f *findings) parse(data []byte) *yaml.Node {
	if !f.readable(data) {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		f.badAt(place{}, "", "", "%s", err)
		return nil
	}
	var root, second yaml.Node
	switch err := loader.Load(&root); {
	case err == io.EOF:
		f.bad("", "the least is a list of sources; see config.yaml", "the file is empty")
		return nil
	case err != nil:
		f.syntax(err, data)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		f.badAt(start(&second), "", "write one document, without ---", "a second document")
	} else if err != io.EOF {
		f.syntax(err, data)
	}
	return document(&root)
}

// document returns what a document node holds.
func document(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		return n.Content[0]
	}
	return n
}

func start(n *yaml.Node) place {
	return place{line: max(n.Line, 1), column: max(n.Column, 1)}
}

// syntax reports what the YAML parser cannot read.
func (f *findings) syntax(err error, data []byte) {
	var failure *yaml.LoadError
	if !errors.As(err, &failure) {
		f.badAt(place{line: 1, column: 1}, "", "", "not YAML: %s", err)
		return
	}
	at, hint := place{line: max(failure.Mark.Line, 1), column: max(failure.Mark.Column, 1)}, ""
	if tabbed(data, at.line) {
		hint = "YAML does not allow tabs for indentation"
	}
	f.badAt(at, "", hint, "not YAML: %s", failure.Message)
}

// tabbed tells whether a line is indented with a tab.
func tabbed(data []byte, line int) bool {
	lines := bytes.Split(data, []byte("\n"))
	return line <= len(lines) && bytes.Contains(indent(lines[line-1]), []byte("\t"))
}

func indent(line []byte) []byte {
	return line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
}

// readable reports the first byte that no YAML file has; the parser would not
// say where it is.
func (f *findings) readable(data []byte) bool {
	at := place{line: 1, column: 1}
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			f.badAt(at, "", "save the file as UTF-8", "not UTF-8")
			return false
		case r < ' ' && r != '\t' && r != '\r' && r != '\n', r == 0x7f:
			f.badAt(at, "", "", "control character %U", r)
			return false
		case r == '\n':
			at = place{line: at.line + 1}
		}
		at.column++
		data = data[size:]
	}
	return true
}
