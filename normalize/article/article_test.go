package article_test

import (
	"strings"
	"testing"
	"time"

	goccy "github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"aggregator/normalize/article"
)

var example = article.Article{
	ID: "tag:feeds.example.net,2026:iabcdefg1234567", Key: "iabcdefg1234567", GUID: "comos:abcdefg1234567", Source: "sina-china",
	Title: "示例：'引号'与 \"双引号\"", Link: "https://finance.sina.com.cn/doc-iabcdefg1234567.shtml", Via: []string{"https://e.org/copy"},
	Published: time.Date(2021, 9, 15, 14, 29, 15, 0, time.UTC), Updated: time.Date(2021, 9, 15, 15, 0, 0, 0, time.UTC),
	Seen: time.Date(2021, 9, 15, 14, 30, 0, 0, time.UTC), Changed: time.Date(2021, 9, 15, 15, 1, 0, 0, time.UTC),
	Categories: []string{"金融", "新浪财经", "yes", "a: b"}, Tags: []string{"甲"}, Stocks: []string{"sz000931"},
	Author: "新浪财经", Origin: "新华社", Image: "https://n.sinaimg.cn/it's.png", Summary: "简介",
	Enclosures: []article.Enclosure{{URL: "https://e.org/a.mp3", Type: "audio/mpeg", Length: 7}},
}

// TestFile is the file byte for byte.
func TestFile(t *testing.T) {
	const want = "---\n" +
		"title: '示例：''引号''与 \"双引号\"'\n" +
		"categories: \n - 金融\n - 新浪财经\n - 'yes'\n - 'a: b'\n" +
		"headimg: 'https://n.sinaimg.cn/it''s.png'\n" +
		"author: 新浪财经\n" +
		"comments: false\n" +
		"date: Wed, 15 Sep 2021 14:29:15 GMT\n" +
		"thumbnail: 'https://n.sinaimg.cn/it''s.png'\n" +
		"---\n\n<div>\n<p>&#123;&#123; x &#125;&#125;</p>\n</div>\n"
	if diff := cmp.Diff(want, string(example.File("<p>{{ x }}</p>", false))); diff != "" {
		t.Error(diff)
	}
	bare := article.Article{Title: "t", Published: example.Published}
	const wantBare = "---\ntitle: 't'\ncategories: []\nauthor: ''\ncomments: false\ndate: Wed, 15 Sep 2021 14:29:15 GMT\n---\n\n<div>\n\n</div>\n"
	if diff := cmp.Diff(wantBare, string(bare.File("", false))); diff != "" {
		t.Errorf("bare: %s", diff)
	}
}

func TestPath(t *testing.T) {
	if got := example.Path(time.FixedZone("", 10*3600)); got != "2021/09/16/iabcdefg1234567.md" {
		t.Error(got)
	}
}

func TestExtraRestoresTheArticle(t *testing.T) {
	got, body, err := article.Parse(example.File("<p>{x}</p>", true))
	if err != nil || body != "<p>{x}</p>" {
		t.Errorf("body %q, %v", body, err)
	}
	if diff := cmp.Diff(example, got); diff != "" {
		t.Error(diff)
	}
}

func TestCleanTitle(t *testing.T) {
	for in, want := range map[string]string{
		" 甲\t\n  乙 ": "甲 乙", "甲\u00a0\u3000乙": "甲 乙", "甲\x00\x07乙": "甲乙", "甲\u2028乙\u2029": "甲乙", "\ufeff甲\ufffe\U0001ffff": "甲",
		"A & B <C> *ST|“x”/\\[y]": "A & B <C> *ST|“x”/\\[y]", "甲\u200b乙🎉": "甲\u200b乙🎉", "": "",
	} {
		if got := article.CleanTitle(in); got != want {
			t.Errorf("CleanTitle(%q) = %q, want %q", in, got, want)
		}
	}
}

// nasty are strings that YAML means something by.
var nasty = []string{
	"", "'", "''", `"`, "---", "- a", "# c", "a # b", "a: b", "a:", ": a", "{a}", "[a]", "{{ x }}", "{% x %}", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a",
	"yes", "No", "on", "OFF", "y", "N", "true", "null", "~", "NULL", "0", "007", "0x1F", "0o7", "1_000", "1e3", ".5", "5.", ".inf", "-.INF", ".NaN", "1:30", "190:20:30.15",
	"2026-11-24", "2026-11-24 08:00:00", "<<", "=", "?", "? a", "-", "...", "a\\b", "36氪", "é", "\u0085", "a\u0085b", "\u00a0a", "a ", "🎉", "\ud7ff", "\u2060a",
}

// TestYAMLReadsBackWhatWasWritten puts any text into title, author, category
// and picture, and has two YAML parsers read the head.
func TestYAMLReadsBackWhatWasWritten(t *testing.T) {
	text := rapid.OneOf(rapid.SampledFrom(nasty), rapid.String(), rapid.StringN(0, 2000, -1),
		rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom(nasty).Draw(t, "a") + rapid.SampledFrom(nasty).Draw(t, "b")
		}))
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) string { return article.CleanTitle(text.Draw(t, name)) }
		a := article.Article{Title: draw("title"), Author: draw("author"), Categories: article.Union(nil, draw("c1"), draw("c2")), Image: draw("image"), Published: example.Published}
		head := strings.SplitN(string(a.File("", false)), "---\n", 3)[1]
		for name, unmarshal := range map[string]func([]byte, any) error{
			"yaml/v4": func(b []byte, v any) error { return yaml.Unmarshal(b, v) },
			"goccy":   func(b []byte, v any) error { return goccy.Unmarshal(b, v) },
		} {
			var got struct {
				Title, Author, Headimg, Thumbnail string
				Categories                        []string
			}
			var loose struct{ Title, Author, Headimg any }
			if err := unmarshal([]byte(head), &got); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, head)
			}
			if err := unmarshal([]byte(head), &loose); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, head)
			}
			if got.Title != a.Title || got.Author != a.Author || got.Headimg != a.Image || got.Thumbnail != a.Image || strings.Join(got.Categories, "\x00") != strings.Join(a.Categories, "\x00") {
				t.Fatalf("%s reads %+v\nof\n%s", name, got, head)
			}
			if loose.Title != any(a.Title) || loose.Author != any(a.Author) {
				t.Fatalf("%s takes a text for %T, %T\nof\n%s", name, loose.Title, loose.Author, head)
			}
		}
	})
}

// FuzzParse: no file, however odd, does harm; and what is read is written the
// same again.
func FuzzParse(f *testing.F) {
	f.Add(example.File("<p>x</p>", true))
	f.Add([]byte("\n---\ntitle: x\n---\n\n<div>   \n<p>x</p>  \n</div>\n            "))
	f.Add([]byte("---\ntitle: [\n---\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, body, err := article.Parse(data)
		if err != nil {
			return
		}
		a.Title = article.CleanTitle(a.Title)
		again, body2, err := article.Parse((&article.Article{Title: a.Title, Published: a.Published}).File(body, true))
		if err != nil || again.Title != a.Title || len(body2) > len(body) {
			t.Errorf("%q, %q: %v", again.Title, body2, err)
		}
	})
}

func TestPrintIsOfWhatIsSeen(t *testing.T) {
	a, b := example, example
	b.Tags, b.Categories, b.Updated = nil, nil, time.Time{}
	if a.Print() != b.Print() {
		t.Error("what no reader sees changes the print")
	}
	b.Content = "<p>x</p>"
	if a.Print() == b.Print() {
		t.Error("another text has the same print")
	}
}
