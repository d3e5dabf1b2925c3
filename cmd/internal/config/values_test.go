package config

import (
	"testing"
	"time"
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
