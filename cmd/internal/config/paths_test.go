package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTagAuthority(t *testing.T) {
	// The year is that of UTC.
	now := time.Date(2027, 1, 1, 1, 0, 0, 0, time.FixedZone("", 8*60*60))
	for base, want := range map[string]string{
		"http://127.0.0.1:8080":       "127.0.0.1,2026",
		"https://Feeds.Example.net/x": "feeds.example.net,2026",
		"http://[::1]:8080":           "localhost,2026",
		"https://新闻.example/":         "xn--efvy88h.example,2026",
		"http://my_host/":             "localhost,2026",
	} {
		c := Default()
		c.Site.BaseURL = base
		got := c.TagAuthority(now)
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

// TestControlLink: a link is where the socket would be beside a file, and nowhere where
// several daemons may have one database.
func TestControlLink(t *testing.T) {
	for _, tc := range []struct{ database, control, want string }{
		{"a.db", "/run/a.sock", "a.db.sock"},
		{"a.db", "", ""},
		{"a.db", "./a.db.sock", ""},
		{"postgres://db/news", "/run/a.sock", ""},
		{strings.Repeat("a", 100), "/run/a.sock", ""},
	} {
		c := Default()
		c.Database, c.Control = Address(tc.database), tc.control
		if got := c.ControlLink(); got != tc.want {
			t.Errorf("%+v: got %q", tc, got)
		}
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
