package feedout

import (
	"bytes"
	"flag"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"pgregory.net/rapid"

	"aggregator/normalize/article"
)

var update = flag.Bool("update", false, "rewrite testdata")

// golden compares with a file of testdata. These bytes are a promise: a change
// of them is seen by every reader.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", file, got)
	}
}

// small is a feed with one article of every kind: one with everything, one
// with nothing but an id, one whose text looks like markup.
func small() *Feed {
	f := sample(0)
	f.Icon = "https://feeds.example.net/icon.png"
	f.Rights = "© 新浪"
	f.Hub = "https://hub.example.net/"
	at := time.Date(2021, time.September, 15, 14, 29, 15, 0, time.UTC)
	f.Articles = []article.Article{{
		ID:         "tag:feeds.example.net,2026:a/iktzqtyt6123456",
		Title:      "标普S&P500指数 <3 & 500余家中外企业展示最新成果",
		Link:       "https://finance.sina.com.cn/roll/2021-09-15/doc-iktzqtyt6123456.shtml?a=1&b=新",
		Via:        []string{"https://finance.sina.cn/detail-iktzqtyt6123456.html"},
		Published:  at,
		Updated:    at.Add(time.Hour),
		Categories: []string{"金融", "新浪财经", "S&P", "金融"},
		Author:     "新浪财经",
		Origin:     "第一财经",
		Image:      "https://n.sinaimg.cn/finance/cece9e13/20200514/343233024.png",
		Summary:    "摘要\n两行",
		Content:    "<div>\n<p>正文 &amp; ]]> <a href=\"https://finance.sina.com.cn/?a=1&amp;b=2\">链接</a></p>\n</div>",
		Enclosures: []article.Enclosure{{URL: "https://n.sinaimg.cn/a.mp3", Type: "audio/mpeg", Length: 1234}, {URL: "https://n.sinaimg.cn/b"}},
	}, {
		ID: "tag:feeds.example.net,2026:a/bare",
	}, {
		ID:      "tag:feeds.example.net,2026:a/markup",
		Title:   "<b>黑体</b> & \x00\x1f\u0085\uFFFE\uFFFD",
		Link:    "javascript:alert(1)",
		Author:  "<i>某</i>",
		Updated: at.Add(time.Hour),
		Summary: "只有摘要",
	}}
	return f
}

func TestGolden(t *testing.T) {
	empty := small()
	empty.Articles = nil
	for name, f := range map[string]*Feed{"small.atom": small(), "empty.atom": empty} {
		got, err := f.Atom()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, got)
		if _, problems := validateAtom(got); problems != nil {
			t.Errorf("%s: %s", name, strings.Join(problems, "\n"))
		}
	}
	got, err := OPML("新浪财经 & 其他", []Outline{
		{Title: "金融", Feed: "https://feeds.example.net/feeds/finance.atom", Site: "https://feeds.example.net/c/finance/"},
		{Title: `"引号" <x>`, Feed: "https://feeds.example.net/feeds/x.atom"},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "feeds.opml", got)
}

func TestRefuses(t *testing.T) {
	noID := sample(1)
	noID.Articles[0].ID = ""
	for _, f := range []*Feed{{Title: "no id"}, noID} {
		if _, err := f.Atom(); err == nil {
			t.Errorf("%+v: written without an id", f)
		}
	}
	if _, err := OPML("x", []Outline{{Title: "no address"}}); err == nil {
		t.Error("outline written without an address")
	}
}

