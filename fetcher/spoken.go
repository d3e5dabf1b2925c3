package fetcher

import (
	"regexp"
	"strconv"
	"time"
)

var (
	ago     = regexp.MustCompile(`^(\d{1,4})\s*(秒|分钟|小时|天)前$`)
	spoken  = regexp.MustCompile(`^(今天|昨天|前天)\s*(?:(\d{1,2}):(\d{2}))?$`)
	noYear  = regexp.MustCompile(`^(\d{1,2})(?:-|月)(\d{1,2})日?\s+(\d{1,2}):(\d{2})$`)
	units   = map[string]time.Duration{"秒": time.Second, "分钟": time.Minute, "小时": time.Hour, "天": 24 * time.Hour}
	daysAgo = map[string]int{"今天": 0, "昨天": 1, "前天": 2}
)

// spokenTime reads the Chinese forms that lean on the present: 刚刚, 5分钟前,
// 昨天 10:00 and 11-23 10:00, which is the last such day, not one to come.
func spokenTime(text string, zone *time.Location, now time.Time) (time.Time, bool) {
	now = now.In(zone)
	if text == "刚刚" {
		return now.UTC().Truncate(time.Second), true
	}
	if m := ago.FindStringSubmatch(text); m != nil {
		return now.Add(-time.Duration(number(m[1])) * units[m[2]]).UTC().Truncate(time.Second), true
	}
	if m := spoken.FindStringSubmatch(text); m != nil {
		return time.Date(now.Year(), now.Month(), now.Day()-daysAgo[m[1]], number(m[2]), number(m[3]), 0, 0, zone).UTC(), true
	}
	if m := noYear.FindStringSubmatch(text); m != nil {
		month, day := time.Month(number(m[1])), number(m[2])
		t := time.Date(now.Year(), month, day, number(m[3]), number(m[4]), 0, 0, zone)
		if t.After(now.Add(24 * time.Hour)) {
			t = time.Date(now.Year()-1, month, day, number(m[3]), number(m[4]), 0, 0, zone)
		}
		return t.UTC(), true
	}
	return time.Time{}, false
}

// number reads digits that an expression has matched; none are 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
