package fetcher

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Skip is a set of hours of the day, in bits 0 to 23, and days of the week, in
// bits 24 to 30 from Sunday on, both in UTC.
type Skip uint32

// skipOf reads what RSS says of hours, in which some count 24 for 0, and of days
// by their English names. A feed that names them all asks for nothing.
func skipOf(hours, days []string) (s Skip) {
	for _, hour := range hours {
		if n, err := strconv.Atoi(strings.TrimSpace(hour)); err == nil && n >= 0 && n <= 24 {
			s |= 1 << (n % 24)
		}
	}
	for _, name := range days {
		day := slices.IndexFunc(weekdays, func(d string) bool { return strings.EqualFold(d, strings.TrimSpace(name)) })
		if day >= 0 {
			s |= 1 << (24 + day)
		}
	}
	if s&(1<<24-1) == 1<<24-1 || s>>24 == 1<<7-1 {
		return 0
	}
	return s
}

var weekdays = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// After returns t, or the end of the hours and days to be skipped in which it
// lies.
func (s Skip) After(t time.Time) time.Time {
	for range 24 * 7 { // a week has an hour that is not skipped
		u := t.UTC()
		if s&(1<<u.Hour()) == 0 && s&(1<<(24+int(u.Weekday()))) == 0 {
			return t
		}
		t = u.Truncate(time.Hour).Add(time.Hour)
	}
	return t
}
