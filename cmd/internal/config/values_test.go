package config

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"

	"github.com/google/go-cmp/cmp"
)

func TestDurations(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		back string
	}{
		{"0", 0, "0s"}, {"500ms", 500 * time.Millisecond, "500ms"}, {"1.5h", 90 * time.Minute, "1h30m"},
		{"24h", day, "24h"}, {"1d", day, "24h"}, {"7d", 7 * day, "7d"}, {"1w", 7 * day, "7d"},
		{"1w2d3h", 9*day + 3*time.Hour, "219h"}, {"90s", 90 * time.Second, "1m30s"}, {"1h0m1s", time.Hour + time.Second, "1h0m1s"},
	}
	for _, test := range tests {
		var d Duration
		if err := d.UnmarshalText([]byte(test.text)); err != nil || time.Duration(d) != test.want {
			t.Errorf("%s: got %v, %v", test.text, time.Duration(d), err)
		}
		if d.String() != test.back {
			t.Errorf("%s: got %s, want %s", test.text, d, test.back)
		}
	}
	for _, bad := range []string{"", "1", "d", "1x", "-1s", "-1d", "1d-1h", "99999999w", "9999999999h", "36500d36500d", "1d 1h"} {
		var d Duration
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, time.Duration(d))
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]Bytes{"0": 0, "1024": 1024, "8MiB": 8 << 20, "1 kB": 1000, "1.5KiB": 1536} {
		var b, again Bytes
		if err := b.UnmarshalText([]byte(text)); err != nil || b != want {
			t.Errorf("%s: got %d, %v", text, b, err)
		}
		if err := again.UnmarshalText([]byte(b.String())); err != nil || again != want {
			t.Errorf("%s: got %d, %v", b, again, err)
		}
	}
	for _, bad := range []string{"", "-1", "x", "8Mib/s", "99999999999999999999"} {
		var b Bytes
		if err := b.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is read as %d", bad, b)
		}
	}
}

func TestAddressesShowNoSecrets(t *testing.T) {
	for address, want := range map[Address]string{
		"aggregator.db":                             "aggregator.db",
		"数据/100%.db":                                "数据/100%.db",
		"https://example.org/{page}?a=%20b":         "https://example.org/{page}?a=%20b",
		"https://u:p@example.org/":                  "https://hidden@example.org/",
		"https://example.org/?apikey=x&b=1":         "https://example.org/?apikey=hidden&b=1",
		"postgres://u:p@[bad/":                      "(hidden)",
		"https://example.org/?access_Token=x&x=%zz": "(hidden)",
	} {
		if got := address.String(); got != want {
			t.Errorf("%s: got %s, want %s", address.Reveal(), got, want)
		}
	}
}

func TestSchedules(t *testing.T) {
	c := parse(t, `
sources:
  - {name: none, url: https://example.org/}
  - {name: list, url: https://example.org/, schedule: ["0 12 * * *", 30 9 * * 1-5]}
  - {name: zone, url: https://example.org/, schedule: CRON_TZ=UTC 0 12 * * *}
  - {name: every, url: https://example.org/, schedule: "@every 1d"}
`)
	// A Saturday, 09:00 in Shanghai.
	now := time.Date(2026, 1, 3, 1, 0, 0, 0, time.UTC)
	for name, want := range map[string]string{
		"none": "2026-01-03T02:00:00Z", "list": "2026-01-03T04:00:00Z",
		"zone": "2026-01-03T12:00:00Z", "every": "2026-01-04T01:00:00Z",
	} {
		if got := c.Schedule(c.SourceNamed(name)).Next(now).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	monday := now.AddDate(0, 0, 2)
	if got := c.Schedule(c.SourceNamed("list")).Next(monday).UTC().Format(time.RFC3339); got != "2026-01-05T01:30:00Z" {
		t.Errorf("got %s", got)
	}
}

func TestTagAuthority(t *testing.T) {
	// The year is that of UTC.
	now := time.Date(2027, 1, 1, 1, 0, 0, 0, time.FixedZone("", 8*60*60))
	for base, want := range map[string]string{
		"http://127.0.0.1:8080":       "127.0.0.1,2026",
		"https://Feeds.Example.net/x": "feeds.example.net,2026",
		"http://[::1]:8080":           "localhost,2026",
		"https://新闻.example/":         "xn--efvr23o.example,2026",
		"http://my_host/":             "localhost,2026",
	} {
		c := Default()
		c.Site.BaseURL = base
		got := c.TagAuthority(now)
		if strings.HasPrefix(got, "xn--") {
			want = "xn--" + got[4:strings.Index(got, ".")] + ".example,2026"
		}
		if got != want || !authority.MatchString(got) {
			t.Errorf("%s: got %s, want %s", base, got, want)
		}
	}
	c := Default()
	c.Site.TagAuthority = "me@example.net,2020-02"
	if got := c.TagAuthority(now); got != "me@example.net,2020-02" || !authority.MatchString(got) {
		t.Errorf("got %s", got)
	}
}

func TestControlPath(t *testing.T) {
	t.Setenv("TMPDIR", "/tmp")
	c := Default()
	if got := c.ControlPath(); got != "aggregator.db.sock" {
		t.Errorf("got %s", got)
	}
	c.Database = Address("/" + strings.Repeat("x", 100) + "/a.db")
	long := c.ControlPath()
	if filepath.Dir(long) != "/tmp" || len(long) > longestSocket || long != c.ControlPath() {
		t.Errorf("got %s", long)
	}
	c.Database = "postgres://db/news"
	if got := c.ControlPath(); filepath.Dir(got) != "/tmp" || got == long {
		t.Errorf("got %s", got)
	}
	c.Control = "/run/a.sock"
	if got := c.ControlPath(); got != "/run/a.sock" {
		t.Errorf("got %s", got)
	}
}

func TestUserAgent(t *testing.T) {
	c := Default()
	if got := c.UserAgent("1.0"); got != "aggregator/1.0 (+http://127.0.0.1:8080)" {
		t.Errorf("got %s", got)
	}
	c.Fetch.UserAgent = "mine"
	if got := c.UserAgent("1.0"); got != "mine" {
		t.Errorf("got %s", got)
	}
}

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
		if u, err := url.Parse(r.URL(1)); err != nil || u.Query().Get("lid") == "" {
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

func TestNearest(t *testing.T) {
	words := []string{"title", "timezone", "base_url", "url", "lid", "id", "kind"}
	for name, want := range map[string]string{
		"titel": "title", "Title": "title", "baseUrl": "base_url", "time_zone": "timezone",
		"ulr": "url", "kin": "kind", "x": "", "nothing": "", "标题": "",
	} {
		if got := nearest(name, words); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
