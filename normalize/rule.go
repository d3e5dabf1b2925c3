package normalize

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Rule finds the body in an article page, and what else the page tells. All
// are CSS selectors; of each list but Remove the first that matches wins.
type Rule struct {
	Body   []string
	Remove []string // what is not part of the body
	Title  []string // optional, as are the next two
	Origin []string
	Date   []string

	once     sync.Once
	err      error
	compiled map[*[]string]cascadia.SelectorGroup
}

// Check reports all selectors of the rule that are wrong. They match nothing.
func (r *Rule) Check() error {
	r.once.Do(r.compile)
	return r.err
}

func (r *Rule) compile() {
	r.compiled = make(map[*[]string]cascadia.SelectorGroup)
	for _, list := range []*[]string{&r.Body, &r.Remove, &r.Title, &r.Origin, &r.Date} {
		for _, s := range *list {
			group, err := cascadia.ParseGroup(s)
			if err != nil {
				r.err = errors.Join(r.err, fmt.Errorf("selector %q: %w", s, err))
				continue
			}
			r.compiled[list] = append(r.compiled[list], group...)
		}
	}
}

func (r *Rule) group(list *[]string) cascadia.SelectorGroup {
	r.once.Do(r.compile)
	return r.compiled[list]
}

// find returns the first element that the first matching selector of a list
// of the rule finds; nil if none does.
func (r *Rule) find(doc *html.Node, list *[]string) *html.Node {
	for _, sel := range r.group(list) {
		if n := cascadia.Query(doc, sel); n != nil {
			return n
		}
	}
	return nil
}

// remove takes away what the rule says is not part of the body.
func (r *Rule) remove(body *html.Node) {
	for _, n := range cascadia.QueryAll(body, r.group(&r.Remove)) {
		if n.Parent != nil && n != body {
			n.Parent.RemoveChild(n)
		}
	}
}

// SiteRule is the built-in rule of a site: "sina". It is nil for others.
func SiteRule(name string) *Rule {
	if name == "sina" {
		return sinaRule
	}
	return nil
}

// ruleFor picks the rule for a page: the source's own, else its host's, else
// one that takes the furniture of no site in particular away and finds
// nothing.
func ruleFor(own *Rule, u *url.URL) *Rule {
	site := plainRule
	if u != nil && sinaHost(u.Hostname()) {
		site = sinaRule
	}
	switch {
	case own == nil:
		return site
	case len(own.Body) == 0: // says only what else to remove
		return &Rule{Body: site.Body, Remove: append(own.Remove[:len(own.Remove):len(own.Remove)], site.Remove...),
			Title: site.Title, Origin: site.Origin, Date: site.Date}
	}
	return own
}

// plainRule removes what is furniture wherever it occurs.
var plainRule = &Rule{Remove: furniture}

var furniture = []string{
	"ins.adsbygoogle", ".sharedaddy", ".feedflare", ".addtoany_share_save_container", ".jp-relatedposts",
	"[hidden]", "[aria-hidden=true]",
}

// sinaHost tells whether a host is Sina's, desktop or mobile.
func sinaHost(host string) bool {
	host = "." + strings.ToLower(host)
	return strings.HasSuffix(host, ".sina.com.cn") || strings.HasSuffix(host, ".sina.cn")
}
