package normalize

import (
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html/atom"
)

// element says what cleaning makes of an element. One that is not in the
// table is taken away and what it holds stays.
type element struct {
	block  bool   // stands on lines of its own
	keep   bool   // may stand in a clean body
	hollow bool   // means something though nothing is in it
	drop   bool   // is taken away with all it holds
	attrs  string // that it may keep, see cleaner.attributes; dir besides, where text runs from right to left
}

// elements is the allow-list, the only one: the sanitiser is made of it too.
var elements = tableOf(map[string]element{
	"p div h1 h2 h3 h4 h5 h6 blockquote pre ul dl figure figcaption details summary": {block: true, keep: true},
	"ol":                                    {block: true, keep: true, attrs: "start reversed type"},
	"li":                                    {block: true, keep: true, attrs: "value"},
	"dt dd":                                 {block: true, keep: true},
	"table":                                 {block: true, keep: true},
	"caption thead tbody tfoot tr colgroup": {block: true, keep: true},
	"col":                                   {keep: true, hollow: true, attrs: "span"},
	"td":                                    {block: true, keep: true, hollow: true, attrs: "colspan rowspan"},
	"th":                                    {block: true, keep: true, hollow: true, attrs: "colspan rowspan scope"},
	"br wbr":                                {keep: true, hollow: true},
	"hr":                                    {block: true, keep: true, hollow: true},
	"a":                                     {keep: true, attrs: "href title"},
	"b strong i em u s del ins sub sup small mark code kbd samp var q cite dfn ruby rt rp bdi bdo": {keep: true},
	"abbr":   {keep: true, attrs: "title"},
	"time":   {keep: true, attrs: "datetime"},
	"img":    {keep: true, hollow: true, attrs: "src alt title width height referrerpolicy"},
	"video":  {block: true, keep: true, hollow: true, attrs: "src poster controls width height"},
	"audio":  {block: true, keep: true, hollow: true, attrs: "src controls"},
	"source": {keep: true, hollow: true, attrs: "src type"},
	"section article main header footer nav aside address center form fieldset legend hgroup search": {block: true},
	"script style noscript template iframe frame frameset object embed applet param math svg canvas " +
		"head title link meta base input button select textarea option datalist dialog map area track portal noembed noframes": {drop: true},
})

// renamed are elements of older HTML that others mean the same as.
var renamed = map[string]atom.Atom{
	"tt": atom.Code, "strike": atom.S, "acronym": atom.Abbr, "menu": atom.Ul, "dir": atom.Ul,
	"listing": atom.Pre, "xmp": atom.Pre, "plaintext": atom.Pre,
}

func tableOf(rows map[string]element) map[string]element {
	table := map[string]element{}
	for names, e := range rows {
		for _, name := range strings.Fields(names) {
			table[name] = e
		}
	}
	return table
}

func (e element) may(attr string) bool {
	for name := range strings.FieldsSeq(e.attrs) {
		if name == attr {
			return true
		}
	}
	return attr == "dir"
}

// policy is the sanitiser that has the last word on every clean body. Cleaning
// leaves nothing for it to do; it is there for the day that is not so.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.AllowAttrs("dir").Globally()
	for name, e := range elements {
		if !e.keep {
			continue
		}
		p.AllowElements(name)
		p.AllowNoAttrs().OnElements(name)
		if e.attrs != "" {
			p.AllowAttrs(strings.Fields(e.attrs)...).OnElements(name)
		}
	}
	return p
})
