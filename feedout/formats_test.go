package feedout

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aggregator/normalize/article"
)

// validateRSS checks the rules of RSS 2.0, named by its sections, and those of
// the RSS Advisory Board's Best Practices that validators warn of.
func validateRSS(document []byte) (*node, []string) {
	var root node
	if err := xml.Unmarshal(document, &root); err != nil {
		return nil, []string{"not well-formed: " + err.Error()}
	}
	v := &validator{}
	v.check(root.name() == "rss" && root.attr("version") == "2.0", "What is RSS?", "root %v", root.XMLName)
	v.count(&root, "What is RSS?", "channel", 1, 1)
	v.characters(&root)
	c := &root.all("channel")[0]
	v.count(c, "Required channel elements", "title description", 1, 1)
	v.count(c, "Optional channel elements", "language copyright lastBuildDate generator", 0, 1)
	v.check(len(links(c, "self")) == 1, "Best Practices, atom:link", "no self")
	v.history(c)
	_, err := time.Parse(time.RFC1123, c.text("lastBuildDate"))
	v.check(err == nil, "lastBuildDate", "%v", err)
	var ids []string
	for _, it := range c.all("item") {
		v.rssItem(&it)
		ids = append(ids, it.text("guid"))
	}
	v.check(distinct(ids), "guid", "twice: %q", ids)
	return c, v.problems
}

func (v *validator) rssItem(it *node) {
	v.count(it, "Elements of item", "title description guid", 1, 1)
	v.count(it, "Elements of item", "link encoded creator pubDate source enclosure", 0, 1)
	v.check(it.all("guid")[0].attr("isPermaLink") == "false", "guid", "is a permalink")
	plain := append(it.all("title"), append(it.all("category"), it.all("creator")...)...)
	for _, n := range plain {
		v.check(!looksLikeMarkup(n.Text) && strings.TrimSpace(n.Text) != "", "title", "%s %q", n.name(), n.Text)
	}
	for _, n := range it.all("pubDate") {
		_, err := time.Parse(time.RFC1123, n.Text)
		v.check(err == nil, "pubDate", "%v", err)
	}
	for _, n := range it.all("link") {
		v.check(isURI(n.Text), "link", "%q", n.Text)
	}
	for _, n := range it.all("source") {
		v.check(isURI(n.attr("url")) && n.Text != "", "source", "%v", n)
	}
	for _, n := range it.all("enclosure") {
		length := regexp.MustCompile(`^[0-9]+$`).MatchString(n.attr("length"))
		v.check(isURI(n.attr("url")) && n.attr("type") != "" && length, "enclosure", "%v", n.Attrs)
	}
}

// validateJSON checks the rules of JSON Feed 1.1.
func validateJSON(document []byte) (*jsonFeed, []string) {
	var f jsonFeed
	if err := json.Unmarshal(document, &f); err != nil {
		return nil, []string{err.Error()}
	}
	v := &validator{}
	v.check(f.Version == "https://jsonfeed.org/version/1.1" && f.Title != "" && f.Items != nil, "Top-level", "%+v", f)
	v.check(isURI(f.Self) && isURI(f.Home), "Top-level", "%q %q", f.Self, f.Home)
	var ids []string
	for _, it := range f.Items {
		ids = append(ids, it.ID)
		v.check(it.ID != "" && (it.HTML == "") != (it.Text == ""), "Items", "%+v", it)
		v.check(it.URL == "" || isURI(it.URL), "Items", "url %q", it.URL)
		v.date(it.Modified)
		if it.Published != "" {
			v.date(it.Published)
		}
		for _, a := range it.Attachments {
			v.check(isURI(a.URL) && a.Type != "" && a.Size >= 0, "Attachments", "%+v", a)
		}
		for _, a := range it.Authors {
			v.check(a.Name != "", "authors", "without a name")
		}
	}
	v.check(distinct(ids), "Items", "id twice: %q", ids)
	return &f, v.problems
}

func TestGoldenFormats(t *testing.T) {
	f := small()
	f.Articles[0].Source, f.Articles[0].Stocks = "sina", []string{"sz000931"}
	f.Sources = map[string]Outline{"sina": {Title: "新浪 & 财经", Feed: "https://feeds.example.net/feeds/source/sina.rss"}}
	for name, validate := range map[string]func([]byte) []string{
		".rss":  func(b []byte) []string { _, p := validateRSS(b); return p },
		".json": func(b []byte) []string { _, p := validateJSON(b); return p },
	} {
		_, got, err := f.in(name)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "small"+name, got)
		if problems := validate(got); problems != nil {
			t.Errorf("%s: %s", name, strings.Join(problems, "\n"))
		}
	}
}

// TestAnyArticleInFormats: whatever an article holds, RSS and JSON Feed are
// valid and agree on its id.
func TestAnyArticleInFormats(t *testing.T) {
	words := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", " ", "</p>", "<b>x</b>", "&lt;/b&gt;", "&amp;", "]]>", "\x00\x1f", "\uFFFE", "\xff", "S&P500", "<!--", "https://e.org/新?a b", "audio/mpeg",
	}))
	rapid.Check(t, func(t *rapid.T) {
		f := sample(0)
		f.Title, f.Subtitle = words.Draw(t, "title"), words.Draw(t, "subtitle")
		f.Articles = []article.Article{{
			ID: "tag:feeds.example.net,2026:a", Title: words.Draw(t, "title"), Link: words.Draw(t, "link"),
			Author: words.Draw(t, "author"), Summary: words.Draw(t, "summary"), Content: words.Draw(t, "content"),
			Categories: rapid.SliceOfN(words, 0, 4).Draw(t, "categories"), Image: words.Draw(t, "image"),
			Published:  time.Unix(rapid.Int64Range(1e9, 2e9).Draw(t, "published"), 0),
			Enclosures: []article.Enclosure{{URL: words.Draw(t, "file"), Type: words.Draw(t, "type"), Length: rapid.Int64().Draw(t, "length")}},
		}}
		_, r, err := f.in(".rss")
		if err != nil {
			t.Fatal(err)
		}
		c, problems := validateRSS(r)
		if problems != nil {
			t.Fatalf("%s\n%s", strings.Join(problems, "\n"), r)
		}
		_, j, err := f.in(".json")
		if err != nil {
			t.Fatal(err)
		}
		read, problems := validateJSON(j)
		if problems != nil {
			t.Fatalf("%s\n%s", strings.Join(problems, "\n"), j)
		}
		if got := c.all("item")[0].text("guid"); got != f.Articles[0].ID || read.Items[0].ID != got {
			t.Fatalf("ids %q and %q", got, read.Items[0].ID)
		}
	})
}

// TestFormats: a format that is not published is not there.
func TestFormats(t *testing.T) {
	p := New(oneFeed(sample(1)), Options{Formats: []string{"rss", "json"}})
	for path, want := range map[string]struct {
		status int
		kind   string
	}{
		"/feeds/finance.rss":  {200, "application/rss+xml; charset=utf-8"},
		"/feeds/finance.json": {200, "application/feed+json; charset=utf-8"},
		"/feeds/finance.atom": {404, "text/plain; charset=utf-8"},
	} {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want.status || w.Header().Get("Content-Type") != want.kind {
			t.Errorf("%s: got %d %q", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

// TestCadence: readers are told the feed's own cadence.
func TestCadence(t *testing.T) {
	f := sample(1)
	f.Cadence = 3 * time.Minute
	w := httptest.NewRecorder()
	New(oneFeed(f), Options{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/feeds/finance.atom", nil))
	if got, want := w.Header().Get("Cache-Control"), "public, max-age=180, stale-if-error=86400"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
