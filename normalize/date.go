package normalize

import (
	"regexp"
	"strconv"
	"time"

	"aggregator/fetcher"
)

// earliest is before everything that was ever published on the web; dates
// before it come from counters at zero and broken clocks.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// times are when the item was first published and last changed: what the list
// says, else what the page shows, else now, at first sight. A first
// publication that cannot be true counts as unknown.
func times(it fetcher.Item, shown, now time.Time) (published, updated time.Time) {
	now = now.UTC().Truncate(time.Second)
	published = now
	for _, t := range []time.Time{it.Published, it.Updated, shown} {
		if !t.IsZero() {
			if plausible(t, now) {
				published = t.UTC().Truncate(time.Second)
			}
			break
		}
	}
	updated = published
	if plausible(it.Updated, now) && it.Updated.After(published) {
		updated = it.Updated.UTC().Truncate(time.Second)
	}
	return published, updated
}

// plausible leaves ten minutes to clocks that are ahead of ours.
func plausible(t, now time.Time) bool {
	return !t.Before(earliest) && !t.After(now.Add(10*time.Minute))
}

// civil matches 2018年12月28日 19:55, 2018-12-28 19:55:10 and the like.
var civil = regexp.MustCompile(`(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?[\sT]*(\d{1,2}):(\d{2})(?::(\d{2}))?`)

// readDate reads a date as pages show it, alone or among other words; civil
// times are in the zone.
func readDate(s string, zone *time.Location) time.Time {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t
	}
	if m := civil.FindStringSubmatch(s); m != nil {
		var n [6]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1]) // digits, or empty seconds
		}
		if offset.MatchString(s) {
			return fetcher.ParseTime(s, zone)
		}
		return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, zone)
	}
	return fetcher.ParseTime(s, zone)
}

// offset matches the end of a time that says its own zone.
var offset = regexp.MustCompile(`(?:[+-]\d{2}:?\d{2}|Z|GMT|UTC)$`)
