package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/text/language"
)

// check reports what is wrong with values that can be read.
func (f *findings) check(c *Config) {
	f.checkSite(&c.Site)
	f.checkListen(c.Listen)
	f.checkDatabase(c.Database)
	if len(c.Control) > longestSocket {
		f.bad("control", "", "is longer than %d bytes, which no socket can be", longestSocket)
	}
	if database := c.Database.Reveal(); database != "" && filepath.Clean(c.Control) == filepath.Clean(database) {
		f.bad("control", "leave it out: it then lies beside the database", "is the path of the database")
	}
	f.checkFetch(&c.Fetch)
	f.checkFeeds(&c.Feeds)
	f.web("health.webhook", Address(c.Health.Webhook))
	f.oneOf("dedup.scope", c.Dedup.Scope, "all", "source")
	f.checkSlugs(c)
	f.checkSources()
}

// RFC 4151 §2.1: a DNSname or an address at one, and a date.
var (
	authorityName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	authority     = regexp.MustCompile(`(?i)^([a-z0-9._-]+@)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*` +
		`,[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`)
)

// IsAuthority tells whether a text is a tagging entity of RFC 4151.
func IsAuthority(s string) bool { return authority.MatchString(s) }

func (f *findings) checkSite(s *Site) {
	f.required("site.title", s.Title)
	if f.required("site.base_url", s.BaseURL) {
		f.web("site.base_url", Address(s.BaseURL))
	}
	if u, err := url.Parse(s.BaseURL); err == nil && (u.RawQuery != "" || u.Fragment != "" || u.User != nil) {
		f.bad("site.base_url", "", "must have nothing but scheme, host and path")
	}
	if s.TagAuthority != "" && !IsAuthority(s.TagAuthority) {
		f.bad("site.tag_authority", "write a host and a date, such as feeds.example.net,2026",
			"%q is not a tagging entity of RFC 4151", s.TagAuthority)
	}
	if _, err := language.Parse(s.Language); err != nil {
		f.bad("site.language", "", "%q is not a language tag such as zh-CN", s.Language)
	}
}

func (f *findings) checkListen(listen string) {
	_, port, err := net.SplitHostPort(listen)
	number, numErr := strconv.ParseUint(port, 10, 16)
	if err != nil || numErr != nil || number > 65535 {
		f.bad("listen", "write host:port, such as 127.0.0.1:8080 or :8080", "%q is not an address to listen on", listen)
	}
}

func (f *findings) checkDatabase(database Address) {
	name := database.Reveal()
	server := strings.Contains(name, "://") || strings.HasPrefix(name, "postgres:") || strings.HasPrefix(name, "postgresql:") ||
		strings.Contains(name, "password=") || strings.HasPrefix(name, "host=") || strings.HasPrefix(name, "dbname=") // libpq's other way
	if !f.required("database", name) || !server {
		return
	}
	u, err := database.parse()
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "" && u.Query().Get("host") == "" {
		f.bad("database", "", "must be the path of a file or postgres://host/name")
	}
}

func (f *findings) checkFetch(fetch *Fetch) {
	if !httpguts.ValidHeaderFieldValue(fetch.UserAgent) {
		f.bad("fetch.user_agent", "", "holds characters that no header may")
	}
	f.positive("fetch.timeout", int64(fetch.Timeout))
	f.positive("fetch.max_body", int64(fetch.MaxBody))
	f.positive("fetch.concurrency", int64(fetch.Concurrency))
	f.positive("fetch.per_host.concurrency", int64(fetch.PerHost.Concurrency))
	f.positive("fetch.max_pages", int64(fetch.MaxPages))
	f.address("fetch.proxy", fetch.Proxy, "http", "https", "socks5", "socks5h")
}

func (f *findings) checkFeeds(feeds *Feeds) {
	f.positive("feeds.entries", int64(feeds.Entries))
	if feeds.MaxEntries < feeds.Entries {
		f.bad("feeds.max_entries", "", "must not be less than entries, which is %d", feeds.Entries)
	}
	if len(feeds.Formats) == 0 {
		f.bad("feeds.formats", "", "must name at least one of atom, rss, json")
	}
	for i, format := range feeds.Formats {
		path := fmt.Sprintf("feeds.formats[%d]", i)
		f.oneOf(path, format, "atom", "rss", "json")
		if slices.Contains(feeds.Formats[:i], format) {
			f.bad(path, "", "%s is there already", format)
		}
	}
	f.web("feeds.hub", feeds.Hub)
	for i, saved := range feeds.Saved {
		path := fmt.Sprintf("feeds.saved[%d]", i)
		f.required(path+".slug", saved.Slug)
		f.words(path+".all", saved.All)
		f.words(path+".any", saved.Any)
		f.words(path+".none", saved.None)
		if len(saved.Any)+len(saved.All) == 0 {
			f.bad(path+".any", "", "is missing: the words that articles are to have")
		}
	}
}

func (f *findings) words(path string, words []string) {
	for i, word := range words {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.required(at, strings.TrimSpace(word))
		if strings.ContainsFunc(word, unicode.IsControl) {
			f.bad(at, "", "must be one line")
		}
	}
}
