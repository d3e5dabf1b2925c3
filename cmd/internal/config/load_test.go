package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// parse is for tests whose file is right.
func parse(t *testing.T, file string, environ ...string) *Config {
	t.Helper()
	c, err := Parse("config.yaml", []byte(file), environ...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaultsOfASource(t *testing.T) {
	c := parse(t, "sources: [{name: a, url: https://example.org/}]")
	want := Source{
		Name: "a", Title: "a", Kind: "feed", URL: "https://example.org/", Categories: []string{"a"},
		Schedule: hourly(), MaxPages: 20, Body: "clean", FullText: true,
		Timezone: zone("Asia/Shanghai"), Limit: 2000, Enabled: true, Details: &Details{FirstPage: 1},
	}
	if diff := cmp.Diff(want, c.Sources[0], exact); diff != "" {
		t.Error(diff)
	}
}

// TestDetailsInCommon: sources that say nothing but what all say share the rest, which stays
// as it is whatever the others say.
func TestDetailsInCommon(t *testing.T) {
	c := parse(t, `
sources:
  - {name: a, url: https://example.org/}
  - {name: b, url: https://example.org/, charset: gbk, headers: {X: y}}
  - {name: c, url: https://example.org/}
  - {name: d, kind: json, url: https://example.org/, items: .a, fields: {id: .b}, first_page: 0}`)
	a, b, d := c.Sources[0], c.Sources[1], c.Sources[3]
	if a.Details != c.Sources[2].Details || !reflect.DeepEqual(*a.Details, Details{FirstPage: 1}) {
		t.Errorf("in common: %+v", *a.Details)
	}
	if b.Charset != "gbk" || b.Headers["X"] != "y" || b.FirstPage != 1 || d.Items != ".a" || d.FirstPage != 0 {
		t.Errorf("of their own: %+v, %+v", *b.Details, *d.Details)
	}
}

// TestLanguageOfLocale: a language in the form of locales is published in that of
// BCP 47.
func TestLanguageOfLocale(t *testing.T) {
	for in, want := range map[string]string{
		"zh_CN": "zh-CN", "zh-cn": "zh-CN", "zh-CN": "zh-CN", "ZH_hans_cn": "zh-Hans-CN", "en": "en", "iw": "iw",
	} {
		if c := parse(t, "site: {language: "+in+"}\nsources: []"); c.Site.Language != want {
			t.Errorf("%s: got %q, want %q", in, c.Site.Language, want)
		}
	}
	for _, in := range []string{"", "zh_CN.UTF-8"} {
		if _, err := Parse("x", []byte("site: {language: \""+in+"\"}\nsources: []")); err == nil {
			t.Errorf("%q: no mistake", in)
		}
	}
}

func TestSourcesInherit(t *testing.T) {
	c := parse(t, `
sources:
  - {name: a, title: A, url: https://example.org/}
  - {name: b, url: https://example.org/, full_text: true, max_pages: 3, timezone: Europe/Paris, enabled: false}
  - {name: c, kind: sina-roll, params: {pageid: 1, lid: 2}}
fetch: {full_text: false, max_pages: 7}
site: {timezone: UTC, base_url: https://example.net/news/}
feeds: {saved: [{slug: x, any: [y]}]}
categories: {甲: {slug: jia}}
`)
	a, b, roll := c.Sources[0], c.Sources[1], c.Sources[2]
	if a.FullText || a.MaxPages != 7 || a.Timezone.String() != "UTC" || a.Categories[0] != "A" {
		t.Errorf("got %+v", a)
	}
	if !b.FullText || b.MaxPages != 3 || b.Timezone.String() != "Europe/Paris" {
		t.Errorf("got %+v", b)
	}
	if roll.Timezone.String() != "Asia/Shanghai" {
		t.Errorf("Sina's time is %s", roll.Timezone)
	}
	if enabled := c.Enabled(); len(enabled) != 2 || enabled[1] != &c.Sources[2] {
		t.Errorf("got %d enabled", len(enabled))
	}
	if c.SourceNamed("b") != &c.Sources[1] || c.SourceNamed("z") != nil {
		t.Error("SourceNamed")
	}
	if c.Site.BaseURL != "https://example.net/news" || c.Feeds.Saved[0].Title != "x" || c.Categories["甲"].Title != "甲" {
		t.Errorf("got %+v", c)
	}
}

func TestEnvironment(t *testing.T) {
	c := parse(t, "sources: []\nlisten: :1\nfetch:\n  per_host: {interval: 1s}\nfeeds:\n",
		"PATH=/bin", "AGGREGATOR_SINA_DATA=/x", "AGGREGATOR_LISTEN=:80", "AGGREGATOR_SITE_TITLE=2024",
		"AGGREGATOR_FETCH_PER_HOST_CONCURRENCY=5", "AGGREGATOR_FETCH_TIMEOUT=1m", "AGGREGATOR_FETCH_FULL_TEXT=false",
		"AGGREGATOR_FEEDS_FORMATS=atom, json", "AGGREGATOR_FETCH_ALLOW_PRIVATE=127.0.0.0/8,::1", "AGGREGATOR_ARCHIVE=",
		"AGGREGATOR_RETENTION_MAX_AGE=30d", "AGGREGATOR_DATABASE=/var/lib/a.db")
	if c.Listen != ":80" || c.Site.Title != "2024" || c.Fetch.PerHost.Concurrency != 5 || c.Fetch.FullText ||
		time.Duration(c.Fetch.PerHost.Interval) != time.Second || time.Duration(c.Fetch.Timeout) != time.Minute ||
		len(c.Feeds.Formats) != 2 || time.Duration(c.Retention.MaxAge) != 30*day || c.Database != "/var/lib/a.db" {
		t.Errorf("got %+v", c)
	}
	if private, _ := c.Fetch.Private(); len(private) != 2 || private[0].String() != "127.0.0.0/8" || private[1].String() != "::1/128" {
		t.Errorf("got %v", private)
	}
}

// TestDatabaseAsLibpqWritesIt: what holds a password is no path of a file.
func TestDatabaseAsLibpqWritesIt(t *testing.T) {
	for database, good := range map[string]bool{
		"host=db.example user=u password=s3cret dbname=news": false,
		"dbname=news": false,
		"postgres://db.example/news?user=u&password=s3cret": true,
		"a=b.db": true,
	} {
		if _, err := Parse("x", []byte(fmt.Sprintf("sources: []\ndatabase: %q\n", database))); (err == nil) != good || strings.Contains(fmt.Sprint(err), "s3cret") {
			t.Errorf("%s: %v", database, err)
		}
	}
}

func TestEnvironmentMistakes(t *testing.T) {
	_, err := Parse("config.yaml", []byte("sources: []\nlisten: 80\nsite: x\n"),
		"AGGREGATOR_LISTN=:80", "AGGREGATOR_SOURCES=x", "AGGREGATOR_FETCH_TIMEOUT=soon", "AGGREGATOR_FETCH_CONCURRENCY=-1",
		"AGGREGATOR_DEDUP_SCOPE=none", "AGGREGATOR_FETCH_ALLOW_PRIVATE=10.0.0.0/8,x", "AGGREGATOR_SITE_TITLE=t")
	want := `AGGREGATOR_LISTN: no such key can be overridden (did you mean AGGREGATOR_LISTEN?)
AGGREGATOR_SOURCES: no such key can be overridden
AGGREGATOR_FETCH_TIMEOUT: fetch.timeout: "soon" is not a duration such as 500ms, 30s, 24h or 7d
AGGREGATOR_FETCH_CONCURRENCY: fetch.concurrency: must not be negative
AGGREGATOR_FETCH_ALLOW_PRIVATE: fetch.allow_private[1]: "x" is not a network such as 127.0.0.0/8, an address, or host:port
AGGREGATOR_DEDUP_SCOPE: dedup.scope: "none" is not one of all, source
config.yaml:2:9: listen: want a text, not the number 80 (put it in quotes)
config.yaml:3:7: site: want a mapping of keys to values, not the text "x"`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

const withSecrets = `
database: postgres://user:s3cret@db.example/news
health: {webhook: "https://hooks.example/s3cret"}
fetch: {proxy: "http://user:${credential:proxy}@proxy.example:3128"}
sources:
  - name: a
    url: https://user:s3cret@example.org/feed?section={section}&token=s3cret
    params: {section: s3cret}
    headers: {Authorization: "Bearer ${credential:token}", X-Number: 5}
`

func TestSecretsAreRead(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"proxy": "s3cret", "token": "s3cret\n"} {
		if err := os.WriteFile(dir+"/"+name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := parse(t, withSecrets, "CREDENTIALS_DIRECTORY="+dir)
	src := c.Sources[0].Fetcher()
	if got := src.Headers.Get("Authorization"); got != "Bearer s3cret" || src.Headers.Get("X-Number") != "5" {
		t.Errorf("got %q", src.Headers)
	}
	if got := c.Fetch.Proxy.Reveal(); got != "http://user:s3cret@proxy.example:3128" {
		t.Errorf("got %q", got)
	}
	for name, shown := range shownForms(t, c) {
		if strings.Contains(shown, "s3cret") {
			t.Errorf("%s shows a secret:\n%s", name, shown)
		}
	}
}

// shownForms are the ways a configuration may come to someone's eyes.
func shownForms(t *testing.T, c *Config) map[string]string {
	forms := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		forms[verb] = fmt.Sprintf(verb+verb+verb, *c, c.Sources, c.Health)
	}
	asYAML, err := yaml.Dump(c)
	asJSON, err2 := json.Marshal(c)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	forms["YAML"], forms["JSON"] = string(asYAML), string(asJSON)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", c, "url", c.Sources[0].URL, "h", c.Sources[0].Headers)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "c", c, "url", c.Sources[0].URL, "h", c.Sources[0].Headers)
	forms["log"] = log.String()
	return forms
}

func TestCredentialMistakes(t *testing.T) {
	for name, want := range map[string]string{
		"absent": "read credential absent: no such file or directory",
		"../x":   `"../x" cannot be the name of a credential`,
		"":       `"" cannot be the name of a credential`,
	} {
		file := fmt.Sprintf("sources: []\nhealth: {webhook: '${credential:%s}'}", name)
		_, err := Parse("x", []byte(file), "CREDENTIALS_DIRECTORY="+t.TempDir())
		if want = "x:2:19: health.webhook: " + want; fmt.Sprint(err) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	_, err := Parse("x", []byte("sources: []\ndatabase: ${credentials:x}"))
	if want := "x:2:11: database: holds a ${ that is not ${credential:NAME}"; fmt.Sprint(err) != want {
		t.Errorf("got %v", err)
	}
	_, err = Parse("x", []byte(withSecrets))
	if err == nil || !strings.Contains(err.Error(), "CREDENTIALS_DIRECTORY is not set") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}
