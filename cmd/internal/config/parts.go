package config

import (
	"bytes"
	"iter"
	"slices"

	"go.yaml.in/yaml/v4"
)

// parts are the elements of the list of sources, some of them each, cut out of the text.
// There may be thousands, which as a tree take twenty times the room of what is read of
// them: so they are parsed one part after the other, if somebody asks for them.
type parts struct {
	all   []part
	count int        // of elements
	key   int        // line in which the list is named
	node  *yaml.Node // what is in its place in the tree of the rest
}

// part is a text of so many elements, which begins in that line.
type part struct {
	text        []byte
	line, count int
}

// together is how many elements are in a part.
const together = 32

// cut cuts the sources out where they are written as a block, one below the other, as
// nearly all are, and tells what the rest is, in which all else stands in its line. It
// need not understand YAML for that: what is no end of an element leaves a text that ends
// within something, which nobody can parse. Then, and where parts is nil, the text is to be
// read as a whole.
func cut(text []byte) (rest []byte, p *parts) {
	if !plainBreaks(text) {
		return nil, nil
	}
	const before, within, after = 0, 1, 2 // of the elements
	p = &parts{}
	dash, begin, end, state := 0, 0, len(text), before
	for at := range lines(text) {
		line := bytes.TrimRight(text[at.begin:at.end], "\r\n")
		said := bytes.TrimLeft(line, " ")
		indent := len(line) - len(said)
		switch named := bytes.HasPrefix(line, []byte("sources:")); {
		case named && (p.key > 0 || !empty(line[len("sources:"):])), state != after && bytes.HasPrefix(said, []byte("\t")),
			bytes.HasPrefix(line, []byte("%")): // a directive may be about the elements as well
			return nil, nil
		case named:
			p.key = at.n
		case p.key == 0 || state == after || len(said) == 0 || said[0] == '#':
		case dashed(said) && (state == before || indent == dash):
			if state == before {
				begin, dash, state = at.begin, indent, within
			}
			if p.count%together == 0 {
				p.all = append(p.all, part{text: text[at.begin:], line: at.n})
			}
			p.count++
		case state == before:
			return nil, nil
		case indent <= dash:
			end, state = at.begin, after
		}
	}
	if p.count == 0 {
		return nil, nil
	}
	for i := range p.all {
		next := end
		if i+1 < len(p.all) {
			next = len(text) - len(p.all[i+1].text)
		}
		own := &p.all[i]
		own.text = own.text[:next-(len(text)-len(own.text))]
		own.count = min(together, p.count-i*together)
	}
	gap := bytes.Repeat([]byte("\n"), bytes.Count(text[begin:end], []byte("\n")))
	return bytes.Join([][]byte{text[:begin], gap, text[end:]}, nil), p
}

// plainBreaks tells that lines end with \n or \r\n, and with nothing else that YAML takes
// for an end.
func plainBreaks(text []byte) bool {
	for _, other := range []string{"\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(text, []byte(other)) {
			return false
		}
	}
	return bytes.Count(text, []byte("\r")) == bytes.Count(text, []byte("\r\n"))
}

// empty tells that nothing follows on a line, but a comment.
func empty(line []byte) bool {
	said := bytes.TrimLeft(line, " ")
	return len(said) == 0 || said[0] == '#' && len(said) < len(line)
}

// dashed tells that an element begins.
func dashed(line []byte) bool {
	return len(line) > 0 && line[0] == '-' && (len(line) == 1 || line[1] == ' ')
}

// stretch is a line of a text, counted from 1.
type stretch struct{ n, begin, end int }

func lines(text []byte) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		n, begin := 1, 0
		for line := range bytes.Lines(text) {
			if !yield(stretch{n, begin, begin + len(line)}) {
				return
			}
			n, begin = n+1, begin+len(line)
		}
	}
}

// in finds the place of the list in the tree of the rest, which must have no aliases: an
// element may have given what they name another value.
func (p *parts) in(root *yaml.Node) bool {
	p.node = lookup(root, "sources")
	return p.node != nil && isNull(p.node) && p.node.Value == "" && p.node.Line == p.key && !aliased(root)
}

func aliased(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, aliased)
}

// nodes are the elements of a part; nil where it ends within something.
func (p part) nodes() []*yaml.Node {
	f := &findings{marked: map[string]bool{}}
	list := f.parse(p.text)
	if len(f.mistakes) > 0 || list.Kind != yaml.SequenceNode || len(list.Content) != p.count {
		return nil
	}
	moveDown(list, p.line-1)
	return list.Content
}

// moveDown puts a tree so many lines further down.
func moveDown(n *yaml.Node, by int) {
	n.Line += by
	for _, c := range n.Content {
		moveDown(c, by)
	}
}
