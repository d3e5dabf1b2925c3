package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// svg reads a drawing, of which pages have many as icons. What its elements and
// attributes are called HTML's parser alone knows, so it reads it by itself; that is
// the same where the drawing holds nothing but its own elements, and ends no others.
func (t *tree) svg(parent *html.Node) bool {
	text, _, ended := strings.Cut(t.src[t.at:], "</svg>")
	if !ended || strings.Contains(text, "<!--") || strings.Contains(text[1:], "<svg") {
		return false
	}
	text += "</svg>"
	elements, alone := standsAlone(text)
	if !alone {
		return false
	}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(text+"<wbr>"), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}, html.ParseOptionEnableScripting(false))
	if err != nil || len(nodes) != 2 || nodes[1].DataAtom != atom.Wbr || drawing(nodes[0], 0) != elements { // the mark shows that it ended there
		return false
	}
	parent.AppendChild(nodes[0])
	t.at += len(text)
	return true
}

// standsAlone counts the start tags of a drawing, and tells whether each end tag ends
// one of them: others may end what the drawing is in, and it with that.
func standsAlone(text string) (elements int, alone bool) {
	z := html.NewTokenizer(strings.NewReader(text))
	z.AllowCDATA(true)
	var open []string
	for {
		kind := z.Next()
		name, _ := z.TagName()
		switch kind {
		case html.ErrorToken:
			return elements, true
		case html.StartTagToken:
			z.NextIsNotRawText()
			open = append(open, string(name))
			elements++
		case html.SelfClosingTagToken:
			z.NextIsNotRawText()
			elements++
		case html.EndTagToken:
			i := len(open) - 1
			for i >= 0 && open[i] != string(name) {
				i--
			}
			if i < 0 {
				return elements, false
			}
			open = open[:i]
		}
	}
}

// drawing counts the elements of a drawing; -1 where others are among them. A start tag
// of which there is none may have ended what the drawing is in.
func drawing(n *html.Node, depth int) int {
	if n.Type == html.TextNode {
		return 0
	}
	if n.Namespace != "svg" || depth >= deepest {
		return -1
	}
	elements := 1
	for child := range n.ChildNodes() {
		more := drawing(child, depth+1)
		if more < 0 {
			return -1
		}
		elements += more
	}
	return elements
}