// TestAnyArticle: whatever an article holds, the document is valid, stable and
// says what the article says.
func TestAnyArticle(t *testing.T) {
	nasty := rapid.SampledFrom([]string{
		"", " ", "　", "]]>", "<b>x</b>", "</p>", "&amp;", "&#x1F;", "S&P500", "a\r\nb\tc", "\x00\x08\x0b\x1f\x7f", "\u0085\u2028\u200b\u202e",
		"\uFFFD\uFFFE\uFFFF\U0001FFFE", "\xff\xfe\xc0", "💹👨‍👩‍👧", "{{ x }} ${y}", "<script>alert(1)</script>", "--- '\"", "<!--", "<![CDATA[x]]>",
	})
	words := rapid.OneOf(nasty, rapid.String(), rapid.Custom(func(t *rapid.T) string { return nasty.Draw(t, "a") + rapid.String().Draw(t, "b") }))
	address := rapid.OneOf(words, rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"https://例子.cn/", "http://[::1]:8080/x?", "https://e.org/%zz%4", "http://e.org:80"}).Draw(t, "base") + words.Draw(t, "path")
	}))
	when := rapid.Custom(func(t *rapid.T) time.Time {
		if s := rapid.Int64Range(0, 3).Draw(t, "s"); s > 0 {
			return time.Unix(1700000000+s, 0).UTC()
		}
		return time.Time{}
	})
	rapid.Check(t, func(t *rapid.T) {
		f := sample(0)
		f.Title, f.Subtitle, f.Rights = words.Draw(t, "title"), words.Draw(t, "subtitle"), words.Draw(t, "rights")
		surround(t, f, address)
		for i := range rapid.IntRange(0, 5).Draw(t, "articles") {
			f.Articles = append(f.Articles, article.Article{
				ID:    "tag:feeds.example.net,2026:a/" + string(rune('a'+i)),
				Title: words.Draw(t, "title"), Summary: words.Draw(t, "summary"), Content: words.Draw(t, "content"),
				Author: words.Draw(t, "author"), Origin: words.Draw(t, "origin"), Image: address.Draw(t, "image"),
				Link: address.Draw(t, "link"), Via: rapid.SliceOfN(address, 0, 3).Draw(t, "via"),
				Published: when.Draw(t, "published"), Updated: when.Draw(t, "updated"), Seen: when.Draw(t, "seen"),
				Categories: rapid.SliceOfN(words, 0, 8).Draw(t, "categories"),
				Enclosures: []article.Enclosure{{URL: address.Draw(t, "file"), Type: words.Draw(t, "type"), Length: rapid.Int64().Draw(t, "length")}},
			})
		}
		got, err := f.Atom()
		if err != nil {
			t.Fatal(err)
		}
		again, _ := f.Atom()
		if !bytes.Equal(got, again) {
			t.Fatal("not the same twice")
		}
		feed, problems := validateAtom(got)
		if problems != nil {
			t.Fatalf("%s\n%s", strings.Join(problems, "\n"), got)
		}
		for i, e := range feed.all("entry") {
			sameText(t, &f.Articles[i], &e)
		}
	})
}

// surround gives a feed a hub, an icon and neighbours, as may be.
func surround(t *rapid.T, f *Feed, address *rapid.Generator[string]) {
	f.Hub, f.Icon = address.Draw(t, "hub"), address.Draw(t, "icon")
	base := strings.TrimSuffix(f.Self, ".atom")
	switch rapid.IntRange(0, 3).Draw(t, "history") {
	case 1:
		f.History.Complete = true
	case 2:
		f.History.Previous = base + "/2026-02.atom"
	case 3:
		f.History = History{Archive: true, Current: f.Self, Previous: base + "/2026-02.atom?r=1", Next: base + "/2026-04.atom"}
		f.Self = base + "/2026-03.atom"
	}
}

func sameText(t *rapid.T, a *article.Article, e *node) {
	if content := clean(a.Content); strings.TrimSpace(content) != "" && e.text("content") != content {
		t.Fatalf("content: got %q, want %q", e.text("content"), content)
	}
	title := e.all("title")[0]
	got := title.Text
	if title.attr("type") == "html" {
		got = html.UnescapeString(got)
	}
	if want := line(a.Title); want != "" && got != want {
		t.Fatalf("title: got %q, want %q", got, want)
	}
}

