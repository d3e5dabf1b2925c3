package article_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	goccy "github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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

// anyText is what origins may send as a title, a name or an address: any
// characters, what YAML and template languages mean something by, bytes that are
// no UTF-8 (half a surrogate pair among them), and very long ones.
func anyText() *rapid.Generator[string] {
	odd := []string{"\xed\xa0\x80", "\xed\xb0\x80", "\xff\xfe", "\xc0\x80", "\x00", "\x1b[31m", "\u2028", "\u2029", "\ufeff", "\ufffe", "\U0001fffe", "\ufdd0", "\u202e", "\u200b",
		"\r\n", "\n---\n", "\n...\n", "\t", "{% raw %}", "{% endraw %}", "{{ x }}", "{# x #}", "}}", "<!-- more -->", "\n- a: b", "https://e.org/?a=1&b=[2]#c: d", "%7B%7B"}
	part := rapid.OneOf(rapid.SampledFrom(nasty), rapid.SampledFrom(odd), rapid.String(),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")) }))
	return rapid.OneOf(part, rapid.StringN(0, 5000, -1), rapid.Custom(func(t *rapid.T) string {
		s := strings.Join(rapid.SliceOfN(part, 1, 5).Draw(t, "parts"), "")
		return strings.Repeat(s, rapid.SampledFrom([]int{1, 1, 1, 2, 300}).Draw(t, "times"))
	}))
}

// parsers are two YAML parsers that share no code.
var parsers = map[string]func([]byte, any) error{
	"yaml/v4": func(b []byte, v any) error { return yaml.Unmarshal(b, v) },
	"goccy":   func(b []byte, v any) error { return goccy.Unmarshal(b, v) },
}

// TestYAMLReadsBackWhatWasWritten puts any text into title, author, category
// and picture, and has two YAML parsers read the head.
func TestYAMLReadsBackWhatWasWritten(t *testing.T) {
	text := anyText()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) string { return article.CleanTitle(text.Draw(t, name)) }
		a := article.Article{Title: draw("title"), Author: draw("author"), Categories: article.Union(nil, draw("c1"), draw("c2")), Image: draw("image"), Published: example.Published}
		file := string(a.File("", false))
		head := headOf(t, file)
		for name, unmarshal := range parsers {
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

// headOf is a file's head, as the simplest of tools cut it off: at the first line
// of dashes after the first. Nothing but line breaks ends a line in it.
func headOf(t rapid.TB, file string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(file, "---\n")
	head, _, found := strings.Cut(rest, "\n---\n")
	if !ok || !found || !utf8.ValidString(head) {
		t.Fatalf("no head in %q", file)
	}
	if strings.IndexFunc(head, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) >= 0 {
		t.Fatalf("a control character in %q", head)
	}
	return head + "\n"
}

// TestAnyArticleIsReadBack: with all keys, from any text as a stage may have
// left it, an article is read back as it was.
func TestAnyArticleIsReadBack(t *testing.T) {
	text := anyText()
	rapid.Check(t, func(t *rapid.T) {
		line := func(name string) string { return article.CleanTitle(text.Draw(t, name)) }
		lines := func(name string) string { return article.CleanText(text.Draw(t, name)) } // guid and link may have more than one
		want := example
		want.Title, want.Author, want.Origin, want.Image, want.Summary = line("title"), line("author"), line("origin"), line("image"), line("summary")
		want.GUID, want.Link, want.ID, want.Key, want.Source = lines("guid"), lines("link"), lines("id"), lines("key"), lines("source")
		want.Categories, want.Tags, want.Via = article.Union(nil, line("c")), article.Union(nil, line("t")), article.Union(nil, lines("v"))
		want.Enclosures = []article.Enclosure{{URL: lines("enclosure"), Type: line("type"), Length: 7}}
		copied, content := example, lines("content")
		copied.Title, copied.Content, copied.History = line("copied"), lines("copied content"), &article.History{Keys: []string{text.Draw(t, "copied key")}}
		want.History = &article.History{
			Keys: []string{text.Draw(t, "key")}, Change: 7, Version: 1 << 63, Revision: example.Seen, Unrevised: 2, Remade: true, Content: &content, Image: lines("own image"),
			Listings: []article.Listing{{Source: line("listing"), Item: 1<<64 - 1, Print: 3}},
			Verdict:  article.Verdict{From: "rule", Failed: line("failed"), Candidates: []article.Candidate{{From: "rule", Score: 3, Why: line("why")}}},
			Former:   []article.Former{{Order: 5, Updated: example.Seen, Title: line("former"), Content: lines("former content"), Summary: line("former summary")}, {Order: 6, Remade: true}},
			Retries:  []article.Retry{{Source: line("retry"), Keys: []string{line("retry key")}, Item: text.Draw(t, "item"), Attempts: 3, Due: example.Seen}},
			Joins:    []article.Join{{Step: "same story", Key: text.Draw(t, "joined"), Source: line("joined by"), At: example.Seen, Order: 9, Gained: []string{line("gained")}, Copy: &copied}},
		}
		file := want.File("<p>x</p>", true)
		headOf(t, string(file))
		got, body, err := article.Parse(file)
		if err != nil || body != "<p>x</p>" {
			t.Fatalf("body %q, %v of\n%s", body, err, file)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s of\n%s", diff, file)
		}
	})
}

// TestNoTemplateRuns: neither Nunjucks nor Liquid finds anything to run in a
// body, which they look at; the head, which they do not, has titles as they are.
func TestNoTemplateRuns(t *testing.T) {
	for _, trick := range []string{
		"{{ x }}", "{% include x %}", "{# x #}", "{%- raw -%}", "{% endraw %}{{ x }}{% raw %}", "{{{ x }}}", "{\n{ x }}", "{<b></b>{ x }}", "&#123;&#123; x }}", "&lbrace;&lbrace; x }}", "{% raw %}{% endraw %}",
		`<a href="https://e.org/{{x}}">{%</a>%}`, "<!-- {{ x }} -->", `<img alt="{{ x }}">`, "<style>{{ x }}</style>",
	} {
		a := article.Article{Title: trick, Published: example.Published}
		file := string(a.File(trick, false))
		_, body, _ := strings.Cut(file, "\n---\n")
		if strings.ContainsAny(body, "{}") {
			t.Errorf("a brace is in the body: %s", body)
		}
		got, gotBody, err := article.Parse([]byte(file))
		if err != nil || got.Title != trick {
			t.Errorf("title %q is %q, %v", trick, got.Title, err)
		}
		if want := strings.NewReplacer("&#123;", "{").Replace(trick); gotBody != want {
			t.Errorf("body %q is %q", want, gotBody)
		}
	}
}

// FuzzFile: any bytes in a title are read back as what normalising makes of them.
func FuzzFile(f *testing.F) {
	for _, s := range nasty {
		f.Add([]byte(s), []byte("<p>"+s+"</p>"))
	}
	f.Add([]byte("\xed\xa0\x80\u0085\u2028\x00---\n"), []byte("</div>\n---\n{% endraw %}"))
	f.Fuzz(func(t *testing.T, title, body []byte) {
		want := article.Article{Title: article.CleanTitle(string(title)), Author: article.CleanTitle(string(body)), Published: example.Published}
		file := want.File(string(body), true)
		headOf(t, string(file))
		got, _, err := article.Parse(file)
		if err != nil || got.Title != want.Title || got.Author != want.Author {
			t.Errorf("title %q, author %q, %v of\n%s", got.Title, got.Author, err, file)
		}
		if again := article.CleanTitle(want.Title); again != want.Title {
			t.Errorf("normalised twice %q is %q", want.Title, again)
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
