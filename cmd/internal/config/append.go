package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// NewSource is a source to be written into a configuration.
type NewSource struct {
	Name       string   `yaml:"name"`
	Title      string   `yaml:"title,omitempty"`
	Kind       string   `yaml:"kind"`
	URL        string   `yaml:"url"`
	Categories []string `yaml:"categories,omitempty,flow"`
}

// Append returns the text of a configuration file with more sources after those
// it has, all else byte for byte as it was. The file must be valid; so is what is
// returned.
func Append(name string, data []byte, sources []NewSource, environ ...string) ([]byte, error) {
	before, err := Parse(name, data, environ...)
	if err != nil {
		return nil, err
	}
	f := &findings{file: name, at: map[string]place{}, marked: map[string]bool{}}
	list := lookup(f.parse(data), "sources")
	if list == nil {
		return nil, errors.New("sources come from elsewhere than the file")
	}
	var out []byte
	switch {
	case list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0 && len(list.Content) > 0:
		out, err = appendBlock(data, list, sources)
	case list.Kind == yaml.SequenceNode && len(list.Content) == 0:
		out, err = replaceEmpty(data, list, sources)
	default:
		err = errors.New("sources are written between brackets")
	}
	if err != nil {
		return nil, err
	}
	after, err := Parse(name, out, environ...)
	if err != nil {
		return nil, err
	}
	if len(after.Sources) != len(before.Sources)+len(sources) {
		return nil, errors.New("the end of its sources cannot be found")
	}
	return out, nil
}

func lookup(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// appendBlock writes sources after the last line of a block sequence.
func appendBlock(data []byte, list *yaml.Node, sources []NewSource) ([]byte, error) {
	lines := bytes.SplitAfter(data, []byte("\n"))
	dash := list.Column - 1
	text, err := render(sources, dash)
	if err != nil {
		return nil, err
	}
	end := lastLine(list)
	for end < len(lines) { // a text of several lines, which is indented
		line := bytes.TrimRight(lines[end], "\r\n")
		if len(bytes.TrimSpace(line)) == 0 || len(indent(line)) <= dash || bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			break
		}
		end++
	}
	head := bytes.Join(lines[:end], nil)
	if !bytes.HasSuffix(head, []byte("\n")) {
		head = append(head, '\n')
	}
	return append(append(head, text...), bytes.Join(lines[end:], nil)...), nil
}

// replaceEmpty writes sources in place of [].
func replaceEmpty(data []byte, list *yaml.Node, sources []NewSource) ([]byte, error) {
	text, err := render(sources, 2)
	if err != nil {
		return nil, err
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	line := lines[list.Line-1]
	open := bytes.LastIndexByte(line[:min(len(line), list.Column)], '[')
	end := bytes.IndexByte(line[max(open, 0):], ']')
	if open < 0 || end < 0 {
		return nil, errors.New("sources are written between brackets")
	}
	rest := line[open+end+1:]
	lines[list.Line-1] = append(append(bytes.TrimRight(line[:open:open], " "), rest...), text...)
	if !bytes.HasSuffix(rest, []byte("\n")) {
		lines[list.Line-1] = append(append(bytes.TrimRight(line[:open:open], " "), append(rest[:len(rest):len(rest)], '\n')...), text...)
	}
	return bytes.Join(lines, nil), nil
}

// lastLine is the last line on which a value of the node begins.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// render writes sources as YAML, indented by so many blanks.
func render(sources []NewSource, by int) ([]byte, error) {
	text, err := yaml.Dump(sources)
	if err != nil {
		return nil, fmt.Errorf("write sources: %w", err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		b.WriteString(strings.Repeat(" ", by) + line)
	}
	return []byte(b.String()), nil
}
