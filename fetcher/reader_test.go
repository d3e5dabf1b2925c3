package fetcher_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aggregator/fetcher"
)

var shanghai = time.FixedZone("CST", 8*3600)

func newReader(t *testing.T, s fetcher.Source) *fetcher.Reader {
	t.Helper()
	r, err := fetcher.NewReader(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func document(url, body string) *fetcher.Document {
	return &fetcher.Document{URL: url, Status: 200, Body: []byte(body)}
}

// roll wraps items in the envelope of Sina's roll list.
func roll(data string) string {
	return fmt.Sprintf(`{"result":{"status":{"code":0,"msg":"succ"},"timestamp":"Tue Nov 24 08:00:00 +0800 2026","rtime":1,"total":"1","lid":1686,"data":%s,"top":[{"title":"pinned"}],"cre":[{"pos":3}]}}`, data)
}

var sina = fetcher.Source{Name: "s", Kind: "sina-roll", Params: map[string]string{"pageid": "155", "lid": "1686"}, MaxPages: 20, Zone: shanghai}

func TestRollURL(t *testing.T) {
	r := newReader(t, sina)
	const want = "https://feed.mix.sina.com.cn/api/roll/get?pageid=155&lid=1686&k=&num=50&page=3"
	if got := r.URL(3); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	mirror := sina
	mirror.Endpoint = "http://127.0.0.1:8000/api/roll/get"
	if got := newReader(t, mirror).URL(1); got != "http://127.0.0.1:8000/api/roll/get?pageid=155&lid=1686&k=&num=50&page=1" {
		t.Errorf("endpoint: %s", got)
	}
}

// TestRollQuirks are the answers of DOSSIER 1, one each.
func TestRollQuirks(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(s, 0).UTC() }
	const item = `{"docid":"comos:nihefve8236522","url":"https:\/\/finance.sina.com.cn\/china\/doc-inihefve8236522.shtml","title":"A & B <C","ctime":"1631716155","mtime":1631719999,"img":[],"author":"0","keywords":"股市,基金"}`
	want := fetcher.Item{
		ID: "comos:nihefve8236522", Link: "https://finance.sina.com.cn/china/doc-inihefve8236522.shtml", Title: "A & B <C",
		Published: at(1631716155), Updated: at(1631719999), Tags: []string{"股市", "基金"},
	}
	with := func(change func(*fetcher.Item)) []fetcher.Item {
		it := want
		change(&it)
		return []fetcher.Item{it}
	}
	edit := func(old, new string) string { return roll("[" + strings.Replace(item, old, new, 1) + "]") }
	for _, test := range []struct {
		name, body string
		want       []fetcher.Item
	}{
		{"plain", roll("[" + item + "]"), []fetcher.Item{want}},
		{"data null", roll("null"), nil},
		{"data empty object", roll("{}"), nil},
		{"data empty list", roll("[]"), nil},
		{"data keyed by number", roll(`{"0":` + item + `}`), []fetcher.Item{want}},
		{"an item that is none", roll(`["x",null,` + item + `]`), []fetcher.Item{want}},
		{"JSONP", "try{cb(" + roll("["+item+"]") + ");}catch(e){};", []fetcher.Item{want}},
		{"JSONP plain", "cb(" + roll("["+item+"]") + ")", []fetcher.Item{want}},
		{"status code as text", strings.Replace(roll("["+item+"]"), `"code":0`, `"code":"0"`, 1), []fetcher.Item{want}},
		{"img object", edit(`"img":[]`, `"img":{"u":" \/\/n.sinaimg.cn\/a.jpg ","w":"1"}`), with(func(it *fetcher.Item) { it.Image = "https://n.sinaimg.cn/a.jpg" })},
		{"images", edit(`"img":[]`, `"img":[],"images":[{"u":"//n.sinaimg.cn/b.jpg","w":1}]`), with(func(it *fetcher.Item) { it.Image = "https://n.sinaimg.cn/b.jpg" })},
		{"protocol-relative link", edit(`https:\/\/finance`, `\/\/finance`), []fetcher.Item{want}},
		{"urls as text", edit(`"url":"https:\/\/finance.sina.com.cn\/china\/doc-inihefve8236522.shtml"`, `"urls":"[\"https://finance.sina.com.cn/china/doc-inihefve8236522.shtml\"]"`), []fetcher.Item{want}},
		{"mobile link", edit(`"url":"https:\/\/finance.sina.com.cn\/china\/doc-inihefve8236522.shtml"`, `"url":"","wapurl":"https://finance.sina.cn/detail-inihefve8236522.d.html"`), with(func(it *fetcher.Item) { it.Link = "https://finance.sina.cn/detail-inihefve8236522.d.html" })},
		{"intime for ctime", edit(`"ctime":"1631716155"`, `"ctime":"0","intime":"1631716155"`), []fetcher.Item{want}},
		{"summary after a blank intro", edit(`"author"`, `"intro":" ","summary":"s","author"`), with(func(it *fetcher.Item) { it.Summary = "s" })},
		{"source and author", edit(`"author":"0"`, `"author":"张三","media_name":"新华社"`), with(func(it *fetcher.Item) { it.Author, it.Origin = "张三", "新华社" })},
		{"no mtime", edit(`"mtime":1631719999,`, ``), with(func(it *fetcher.Item) { it.Updated = time.Time{} })},
		{"docid without prefix", edit("comos:", ""), with(func(it *fetcher.Item) { it.ID = "nihefve8236522" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := newReader(t, sina).Read(document("https://feed.mix.sina.com.cn/api/roll/get", test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, list.Items); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRollRefusals(t *testing.T) {
	for _, test := range []struct {
		name, body string
		reason     fetcher.Reason
		text       string
	}{
		{"status code", `{"result":{"status":{"code":11,"msg":"pageid lid error"},"data":null}}`, fetcher.ReasonRefused, "status code 11: pageid lid error"},
		{"status code as text", `{"result":{"status":{"code":"11"}}}`, fetcher.ReasonRefused, "status code 11: no message"},
		{"another API", `{"data":[]}`, fetcher.ReasonRefused, "no result in the answer"},
		{"a list", `[]`, fetcher.ReasonRefused, "no result in the answer"},
		{"data of another type", roll(`"none"`), fetcher.ReasonRefused, "data is no list"},
		{"a page", `<!DOCTYPE html><html>`, fetcher.ReasonNotList, "web page"},
		{"nothing", ` `, fetcher.ReasonNotList, "empty"},
		{"half", roll(`[{"docid":"x"`)[:120], fetcher.ReasonParse, "bad JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := newReader(t, sina).Read(document("https://feed.mix.sina.com.cn/", test.body))
			if err == nil || !strings.Contains(err.Error(), test.text) {
				t.Fatalf("got %v, %v; want an error with %q", list, err, test.text)
			}
			if got := fetcher.ReasonOf(err); got != test.reason {
				t.Errorf("reason %q, want %q", got, test.reason)
			}
		})
	}
}

// TestPrintLeavesOutTheClock: what changes in every answer is no change.
func TestPrintLeavesOutTheClock(t *testing.T) {
	r := newReader(t, sina)
	a := document("u", roll(`[{"docid":"x"}]`))
	b := document("u", strings.NewReplacer("08:00:00", "08:10:00", `"rtime":1`, `"rtime":600`).Replace(string(a.Body)))
	c := document("u", roll(`[{"docid":"y"}]`))
	if r.Print(a) != r.Print(b) {
		t.Error("the time of the answer counts as a change")
	}
	if r.Print(a) == r.Print(c) {
		t.Error("another item does not count as a change")
	}
}

// TestFeeds reads the documents of testdata/feeds; each has its expectation
// beside it.
func TestFeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/feeds/*.in")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			list, err := newReader(t, fetcher.Source{Name: "s", Kind: "feed", URL: "https://example.org/f", Zone: shanghai}).
				Read(document("https://example.org/blog/feed", string(body)))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".in")+".want", describe(list))
		})
	}
}

func describe(l fetcher.List) string {
	var b strings.Builder
	fmt.Fprintf(&b, "list %s\n", l.Title)
	for _, it := range l.Items {
		fmt.Fprintf(&b, "\nid        %s\nlink      %s\ntitle     %s\npublished %s\nupdated   %s\nsummary   %q\ncontent   %q\nauthor    %s\norigin    %s\nimage     %s\ntags      %q\n",
			it.ID, it.Link, it.Title, stamp(it.Published), stamp(it.Updated), it.Summary, it.Content, it.Author, it.Origin, it.Image, it.Tags)
		for _, e := range it.Enclosures {
			fmt.Fprintf(&b, "enclosure %s %s %d\n", e.URL, e.Type, e.Length)
		}
	}
	return b.String()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}

// golden compares with a file that -update writes.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// TestTerms: the fingerprints that are stored with validators stay what they are, or
// each document would be fetched whole once.
func TestTerms(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		source fetcher.Source
		want   uint64
	}{
		{fetcher.Source{Kind: "feed", URL: "https://example.org/feed.xml"}, 0xd1b2efd2c54a15d4},
		{fetcher.Source{
			Kind: "feed", URL: "https://example.org/{k}?甲", Params: map[string]string{"k": `v"`, "a": "b"}, Charset: "gbk",
			Zone: shanghai, Headers: http.Header{"X-Token": {"a", "b"}, "A": {"c"}}, Limit: 7,
		}, 0x9d773e51ce8240f4},
		{fetcher.Source{
			Kind: "json", URL: "https://example.org/api?page={page}", MaxPages: 3,
			Rules: &fetcher.Rules{FirstPage: 1, Items: ".data[]", Fields: map[string]string{"title": ".t", "link": ".u"}},
		}, 0xddacdc4b6c3b1ed6},
	} {
		r, err := fetcher.NewReader(test.source)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Terms(); got != test.want {
			t.Errorf("%s: %#x, want %#x", test.source.URL, got, test.want)
		}
	}
}
