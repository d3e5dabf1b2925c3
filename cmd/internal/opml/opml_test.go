package opml_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aggregator/cmd/internal/opml"
)

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want []opml.Feed
	}{
		"flat":         {`<opml><body><outline text="A &amp; B" type="rss" xmlUrl=" https://a.example/f " htmlUrl="https://a.example/"/></body></opml>`, []opml.Feed{{Title: "A & B", URL: "https://a.example/f", Site: "https://a.example/"}}},
		"folders":      {`<opml><body><outline text="财经"><outline text="x" title="基金"><outline text="A" xmlUrl="a"/></outline></outline><outline text="B" xmlUrl="b"/></body></opml>`, []opml.Feed{{Title: "A", URL: "a", Categories: []string{"财经", "基金"}}, {Title: "B", URL: "b"}}},
		"category":     {`<opml><body><outline text="f"><outline text="A" xmlUrl="a" category="/x/y,/z"/></outline></body></opml>`, []opml.Feed{{Title: "A", URL: "a", Categories: []string{"x", "y"}}}},
		"twice":        {`<opml><body><outline text="A" xmlUrl="a"/><outline text="A2" xmlUrl="a"/></body></opml>`, []opml.Feed{{Title: "A", URL: "a"}}},
		"not escaped":  {`<opml><body><outline text="A & B" xmlUrl="http://a.example/?x=1&y=2"></body></opml>`, []opml.Feed{{Title: "A & B", URL: "http://a.example/?x=1&y=2"}}},
		"in GBK":       {"<?xml version=\"1.0\" encoding=\"gbk\"?><opml><body><outline text=\"\xd0\xc2\xc0\xcb\" xmlUrl=\"a\"/></body></opml>", []opml.Feed{{Title: "新浪", URL: "a"}}},
		"no feeds":     {`<opml><body><outline text="x"/></body></opml>`, nil},
		"a line break": {"<opml><body><outline text=\"A\n B\" xmlUrl=\"a\"/></body></opml>", []opml.Feed{{Title: "A B", URL: "a"}}},
	} {
		got, err := opml.Read(strings.NewReader(tt.body))
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	for _, body := range []string{"", "<html></html>", "sources: []", `<opml><body><outline text=`} {
		if got, err := opml.Read(strings.NewReader(body)); err == nil {
			t.Errorf("%q is read: %v", body, got)
		}
	}
}

// TestAddressesAsReadersMeanThem: other spellings of attributes and addresses are
// the same feed, once.
func TestAddressesAsReadersMeanThem(t *testing.T) {
	for raw, want := range map[string]string{
		"feed://a.example/f":             "http://a.example/f",
		"FEED://a.example/f":             "http://a.example/f",
		"feed:https://a.example/f":       "https://a.example/f",
		" https://A.Example:443/F?x=Y ":  "https://a.example/F?x=Y",
		"http://a.example:80":            "http://a.example/",
		"http://a.example:8080/f":        "http://a.example:8080/f",
		"HTTPS://a.example/f":            "https://a.example/f",
		"https://a.example/one two\n/f":  "https://a.example/one%20two/f",
		"https://u:P@a.example:443/%7ex": "https://u:P@a.example/%7ex",
		"https://a.example/a|b":          "https://a.example/a|b",
		"https://[::1]:443/f":            "https://[::1]/f",
		"not an address":                 "not%20an%20address",
		"":                               "",
	} {
		if got := opml.Address(raw); got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
		if again := opml.Address(want); again != want {
			t.Errorf("%q becomes %q", want, again)
		}
	}
	got, err := opml.Read(strings.NewReader(`<opml><body><outline TEXT="A/B, C"><outline text="A" xmlurl="feed://A.example:80/f" HTMLURL="http://a.example"/>` +
		`<outline text="again" XMLURL="http://a.example/f"/></outline></body></opml>`))
	want := []opml.Feed{{Title: "A", URL: "http://a.example/f", Site: "http://a.example/", Categories: []string{"A／B， C"}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	want := []opml.Feed{
		{Title: "A <&> B", URL: "https://a.example/?x=1&y=2", Site: "https://a.example/", Categories: []string{"金融", "基金"}},
		{Title: "b", URL: "https://b.example/"},
	}
	var b bytes.Buffer
	if err := opml.Write(&b, "t", want); err != nil {
		t.Fatal(err)
	}
	got, err := opml.Read(&b)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestSinaList reads the list of feeds that Sina once published.
func TestSinaList(t *testing.T) {
	dir := os.Getenv("AGGREGATOR_SINA_DATA")
	if dir == "" {
		dir = "../../../../shared/sina/data" // beside the checkout
	}
	f, err := os.Open(filepath.Join(dir, "opml", "sina_all_opml.xml"))
	if err != nil {
		t.Skipf("no real data: %v; AGGREGATOR_SINA_DATA names their folder", err)
	}
	defer f.Close()
	feeds, err := opml.Read(f)
	if err != nil || len(feeds) < 100 || feeds[0].URL != "http://rss.sina.com.cn/news/marquee/ddt.xml" || feeds[0].Categories[0] != "新闻中心-新浪RSS" {
		t.Errorf("%v, %d feeds", err, len(feeds))
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<opml><body><outline text="A &amp; B" type="rss" xmlUrl="https://a.example/f"/></body></opml>`))
	f.Add([]byte("<opml>" + strings.Repeat("<outline text='x'>", 100)))
	f.Fuzz(func(t *testing.T, data []byte) {
		feeds, err := opml.Read(bytes.NewReader(data))
		if err == nil {
			var b bytes.Buffer
			if err := opml.Write(&b, "t", feeds); err != nil {
				t.Error(err)
			}
		}
	})
}
