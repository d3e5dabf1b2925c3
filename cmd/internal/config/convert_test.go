package config

import (
	"net/url"
	"testing"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"

	"github.com/google/go-cmp/cmp"
)

func TestConversions(t *testing.T) {
	c := parse(t, `
dedup: {scope: source}
sources:
  - name: roll
    kind: sina-roll
    endpoint: http://127.0.0.1:1/x
    params: {pageid: 155, lid: "1686"}
    categories: [a, b]
    author: me
    default_image: https://example.org/i.png
  - {name: less, kind: sina-roll, params: {pageid: 1, lid: 2}, extract: {remove: .x}}
  - {name: own, url: https://example.org/, extract: {body: [p, q], remove: .x}}
  - name: api
    kind: json
    url: https://example.org/{page}
    items: .[]
    fields: {id: .id}
    first_page: 0
    volatile: [a, b]
    fail: .error
`)
	roll := c.SourceNamed("roll")
	wantRoll := fetcher.Source{Name: "roll", Kind: "sina-roll", Endpoint: "http://127.0.0.1:1/x",
		Params: map[string]string{"pageid": "155", "lid": "1686"}, Zone: roll.Timezone.Location, MaxPages: 20, Limit: 2000}
	if diff := cmp.Diff(wantRoll, roll.Fetcher(), cmp.Comparer(func(a, b *time.Location) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	o := roll.Normalize(c)
	if o.Source != "roll" || o.Site != "sina" || len(o.Categories) != 2 || o.Author != "me" || !o.Apart ||
		o.Image != "https://example.org/i.png" || o.Zone.String() != shanghai || o.Rule == nil {
		t.Errorf("got %+v", &o)
	}
	sina := normalize.SiteRule("sina")
	less := c.SourceNamed("less").Normalize(c).Rule
	if diff := cmp.Diff(append([]string{".x"}, sina.Remove...), less.Remove); diff != "" || len(less.Body) != len(sina.Body) {
		t.Errorf("got %v %v", less.Body, less.Remove)
	}
	if own := c.SourceNamed("own").Normalize(c).Rule; len(own.Body) != 2 || len(own.Remove) != 1 {
		t.Errorf("got %v %v", own.Body, own.Remove)
	}
	want := &fetcher.Rules{URL: "https://example.org/{page}", FirstPage: 0, Fail: ".error", Items: ".[]",
		Fields: map[string]string{"id": ".id"}, Volatile: []string{"a", "b"}}
	if diff := cmp.Diff(want, c.SourceNamed("api").Fetcher().Rules); diff != "" {
		t.Error(diff)
	}
}

func TestEveryReferenceSourceCanBeRead(t *testing.T) {
	c, err := Load(repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Enabled() {
		r, err := fetcher.NewReader(s.Fetcher())
		if err != nil {
			t.Fatal(err)
		}
		if u, err := url.Parse(r.URL(1)); err != nil || u.Query().Get("lid")+u.Query().Get("zhibo_id") == "" {
			t.Errorf("%s is read from %s", s.Name, r.URL(1))
		}
	}
}

func TestWants(t *testing.T) {
	c := parse(t, `
sources:
  - {name: all, url: https://example.org/}
  - {name: some, url: https://example.org/, include: [利率, 央行], exclude: 广告}
`)
	some := c.SourceNamed("some")
	for _, test := range []struct {
		title, text string
		want        bool
	}{
		{"央行", "", true}, {"", "降低利率", true}, {"股市", "上涨", false}, {"央行", "广告", false},
	} {
		if got := some.Wants(test.title, test.text); got != test.want {
			t.Errorf("%v: got %t", test, got)
		}
	}
	if !c.SourceNamed("all").Wants("", "") {
		t.Error("a source without patterns takes all")
	}
}

func TestFieldsAreTheFetchers(t *testing.T) {
	fields := map[string]string{}
	for _, name := range fieldNames {
		fields[name] = "."
	}
	src := fetcher.Source{Kind: "json", Rules: &fetcher.Rules{URL: "http://x.example/", Items: ".", Fields: fields}}
	if _, err := fetcher.NewReader(src); err != nil {
		t.Error(err)
	}
}
