package daemon_test

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aggregator/feedout"
	"aggregator/normalize/article"
)

// TestStockNames: the name of a firm, as articles link to it, and other
// spellings of its code lead to its feed; nothing else does.
func TestStockNames(t *testing.T) {
	w := newWorld(t, china)
	link := func(path, name string) string {
		return `<a href="https://finance.sina.com.cn/` + path + `">` + name + "</a>"
	}
	n := 0
	bring := func(stocks []string, content string) {
		n++
		key := fmt.Sprint("k", n)
		w.list("china", uint64(n), article.Article{Key: key, Title: key, Content: "<p>" + content + "</p>", Stocks: stocks, Categories: []string{"金融"}})
	}
	bring([]string{"sh601318", "hk02318"}, link("realstock/company/sh601318/nc.shtml", "中国平安")+link("stock/hkstock/quote.html?code=hk02318", "中国平安"))
	bring([]string{"sh601318"}, link("realstock/company/sh601318/nc.shtml", " 中国平安 ")+link("realstock/company/sz000001/nc.shtml", "平安银行"))
	bring([]string{"usNVDA"}, link("q/usstock_NVDA/", "Nvidia"))
	bring([]string{"usAT"}, link("q/usstock_AT/", "AT&amp;T 公司"))
	moved := func(slug, want string) {
		t.Helper()
		_, err := w.Feeds().Feed(t.Context(), slug)
		var to *feedout.Moved
		if want == "" && !errors.Is(err, feedout.ErrNoFeed) || want != "" && (!errors.As(err, &to) || to.Slug != want) {
			t.Errorf("%s: %v, want %q", slug, err, want)
		}
	}
	moved("stock/中国平安", "stock/sh601318")
	moved("stock/at&t 公司", "stock/usAT")
	moved("stock/NVIDIA", "stock/usNVDA")
	moved("stock/601318.SH", "stock/sh601318")
	moved("stock/SH601318", "stock/sh601318")
	moved("stock/中国平安/2026-03", "stock/sh601318/2026-03")
	moved("stock/平安银行", "") // the article is not about it
	moved("stock/平安", "")
	moved("stock/sh601319", "")
	if f := must(w.Feeds().Feed(t.Context(), "stock/sh601318")); len(f.Articles) != 2 {
		t.Errorf("%d articles", len(f.Articles))
	}
	p := feedout.New(w.Feeds(), feedout.Options{})
	rec := record(p, "/feeds/stock/"+url.PathEscape("中国平安")+".atom")
	if rec.Code != 308 || rec.Header().Get("Location") != "../stock/sh601318.atom" {
		t.Errorf("got %d %v", rec.Code, rec.Header())
	}
	// What a cycle brings is learned too.
	w.fetch()
	for _, a := range w.articles() {
		for _, name := range linked(&a) {
			if _, err := w.Feeds().Feed(t.Context(), "stock/"+name); errors.Is(err, feedout.ErrNoFeed) {
				t.Errorf("%s of %s %v is not known", name, a.Key, a.Stocks)
			}
			n++
		}
	}
	if n < 10 {
		t.Errorf("%d names", n)
	}
}

var stockPages = regexp.MustCompile(`/realstock/company/(\w+)/nc.shtml"[^>]*>([^<]+)</a>`)

// linked are the names by which an article links to its stocks.
func linked(a *article.Article) (names []string) {
	for _, m := range stockPages.FindAllStringSubmatch(a.Content, -1) {
		if slices.Contains(a.Stocks, m[1]) {
			names = append(names, strings.TrimSpace(m[2]))
		}
	}
	return names
}
