package normalize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// svg reads a drawing, of which pages have many as icons. What its elements and
// attributes are called HTML's parser alone knows, so it reads it by itself; that is
// the same where the drawing holds nothing but its own elements.
func (t *tree) svg(parent *html.Node) bool {
	text, _, ended := strings.Cut(t.src[t.at:], "</svg>")
	if !ended || strings.Contains(text, "<!--") || strings.Contains(text[1:], "<svg") {
		return false
	}
	text += "</svg>"
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(text+"<wbr>"), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}, html.ParseOptionEnableScripting(false))
	if err != nil || len(nodes) != 2 || nodes[1].DataAtom != atom.Wbr || !isDrawing(nodes[0], 0) { // the mark shows that it ended there
		return false
	}
	parent.AppendChild(nodes[0])
	t.at += len(text)
	return true
}

func isDrawing(n *html.Node, depth int) bool {
	if n.Type == html.TextNode {
		return true
	}
	for child := range n.ChildNodes() {
		if !isDrawing(child, depth+1) {
			return false
		}
	}
	return n.Namespace == "svg" && depth < deepest
}
