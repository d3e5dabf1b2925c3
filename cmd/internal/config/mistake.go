package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Mistake is one thing wrong with the configuration.
type Mistake struct {
	// File is the name of the file, or of the environment variable.
	File string
	// Line and Column count from 1; both are 0 for the environment.
	Line, Column int
	// Path of the key, such as sources[0].schedule; empty for the whole file.
	Path string
	Text string
	// Hint says what to do about it. Optional.
	Hint string
}

func (m Mistake) String() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", m.Line, m.Column)
	}
	for _, part := range []string{m.Path, m.Text} {
		if part != "" {
			b.WriteString(": " + part)
		}
	}
	if m.Hint != "" {
		fmt.Fprintf(&b, " (%s)", m.Hint)
	}
	return b.String()
}

// Mistakes is everything wrong with the configuration, in the order of the file.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// findings collects mistakes and knows where each key stands.
type findings struct {
	file     string
	at       map[string]place // by path
	marked   map[string]bool  // paths that have a mistake already
	mistakes Mistakes
}

// clone is what is found so far, for a reading of the text.
func (f *findings) clone() *findings {
	return &findings{f.file, maps.Clone(f.at), maps.Clone(f.marked), slices.Clone(f.mistakes)}
}

// place is where a value stands: in the file, or in a variable.
type place struct {
	line, column int
	variable     string
}

// bad notes a mistake at path. Only the first of a path counts: what follows
// from it is no news.
func (f *findings) bad(path, hint, format string, args ...any) {
	if path == "" || !f.marked[path] {
		f.badAt(f.find(path), path, hint, format, args...)
	}
}

// maxMistakes is more than anyone reads, and soon reached by what is no
// configuration at all.
const maxMistakes = 1000

func (f *findings) badAt(p place, path, hint, format string, args ...any) {
	f.marked[path] = true
	if len(f.mistakes) == maxMistakes {
		return
	}
	f.mistakes = append(f.mistakes, Mistake{
		File: cmp.Or(p.variable, f.file), Line: p.line, Column: p.column,
		Path: path, Text: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// find returns where path stands, or what encloses it where it is absent.
func (f *findings) find(path string) place {
	for {
		if p, ok := f.at[path]; ok || path == "" {
			return p
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// given tells whether the file or the environment has the key.
func (f *findings) given(path string) bool {
	_, ok := f.at[path]
	return ok
}

// err returns the mistakes sorted, or nil.
func (f *findings) err() error {
	if len(f.mistakes) == 0 {
		return nil
	}
	f.sort()
	return f.mistakes
}

func (f *findings) sort() {
	slices.SortStableFunc(f.mistakes, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
