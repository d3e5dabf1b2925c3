package feedout

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
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
	v.known(c, "title link description language copyright lastBuildDate generator complete archive item")
	v.count(c, "Required channel elements", "title description", 1, 1)
	v.count(c, "Optional channel elements", "language copyright lastBuildDate generator", 0, 1)
	v.check(len(links(c, "self")) == 1, "Best Practices, atom:link", "no self")
	v.history(c)
	for _, l := range c.all("link") {
		if l.XMLName.Space == atomNamespace {
			v.link(&l)
		} else {
			v.check(isURI(l.Text), "Required channel elements", "link %q", l.Text)
		}
	}
	v.check(strings.TrimSpace(c.text("title")) != "" && strings.TrimSpace(c.text("description")) != "", "Required channel elements", "empty")
	v.rfc822("lastBuildDate", c.text("lastBuildDate"))
	_, err := language.Parse(c.text("language"))
	v.check(err == nil, "language", "%v", err)
	var ids []string
	for _, it := range c.all("item") {
		v.rssItem(&it)
		ids = append(ids, it.text("guid"))
	}
	v.check(distinct(ids), "guid", "twice: %q", ids)
	return c, v.problems
}

// known refuses elements that a reader would not expect.
func (v *validator) known(n *node, names string) {
	for _, c := range n.Nodes {
		v.check(slices.Contains(strings.Fields(names), c.name()), "Extending RSS", "%s in %s", c.name(), n.name())
	}
}

