package daemon

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"aggregator/feedout"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// stock is the feed of the articles that mention a stock. Other ways to write its
// code, and the names under which articles link to it, lead there.
func (f Feeds) stock(asked string) (*offer, error) {
	code := normalize.Stock(asked)
	if code == "" { // no article has it then: see normalize
		var err error
		if code, err = f.d.names.code(f.d.store, asked); err != nil {
			return nil, err
		}
	}
	if code != asked {
		return nil, &feedout.Moved{Slug: stockPrefix + code}
	}
	title := code + " · " + f.d.cfg.Site.Title
	return &offer{id: f.tag("feed/stock/" + code), title: title, run: &storage.Run{Stock: code}}, nil
}

// stockNames are the names of stocks, learned from the links of articles. They
// are read from the newest ones at the first question, and then as these come:
// nobody need keep a list.
type stockNames struct {
	mu    sync.Mutex
	at    time.Time                 // when the newest were read; zero before
	aged  bool                      // others have stored articles since
	codes map[string]map[string]int // how many links of a name lead to a code
}

const (
	// namesFrom is how many of the newest articles are read at first.
	namesFrom = 5000
	// namesAge is how old what was read of them is at least when it is read again
	// for a name that is not known.
	namesAge = time.Minute
	// mostNames bounds what strangers' links can fill.
	mostNames = 50000
	// longestName in characters.
	longestName = 20
)

// code is the stock to which most links of a name lead, or feedout.ErrNoFeed.
func (n *stockNames) code(s *storage.Store, name string) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.at.IsZero() {
		if err := n.read(s); err != nil {
			return "", err
		}
	}
	best := n.best(name)
	if best == "" && n.aged && time.Since(n.at) > namesAge {
		if err := n.read(s); err != nil {
			return "", err
		}
		best = n.best(name)
	}
	if best == "" {
		return "", feedout.ErrNoFeed
	}
	return best, nil
}

// read learns of the newest articles.
func (n *stockNames) read(s *storage.Store) error {
	n.codes = nil
	for a, err := range s.Articles(storage.Query{Limit: namesFrom}) {
		if err != nil {
			return err
		}
		n.learn(&a)
	}
	n.at, n.aged = time.Now(), false
	return nil
}

// age notes that others have stored articles.
func (n *stockNames) age() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.aged = true
}

// best is the stock to which most links of a name lead; empty where none does.
func (n *stockNames) best(name string) (best string) {
	for code, links := range n.codes[strings.ToLower(name)] {
		if most := n.codes[strings.ToLower(name)][best]; links > most || links == most && code < best {
			best = code
		}
	}
	return best
}

// add learns from an article that came; before the first question there is no
// need to.
func (n *stockNames) add(a *article.Article) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.at.IsZero() {
		n.learn(a)
	}
}

// stockLinks matches links around plain text.
var stockLinks = regexp.MustCompile(`<a\s[^>]*?href="([^"]*)"[^>]*>([^<]+)</a>`)

// learn looks for links that name one of the article's stocks as a part of their
// address: https://finance.sina.com.cn/realstock/company/sh600519/nc.shtml.
func (n *stockNames) learn(a *article.Article) {
	if len(a.Stocks) == 0 {
		return
	}
	for _, link := range stockLinks.FindAllStringSubmatch(a.Content, -1) {
		name := strings.ToLower(strings.TrimSpace(html.UnescapeString(link[2])))
		if name == "" || utf8.RuneCountInString(name) > longestName {
			continue
		}
		parts := strings.FieldsFunc(link[1], func(r rune) bool { return strings.ContainsRune("/?&=#", r) })
		for _, part := range parts {
			code := normalize.Stock(strings.TrimSuffix(part, ".html"))
			if code != "" && code != name && slices.Contains(a.Stocks, code) {
				n.count(name, code)
			}
		}
	}
}

func (n *stockNames) count(name, code string) {
	if n.codes == nil {
		n.codes = map[string]map[string]int{}
	}
	if n.codes[name] == nil {
		if len(n.codes) >= mostNames {
			return
		}
		n.codes[name] = map[string]int{}
	}
	n.codes[name][code]++
}
