package config

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"
	_ "time/tzdata" // so that zones are known on machines without a zone database

	"golang.org/x/text/language"

	"aggregator/fetcher"
)

// shanghai is the civil time of Sina.
const shanghai = "Asia/Shanghai"

// Default returns the configuration of an empty file: valid but for the sources
// it does not have.
func Default() *Config {
	c := &Config{
		Site: Site{
			Title:    "新浪财经",
			BaseURL:  "http://127.0.0.1:8080",
			Language: "zh-CN",
			Timezone: zone(shanghai),
		},
		Listen:   "127.0.0.1:8080",
		Database: "aggregator.db",
		Fetch: Fetch{
			Timeout:     Duration(30 * time.Second),
			MaxBody:     8 << 20,
			Concurrency: 16,
			PerHost:     PerHost{Concurrency: 2, Interval: Duration(500 * time.Millisecond)},
			MaxPages:    20,
			FullText:    true,
		},
		Feeds: Feeds{
			Entries:    50,
			Window:     Duration(24 * time.Hour),
			MaxEntries: 500,
			Formats:    []string{"atom", "rss", "json"},
		},
		Dedup:     Dedup{Scope: "all", Similar: true},
		Retention: Retention{Raw: Duration(7 * 24 * time.Hour)},
	}
	return c
}

// inherit fills a source before its own keys are read.
func (s *Source) inherit(c *Config) {
	s.Kind = "feed"
	s.MaxPages = c.Fetch.MaxPages
	s.Body = "clean"
	s.FullText = c.Fetch.FullText
	s.Limit = 2000
	s.Enabled = true
	s.Details = &usual
}

// usual are the details of sources that say nothing of them, which is never changed.
var usual = Details{FirstPage: 1}

// Adhoc returns a source of kind feed that is not configured, as if it were.
func (c *Config) Adhoc(address string) (Source, error) {
	var s Source
	s.inherit(c)
	s.Name, s.URL = "adhoc", Address(address)
	s.complete(c)
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Source{}, fmt.Errorf("%q is not an http or https URL", s.URL)
	}
	return s, nil
}

// complete fills what a source derives from its own keys and the whole.
func (s *Source) complete(c *Config) {
	if s.Title == "" {
		s.Title = s.Name
	}
	if len(s.Categories) == 0 && s.Title != "" {
		s.Categories = []string{s.Title}
	}
	if len(s.Schedule) == 0 {
		s.Schedule = hourly()
	}
	if s.Timezone.Location == nil {
		s.Timezone = c.Site.Timezone
		if built(s.Kind) { // whatever the site's is
			s.Timezone = zone(cmp.Or(fetcher.Presets()[s.Kind].Zone, shanghai))
		}
	}
}

// complete fills what is derived once all is read.
func (c *Config) complete() {
	c.Site.BaseURL = strings.TrimRight(c.Site.BaseURL, "/")
	c.Site.Language = canonical(c.Site.Language)
	for i := range c.Feeds.Saved {
		if s := &c.Feeds.Saved[i]; s.Title == "" {
			s.Title = s.Slug
		}
	}
	for name, category := range c.Categories {
		if category.Title == "" {
			category.Title = name
			c.Categories[name] = category
		}
	}
}

// canonical writes a language tag as BCP 47 does: zh-CN for zh_CN, the form of
// locales, which the library reads too. What is no tag is left for the check.
func canonical(tag string) string {
	t, err := language.Raw.Parse(tag)
	if err != nil {
		return tag
	}
	return t.String()
}