// rfc822 checks a date, its day of the week too: RFC 822 §5 with the year of four
// digits.
func (v *validator) rfc822(section, s string) {
	t, err := time.Parse(time.RFC1123, s)
	v.check(err == nil && t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") == s, section, "date %q: %v", s, err)
}

func (v *validator) rssItem(it *node) {
	v.known(it, "title link description encoded creator category enclosure guid pubDate source thumbnail")
	v.count(it, "Elements of item", "title description guid", 1, 1)
	v.count(it, "Elements of item", "link encoded creator pubDate source enclosure thumbnail", 0, 1)
	for _, g := range it.all("guid") {
		v.check(g.attr("isPermaLink") == "false" && g.Text != "", "guid", "%v", g)
	}
	v.check(strings.TrimSpace(it.text("description")) != "", "description", "is blank")
	plain := append(it.all("title"), append(it.all("category"), it.all("creator")...)...)
	for _, n := range plain {
		v.check(!looksLikeMarkup(n.Text) && strings.TrimSpace(n.Text) != "", "title", "%s %q", n.name(), n.Text)
	}
	for _, n := range it.all("pubDate") {
		v.rfc822("pubDate", n.Text)
	}
	for _, n := range it.all("link") {
		v.check(isURI(n.Text), "link", "%q", n.Text)
	}
	for _, n := range it.all("source") {
		v.check(isURI(n.attr("url")) && n.Text != "", "source", "%v", n)
	}
	for _, n := range it.all("thumbnail") {
		v.check(isURI(n.attr("url")), "media", "thumbnail %q", n.attr("url"))
	}
	for _, n := range it.all("enclosure") {
		length := regexp.MustCompile(`^[0-9]+$`).MatchString(n.attr("length"))
		v.check(isURI(n.attr("url")) && n.attr("type") != "" && length, "enclosure", "%v", n.Attrs)
	}
}

// validateJSON checks the rules of JSON Feed 1.1, named by its sections. It knows
// nothing of the structs that wrote the document.
func validateJSON(document []byte) (*jsonFeed, []string) {
	var f jsonFeed
	var top map[string]any
	if err := errors.Join(json.Unmarshal(document, &f), json.Unmarshal(document, &top)); err != nil {
		return nil, []string{err.Error()}
	}
	v := &validator{}
	v.check(utf8.Valid(document) && !bytes.ContainsRune(document, utf8.RuneError), "Suggestions", "characters were lost")
	v.keys("Top-level", top, "version title home_page_url feed_url next_url description icon language hubs items")
	v.check(top["version"] == "https://jsonfeed.org/version/1.1", "Top-level", "version %v", top["version"])
	for _, key := range []string{"home_page_url", "feed_url", "next_url", "icon"} {
		v.address("Top-level", top, key)
	}
	v.check(top["next_url"] != top["feed_url"], "Top-level", "next_url is the feed itself")
	_, err := language.Parse(fmt.Sprint(top["language"]))
	v.check(err == nil, "Top-level", "%v", err)
	for _, hub := range objects(top["hubs"]) {
		v.keys("Subscribing to Real-time Notifications", hub, "type url")
		v.address("Subscribing to Real-time Notifications", hub, "url")
	}
	items, there := top["items"].([]any)
	v.check(there && top["title"] != "" && top["feed_url"] != nil, "Top-level", "%v", top)
	var ids []string
	for _, it := range objects(items) {
		v.jsonItem(it)
		ids = append(ids, fmt.Sprint(it["id"]))
	}
	v.check(distinct(ids), "Items", "id twice: %q", ids)
	return &f, v.problems
}

func (v *validator) jsonItem(it map[string]any) {
	v.keys("Items", it, "id url title content_html content_text summary image date_published date_modified authors tags attachments")
	v.check(it["id"] != nil && it["id"] != "", "Items", "no id")
	v.check((it["content_html"] == nil) != (it["content_text"] == nil), "Items", "two contents, or none")
	v.address("Items", it, "url")
	v.address("Items", it, "image")
	for _, key := range []string{"date_published", "date_modified"} {
		if s, there := it[key].(string); there {
			v.date(s)
		}
	}
	for _, a := range objects(it["authors"]) {
		v.keys("Authors", a, "name url avatar")
		v.check(a["name"] != "", "Authors", "without a name")
	}
	for _, a := range objects(it["attachments"]) {
		v.keys("Attachments", a, "url mime_type title size_in_bytes duration_in_seconds")
		v.address("Attachments", a, "url")
		size, _ := a["size_in_bytes"].(float64)
		v.check(a["url"] != nil && mediaType(fmt.Sprint(a["mime_type"])) != "" && size >= 0, "Attachments", "%v", a)
	}
	if tags, there := it["tags"].([]any); there {
		v.check(!slices.Contains(tags, any("")) && len(tags) > 0, "Items", "tags %q", tags)
	}
}

// keys allows those that are known, and extensions: "Extensions". Nothing is null
// or empty where it might be left out.
func (v *validator) keys(section string, object map[string]any, known string) {
	for key, value := range object {
		v.check(strings.HasPrefix(key, "_") || slices.Contains(strings.Fields(known), key), section, "%s is not known", key)
		v.check(value != nil && value != "", section, "%s is %v", key, value)
	}
}

func (v *validator) address(section string, object map[string]any, key string) {
	if s, there := object[key]; there {
		v.check(isURI(fmt.Sprint(s)), section, "%s %q", key, s)
	}
}

// objects are the objects of a list.
func objects(list any) (all []map[string]any) {
	values, _ := list.([]any)
	for _, value := range values {
		object, _ := value.(map[string]any)
		all = append(all, object)
	}
	return all
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
		surround(t, f, words)
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

// TestFormatsAgree: the three formats have the same authors, and a file of an
// unknown type is in all of them.
func TestFormatsAgree(t *testing.T) {
	for author, want := range map[string]string{
		"<b>A</b> & B": "A & B", "<x@y.example>": "", "<i>A": "A", " A\n B ": "A B", "AT&amp;T": "AT&T", "": "", "&lt;b&gt;A&lt;/b&gt;": "A", "&amp;lt; A": "< A",
	} {
		f := sample(1)
		f.Articles[0].Author, f.Articles[0].Origin = author, ""
		f.Articles[0].Enclosures = []article.Enclosure{{URL: "https://e.org/a"}, {URL: "https://e.org/b"}}
		var atom, rss node
		var read jsonFeed
		for name, parse := range map[string]func([]byte) error{
			".atom": func(b []byte) error { return xml.Unmarshal(b, &atom) },
			".rss":  func(b []byte) error { return xml.Unmarshal(b, &rss) },
			".json": func(b []byte) error { return json.Unmarshal(b, &read) },
		} {
			_, document, err := f.in(name)
			if err = errors.Join(err, parse(document)); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]string{"json": ""}
		for _, a := range read.Items[0].Authors {
			got["json"] += a.Name
		}
		entry, item := atom.all("entry")[0], rss.all("channel")[0].all("item")[0]
		got["rss"] = item.text("creator")
		got["atom"] = ""
		for _, a := range entry.all("author") {
			got["atom"] += a.text("name")
		}
		for format, name := range got {
			if name != want {
				t.Errorf("%q in %s: got %q, want %q", author, format, name, want)
			}
		}
		files := item.all("enclosure")
		if len(files) != 1 || files[0].attr("url") != "https://e.org/a" || files[0].attr("type") != "application/octet-stream" {
			t.Errorf("rss: files %v", files)
		}
		if len(links(&entry, "enclosure")) != 2 || len(read.Items[0].Attachments) != 2 {
			t.Errorf("files in atom %v, in json %v", links(&entry, "enclosure"), read.Items[0].Attachments)
		}
	}
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
