package normalize

import (
	"cmp"
	"net/url"

	"golang.org/x/net/html"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// Again makes an article's body anew of what came, by the rules of today: its
// content, head image and stocks. All else of it stays. By the rules that it
// was made by it is the article as it was.
//
// An article of whose body too little is known stays as it is, and so does one of
// which the rules leave nothing: that is no article's end but a rule's mistake.
func Again(a article.Article, raw article.Raw, o Options) article.Article {
	if len(raw.Body) == 0 || raw.From == "" {
		return a
	}
	var b body
	var codes []string
	panicked := guarded(func() {
		root := rawTree(raw.From, raw.Body, nil)
		if raw.From == "rule" {
			codes = bodyStocks(root)
		}
		b = cleanTree(raw.From, root, rawRule(&raw, o), parseBase(cmp.Or(raw.Base, raw.URL)))
	})
	if panicked != nil || b.content == "" {
		return a
	}
	a.Content = b.content
	a.Image = cmp.Or(b.image, headImage(raw.Image, a.Link), o.Image)
	a.Stocks = stocks(raw.Stocks, codes)
	return a
}

// rawTree reads a body as it came; see [arena] for nodes.
func rawTree(from, raw string, nodes *arena) *html.Node {
	if from == "readability" {
		return wrapped(parseInto(nodes, raw))
	}
	return parseInto(nodes, asHTML(raw))
}

// rawRule is the rule for what gave a body, nil for none: that of the source is
// for its pages.
func rawRule(raw *article.Raw, o Options) *Rule {
	u := parseBase(raw.URL)
	switch raw.From {
	case "json-ld":
		return nil
	case "feed":
		return ruleFor(nil, u) // others' feeds of a site hold its furniture too
	}
	return ruleFor(o.Rule, u)
}

// newBody is what cleaning leaves of a body as it came.
func newBody(from, raw string, rule *Rule, base *url.URL) body {
	nodes := arenas.Get().(*arena)
	defer nodes.giveBack()
	b := cleanTree(from, rawTree(from, raw, nodes), rule, base)
	b.raw = raw
	return b
}

// cleanTree cleans what is under root, which it uses up.
func cleanTree(from string, root *html.Node, rule *Rule, base *url.URL) body {
	if rule != nil {
		rule.remove(root)
	}
	b := cleanNode(root, base)
	b.from = from
	return b
}

// keep is what [Again] needs of the body that was chosen. Only a page's own body
// element is read for stocks again.
func (b body) keep(it fetcher.Item, p *page, o Options) article.Raw {
	if len(b.raw) == 0 {
		return article.Raw{}
	}
	raw := article.Raw{Body: b.raw, From: b.from, Source: o.Source, URL: it.Link, Base: it.Base, Image: it.Image}
	beside := p.Stocks()
	if b.from != "feed" {
		raw.URL, raw.Base = p.address, ""
		if p.url != nil {
			raw.Base = p.url.String()
		}
	}
	if b.from == "rule" {
		beside = nil
	}
	if raw.Stocks = stocks(it.Stocks, beside); raw.Base == raw.URL {
		raw.Base = ""
	}
	return raw
}

// bodyStocks are the codes that a body marks: in the editors' comment, and where
// its linker put spans around names.
func bodyStocks(root *html.Node) []string {
	var codes []string
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			codes = append(codes, commentStocks(n.Data)...)
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && stockSpans.Match(n) && stockSpan.MatchString(attr(n, "id")) {
			codes = append(codes, attr(n, "id"))
		}
	}
	return codes
}
