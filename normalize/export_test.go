package normalize

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TreeBoth reads a body as one that is plain, where it is, and as HTML's parser does:
// the trees, spelt out.
func TreeBoth(in string) (plainly, parsed string, isPlain bool) {
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(in), root, html.ParseOptionEnableScripting(false))
	if err != nil {
		return "", "", false
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	if n := plainTree(in, nil); n != nil {
		plainly, isPlain = spellOut(n), true
	}
	return plainly, spellOut(root), isPlain
}

// PageBoth reads a page as one that is plain, where it is, and as HTML's parser does.
func PageBoth(in string) (plainly, parsed string, isPlain bool) {
	root, err := html.ParseWithOptions(strings.NewReader(keepComments(in)), html.ParseOptionEnableScripting(false))
	if err != nil {
		return "", "", false
	}
	if n := plainPage(in); n != nil {
		plainly, isPlain = spellOut(n), true
	}
	return plainly, spellOut(root), isPlain
}

func spellOut(n *html.Node) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n(%d %q %s %q %q", n.Type, n.Data, n.DataAtom, n.Namespace, n.Attr)
	for child := range n.ChildNodes() {
		b.WriteString(spellOut(child))
	}
	return b.String() + ")"
}

// CleanBoth cleans a body as one that is plain, where it is, and as one that is not:
// its content, first picture and score, each way.
func CleanBoth(in, base string) (plainly, again [3]any, isPlain bool) {
	root, c := parseFragment(in), newCleaner(parseBase(base))
	c.children(root)
	b, isPlain := c.plainly(root)
	plainly = [3]any{b.content, b.image, b.score}
	b = c.again(root)
	return plainly, [3]any{b.content, b.image, b.score}, isPlain
}
