package normalize

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// page is an article page that was read. A nil page tells nothing.
type page struct {
	doc *html.Node
	// address is the page's own; url what relative addresses go by.
	address string
	url     *url.URL
	rule    *Rule
	site    *Rule // of the page's site, for what the owner's rule does not say
	zone    *time.Location
	meta    map[string]string // by name or property; the first of each
	body    *html.Node        // nil where the rule finds none
	title   string
}

func readPage(doc *fetcher.Document, link string, o Options) *page {
	if doc == nil || len(doc.Body) == 0 || !isHTML(doc.Body) {
		return nil
	}
	text := string(doc.Body)
	if crowded(text) {
		return nil
	}
	root := readTree(text)
	if root == nil {
		return nil
	}
	p := &page{doc: root, address: cmp.Or(doc.URL, link), url: parseBase(cmp.Or(doc.URL, link)), zone: o.Zone, meta: map[string]string{}}
	if p.rule, p.site = ruleFor(o.Rule, p.url), siteOf(o, p.url); p.site == sinaRule {
		p.zone = sinaZone
	} else if p.zone == nil {
		p.zone = time.UTC
	}
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Meta:
			p.addMeta(n)
		case atom.Base:
			p.rebase(attr(n, "href"))
		}
	}
	p.body, p.title = p.rule.find(root, &p.rule.Body), p.readTitle()
	return p
}

// readTree reads a page; nil where it is nested too deep to be an article's.
func readTree(doc string) *html.Node {
	if root := plainPage(doc); root != nil {
		return root
	}
	root, err := html.ParseWithOptions(strings.NewReader(keepComments(doc)), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil
	}
	return root
}

// siteOf is the rule of the site that a page is of, on whatever host.
func siteOf(o Options, u *url.URL) *Rule {
	if o.Site == "sina" || o.Rule == sinaRule || u != nil && sinaHost(u.Hostname()) {
		return sinaRule
	}
	return plainRule
}

// find is the element that the owner's rule, else the site's, names.
func (p *page) find(list func(*Rule) *[]string) *html.Node {
	if n := p.rule.find(p.doc, list(p.rule)); n != nil {
		return n
	}
	return p.site.find(p.doc, list(p.site))
}

func titleOf(r *Rule) *[]string  { return &r.Title }
func originOf(r *Rule) *[]string { return &r.Origin }
func dateOf(r *Rule) *[]string   { return &r.Date }

func (p *page) addMeta(n *html.Node) {
	key := strings.ToLower(cmp.Or(attr(n, "property"), attr(n, "name")))
	if value := article.CleanTitle(attr(n, "content")); key != "" && value != "" && p.meta[key] == "" {
		p.meta[key] = value
	}
}

// rebase follows the first <base href>, which relative addresses go by.
func (p *page) rebase(href string) {
	if u := parseBase(absolute(href, p.url)); u != nil && p.meta["base"] == "" {
		p.url, p.meta["base"] = u, href
	}
}

// Title is what the page calls itself, without the site's name.
func (p *page) Title() string {
	if p == nil {
		return ""
	}
	return p.title
}

func (p *page) readTitle() string {
	if n := p.find(titleOf); n != nil {
		if text := nodeText(n); text != "" {
			return text
		}
	}
	if title := p.meta["og:title"]; title != "" {
		return title
	}
	n := cascadia.Query(p.doc, titleElement)
	if n == nil {
		return ""
	}
	title := nodeText(n)
	for _, sep := range []string{"_", "|"} {
		if before, _, ok := strings.Cut(title, sep); ok && p.site == sinaRule {
			title = strings.TrimSpace(before)
		}
	}
	return title
}

var (
	titleElement    = cascadia.MustCompile("title")
	keywordElements = cascadia.MustCompile(".keywords a, #keywords a")
	stockSpans      = cascadia.MustCompile("span[id*=stock_]")
)

// Origin is the paper or agency that the page names as its source.
func (p *page) Origin() string {
	if p == nil {
		return ""
	}
	if n := p.find(originOf); n != nil {
		if text := nodeText(n); text != "" {
			return text
		}
	}
	return cmp.Or(p.meta["article:author"], p.meta["mediaid"], p.meta["author"])
}

// Date is when the page says that it was published.
func (p *page) Date() time.Time {
	if p == nil {
		return time.Time{}
	}
	for _, key := range []string{"article:published_time", "bytedance:published_time", "weibo: article:create_at", "datepublished"} {
		if t := readDate(p.meta[key], p.zone); !t.IsZero() {
			return t
		}
	}
	if n := p.find(dateOf); n != nil {
		if t := readDate(nodeText(n), p.zone); !t.IsZero() {
			return t
		}
	}
	return readDate(p.published(), p.zone)
}

// Keywords are the page's own.
func (p *page) Keywords() []string {
	if p == nil || p.site != sinaRule { // elsewhere they are written for search engines
		return nil
	}
	var words []string
	for _, n := range cascadia.QueryAll(p.doc, keywordElements) {
		words = append(words, nodeText(n))
	}
	if len(words) == 0 {
		words = strings.Split(p.meta["keywords"], ",")
	}
	return words
}

// Stocks are the codes that the page marks in its body: in the editors'
// comment, and where its linker put spans around names.
func (p *page) Stocks() []string {
	if p == nil || p.body == nil {
		return nil
	}
	return bodyStocks(p.body)
}