// TestReadBack: a feed reader's parser finds what was published.
func TestReadBack(t *testing.T) {
	f := sample(3)
	f.Articles[1].Title = "标普S&P500 <3"
	document, err := f.Atom()
	if err != nil {
		t.Fatal(err)
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if feed.Title != f.Title || feed.FeedLink != f.Self || feed.Link != f.Site || len(feed.Items) != 3 {
		t.Errorf("got feed %q %q %q with %d items", feed.Title, feed.FeedLink, feed.Link, len(feed.Items))
	}
	for i, item := range feed.Items {
		a := f.Articles[i]
		if item.GUID != a.ID || item.Title != a.Title || item.Link != a.Link || item.Content != a.Content || item.Description != a.Summary {
			t.Errorf("article %d: got %+v", i, item)
		}
		if !item.PublishedParsed.Equal(a.Published) || !item.UpdatedParsed.Equal(a.Updated) {
			t.Errorf("article %d: got published %v updated %v", i, item.PublishedParsed, item.UpdatedParsed)
		}
		if strings.Join(item.Categories, " ") != strings.Join(a.Categories, " ") {
			t.Errorf("article %d: got categories %q", i, item.Categories)
		}
	}
}

// TestSpellings: many entries of one second have different updated elements
// that all mean this second.
func TestSpellings(t *testing.T) {
	at := time.Date(2026, time.March, 4, 8, 0, 0, 0, time.UTC)
	used := map[string]bool{}
	ts := timestamps{}
	for i := range 500 {
		s := ts.distinct(at)
		got, err := time.Parse(time.RFC3339, s)
		if err != nil || !got.Equal(at) || used[s] {
			t.Fatalf("spelling %d is %q: %v, used %v", i, s, err, used[s])
		}
		used[s] = true
	}
}

func TestURI(t *testing.T) {
	for in, want := range map[string]string{
		"https://e.org/新?a=b c&d=%zz%41": "https://e.org/%E6%96%B0?a=b%20c&d=%25zz%41",
		" http://[::1]:8080/[x]":         "http://[::1]:8080/%5Bx%5D",
		"https://e.org":                  "https://e.org",
		"https://e.org/a|b\"<>`{}^\\":    "https://e.org/a%7Cb%22%3C%3E%60%7B%7D%5E%5C",
		"//e.org/":                       "",
		"/x":                             "",
		"javascript:alert(1)":            "",
		"http://e.org:80@\"":             "",
		"https://例子.cn/":                 "https://xn--fsqu00a.cn/",
		"http://exämple.org:81/ä":        "http://xn--exmple-cua.org:81/%C3%A4",
		"http://ex%C3%A4mple.org":        "http://xn--exmple-cua.org",
		"http://[fe80::1%25ab]/":         "http://[fe80::1%25ab]/",
		"http://h/#a#b":                  "http://h/#a%23b",
		"http://h#":                      "http://h#",
		"http://user:pass@e.org/10":      "http://e.org/10",
		"http://a@b@e.org/@c":            "http://e.org/@c",
		"HTTP://user@[::1]:80?q=a@b":     "HTTP://[::1]:80?q=a@b",
		"http://user@/":                  "",
		"data:text/html,x":               "",
		"http://":                        "",
		"":                               "",
	} {
		if got := uri(in); got != want {
			t.Errorf("uri(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestUserInformation: what an article's address says of who reads there is in no
// document, though the address is all the article has.
func TestUserInformation(t *testing.T) {
	f := sample(1)
	f.Articles = []article.Article{{
		ID: f.Articles[0].ID, Link: "http://user:pass@example.org/10", Via: []string{"http://user:pass@example.org/11"},
		Image: "http://user:pass@example.org/i.png", Enclosures: []article.Enclosure{{URL: "http://user:pass@example.org/a.mp3", Type: "audio/mpeg"}},
	}}
	for _, format := range []string{".atom", ".rss", ".json"} {
		_, got, err := f.in(format)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(got), "pass") || !strings.Contains(string(got), "http://example.org/10") {
			t.Errorf("%s:\n%s", format, got)
		}
	}
}
