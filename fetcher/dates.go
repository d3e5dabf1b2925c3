package fetcher

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/itlightning/dateparse"
)

// ParseTime reads a time as a stranger wrote it: the layouts of RFC 3339 and
// RFC 822 with their usual mistakes, Chinese civil times, and Unix times in
// seconds or milliseconds. A time without an offset is civil time in zone.
// It returns the zero time for what it cannot read.
func ParseTime(text string, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return time.Time{}
	}
	if t, ok := unixTime(text); ok {
		return t
	}
	if t, ok := spokenTime(text, zone, time.Now()); ok {
		return t
	}
	text = namedZone(text, zone)
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil && zoneKnown(text, t, zone) {
			return t.UTC().Truncate(time.Second)
		}
	}
	if t, err := dateparse.ParseIn(chineseDate(text), zone); err == nil {
		return t.UTC().Truncate(time.Second)
	}
	return time.Time{}
}

var layouts = []string{
	time.RFC3339,
	time.RFC1123Z,
	time.RFC1123,
	"Mon, 2 Jan 2006 15:04:05 -0700",
	"Mon, 2 Jan 2006 15:04:05 MST",
	"2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04:05 MST",
	"Mon Jan 2 15:04:05 -0700 2006",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01-02T15:04:05",
	"2006.01.02 15:04",
	"2006-01-02",
}

// zoneKnown refuses what package time makes of a zone name it does not know:
// the name with offset 0.
func zoneKnown(text string, t time.Time, zone *time.Location) bool {
	name, offset := t.Zone()
	return offset != 0 || name == "UTC" || name == "GMT" || name == "" || t.Location() == zone || !strings.HasSuffix(text, name)
}

// unixTime reads seconds or milliseconds since 1970; both lie between 1990
// and 2100, which tells them apart. Zero means that there is no time.
func unixTime(text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	const from, to = 631152000, 4102444800
	switch {
	case n >= from && n < to:
		return time.Unix(n, 0).UTC(), true
	case n >= from*1000 && n < to*1000:
		return time.Unix(n/1000, 0).UTC(), true
	}
	return time.Time{}, len(text) < 8 // 20250102 is a day
}

var chinese = regexp.MustCompile(`^(\d{4})年(\d{1,2})月(\d{1,2})日\s*(.*)$`)

// chineseDate rewrites 2025年11月23日 10:00 to 2025-11-23 10:00.
func chineseDate(text string) string {
	m := chinese.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	pad := func(s string) string { return strings.Repeat("0", 2-len(s)) + s }
	return strings.TrimSpace(m[1] + "-" + pad(m[2]) + "-" + pad(m[3]) + " " + m[4])
}
